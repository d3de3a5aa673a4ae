"""A real HTTP receiver of webhooks: one address for each partner, every delivery checked against its secret."""

import asyncio
import secrets
import time
from collections import Counter, defaultdict
from types import TracebackType
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Listens on a free loopback port while it is entered.

    `heard` holds, for each (referral, type), the distinct webhook ids and the moment each first came (`time.monotonic`).
    `bodies` keeps every body that was accepted, for the search of planted values.
    """

    def __init__(self) -> None:
        self.heard: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self.bodies: list[bytes] = []
        self.received = 0
        self.duplicates = 0
        self.strangers = 0
        self.forged: Counter[str] = Counter()
        self._token = secrets.token_urlsafe(12)
        self._checks: dict[str, Webhook] = {}
        self._waiting: dict[tuple[str, str], asyncio.Event] = defaultdict(asyncio.Event)
        self._runner: web.AppRunner | None = None
        self._base = ""

    async def __aenter__(self) -> "Receiver":
        app = web.Application()
        # The token tells this journey from another one that had the same port before.
        app.router.add_post(f"/{self._token}/{{partner}}", self._receive)
        app.router.add_route("*", "/{anything:.*}", self._gone)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self._base = f"http://127.0.0.1:{port}/{self._token}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def address(self, partner: str) -> str:
        """Where the deliveries of a partner go."""
        return f"{self._base}/{partner}"

    def trust(self, partner: str, secret: str) -> None:
        """Check the deliveries of a partner with this secret from now on."""
        self._checks[partner] = Webhook(secret)

    async def wait_for(self, orientation_id: str, kind: str, timeout_s: float) -> float:
        """The moment a webhook of this type about this referral first came. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._waiting[orientation_id, kind].wait()
        return min(self.heard[orientation_id, kind].values())

    async def _receive(self, request: web.Request) -> web.Response:
        moment = time.monotonic()
        partner, body = request.match_info["partner"], await request.read()
        check = self._checks.get(partner)
        if check is None:
            # Delivered before the hub's answer gave us the secret: it comes again.
            return web.Response(status=503)
        try:
            content = check.verify(body, dict(request.headers))
            self._note(request.headers["webhook-id"], content, body, moment)
        except (WebhookVerificationError, KeyError, ValueError, TypeError):
            self.forged[partner] += 1
            return web.Response(status=401)
        return web.Response(status=204)

    def _note(self, webhook_id: str, content: dict[str, Any], body: bytes, moment: float) -> None:
        about = (str(content["orientation_id"]), str(content["type"]))
        self.received += 1
        if webhook_id in self.heard[about]:
            self.duplicates += 1
            return
        self.heard[about][webhook_id] = moment
        self.bodies.append(body)
        self._waiting[about].set()

    async def _gone(self, _request: web.Request) -> web.Response:
        """An endpoint that an older journey left behind: 410 tells the hub to forget it."""
        self.strangers += 1
        return web.Response(status=410)
