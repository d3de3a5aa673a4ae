"""The receiver of both pipelines: notes when each referral's webhook came, and answers at once."""

import asyncio
import json
import time
from typing import Self

from aiohttp import web


class Receiver:
    """An HTTP server on a loopback port of its own. `arrived` has a moment of `time.perf_counter` for each id."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/", self._receive)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        host, port = self.runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/"
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        self.arrived.setdefault(body.get("orientation_id") or body["id"], time.perf_counter())
        return web.Response(status=204)

    async def wait_for(self, ids: set[str], seconds: float) -> None:
        """Return once all of these came. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not ids <= self.arrived.keys():
                await asyncio.sleep(0.005)
