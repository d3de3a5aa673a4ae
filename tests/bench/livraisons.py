"""Deliveries beside bare signed posts to the same receiver, and how soon a first try is made."""

import asyncio
import base64
import json
import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import uvloop
from aiohttp import web
from nats.aio.client import Client
from rich.console import Console
from rich.progress import track
from rich.table import Table
from standardwebhooks import Webhook

from common.clock import new_id
from relais.hub import Hub
from relais.ports import free_port
from tests.bench.hub import HubPipeline
from tests.bench.measure import steady
from tests.bench.receiver import Receiver

ENDPOINTS, EVENTS, CONNECTIONS = 20, 500, 50
# Referrals a second at which the delay to the first try is looked at, and how many.
RATE, STEADY = 50, 500
# The machine's other work comes and goes: each figure is the median of so many rounds.
ROUNDS = 3


class Counting(Receiver):
    """Counts what comes, beside what its parent notes: each endpoint is told of each event."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    async def _receive(self, request: web.Request) -> web.Response:
        self.moments.append(time.perf_counter())
        return await super()._receive(request)

    async def rate(self, many: int) -> float:
        """Arrivals a second, once so many came."""
        async with asyncio.timeout(300):
            while len(self.moments) < many:
                await asyncio.sleep(0.01)
        return many / (self.moments[-1] - self.moments[0])


async def bare(receiver: Counting, many: int) -> float:
    """Signed posts a second, by a client with nothing else to do."""
    webhook = Webhook("whsec_" + base64.b64encode(secrets.token_bytes(24)).decode())
    left = iter(range(many))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as client:

        async def poster() -> None:
            for _ in left:
                message, now = str(new_id()), datetime.now(UTC)
                body = json.dumps({"id": message, "type": "orientation.recue", "date": now.isoformat(), "lien": "x" * 300})
                signature = webhook.sign(message, now, body)
                headers = {
                    "webhook-id": message,
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": signature,
                }
                async with client.post(receiver.url, data=body.encode(), headers=headers) as answer:
                    await answer.read()

        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(poster())
    return await receiver.rate(many)


async def catch_up(hub: Hub, pipeline: HubPipeline, receiver: Counting) -> float:
    """Deliveries a second of events that wait for the worker to be started."""
    hub.stop_program("notifications-worker")
    receiver.moments.clear()
    for _ in range(EVENTS):
        await pipeline.record()
    hub.start_program("notifications-worker")
    return await receiver.rate(EVENTS * ENDPOINTS)


async def rounds(hub: Hub) -> tuple[list[float], list[float], list[float]]:
    """Of each round the bare posts a second and the deliveries a second; and the delays in milliseconds at the steady rate."""
    # Nothing here asks anything on the bus.
    pipeline, posts, deliveries = HubPipeline(hub, Client()), [], []
    async with Counting() as receiver:
        await pipeline.register(receiver.url)
        await pipeline.prepare(STEADY + ROUNDS * EVENTS + 40)
        await steady(pipeline.record, receiver, 40)
        delays = await steady(pipeline.record, receiver, STEADY, rate=RATE)
        for _ in range(ENDPOINTS - 1):
            await pipeline.register(receiver.url)
        for _ in track(range(ROUNDS), "Rounds"):
            async with Counting() as other:
                posts.append(await bare(other, EVENTS * ENDPOINTS))
            deliveries.append(await catch_up(hub, pipeline, receiver))
    await pipeline.close()
    return posts, deliveries, delays


async def main() -> None:
    """Run both, round by round, and print the table."""
    with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder, Hub(Path(folder), free_port(folder)) as hub:
        posts, deliveries, delays = await rounds(hub)
    cuts, ratio = quantiles(delays, n=100), median(own / bare for own, bare in zip(deliveries, posts, strict=True))
    table = Table("", "a second", "÷ bare", f"p50 ms at {RATE}/s", f"p99 ms at {RATE}/s")
    table.add_row("bare signed posts", f"{median(posts):.0f}", "1.00", "", "")
    table.add_row("deliveries", f"{median(deliveries):.0f}", f"{ratio:.2f}", f"{cuts[49]:.1f}", f"{cuts[98]:.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    uvloop.run(main())
