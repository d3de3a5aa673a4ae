"""`make bench`: the bare pipeline and the hub's, in turn on the same servers, and the ratios of their medians."""

import asyncio
import base64
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import nats
import uvloop
from nats.js.api import StreamConfig
from rich.console import Console
from rich.progress import track
from rich.table import Table

from relais.hub import Hub
from relais.nats import NatsServer
from relais.ports import free_port
from relais.postgres import Passwords
from tests.bench import bare
from tests.bench.hub import HubPipeline
from tests.bench.measure import STEADY, Result, Write, measure, middle, steady
from tests.bench.receiver import Receiver
from tests.people import WITHOUT_LIMITS

BARE = "bare"
NAMES = (BARE, "hub, pipeline", "hub, whole use case")
ROUNDS = 3
MANY_BARE, MANY_HUB = 5_000, 2_000
WARM = 40
REST_SECONDS = 5


@contextmanager
def bare_processes(dsn: str, server: NatsServer, target: str) -> Iterator[None]:
    """The relay and the listener of the bare pipeline, each a process as in the hub."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    arguments = [dsn, server.url, "admin", server.passwords["admin"]]
    started = []
    for role, more in (("relay", []), ("listen", [target, secret])):
        process = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", role], stdin=subprocess.PIPE, text=True)
        assert process.stdin is not None
        process.stdin.write(json.dumps(arguments + more) + "\n")
        process.stdin.close()
        started.append(process)
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


@asynccontextmanager
async def bare_pipeline(hub: Hub, receiver: Receiver) -> AsyncIterator[Write]:
    """The bare pipeline, on the hub's own PostgreSQL and NATS; gives what commits one referral."""
    hub.cluster.ensure_databases({"relais_bare": Passwords("bare-bench", "bare-bench")})
    dsn = hub.cluster.owner_url("relais_bare", "bare-bench").replace("+asyncpg", "")
    pool = await asyncpg.create_pool(dsn, min_size=20, max_size=20)
    await pool.execute(bare.SCHEMA)
    client = await nats.connect(hub.nats.url, user="admin", password=hub.nats.passwords["admin"])
    await client.jetstream().add_stream(StreamConfig(name="BARE", subjects=["bare.>"]))
    with bare_processes(dsn, hub.nats, receiver.url):
        await asyncio.sleep(3)
        yield lambda: bare.write(pool)
    await client.close()
    await pool.close()


@asynccontextmanager
async def hub_pipeline(hub: Hub, receiver: Receiver) -> AsyncIterator[HubPipeline]:
    """The hub's own, with the receiver registered as a partner's system."""
    password = hub.service_environment("orientation")["RELAIS_NATS_PASSWORD"]
    client = await nats.connect(hub.nats.url, user="orientation", password=password, inbox_prefix="_INBOX.orientation")
    pipeline = HubPipeline(hub, client)
    await pipeline.register(receiver.url)
    yield pipeline
    await pipeline.close()
    await client.close()


async def compare(hub: Hub) -> dict[str, Result]:
    """Measure the three in turn, round by round, so that what else the machine does falls on all of them; the medians."""
    rounds: dict[str, list[Result]] = {name: [] for name in NAMES}
    async with Receiver() as receiver, bare_pipeline(hub, receiver) as write_bare, hub_pipeline(hub, receiver) as pipeline:
        writes = dict(zip(NAMES, (write_bare, pipeline.record, pipeline.send), strict=True))
        for _ in track(range(ROUNDS), "Rounds"):
            for name, write in writes.items():
                many = MANY_BARE if name == BARE else MANY_HUB
                if name != BARE:
                    await pipeline.prepare(WARM + STEADY + many)
                await steady(write, receiver, WARM)
                rounds[name].append(await measure(write, receiver, many))
                # People are told once the systems were.
                await asyncio.sleep(REST_SECONDS)
    return {name: middle(results) for name, results in rounds.items()}


def main() -> None:
    """Run all and print the table."""
    with (
        tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as hub,
    ):
        results = uvloop.run(compare(hub))
    bare_result = results[BARE]
    table = Table("", "p50 ms at 20/s", "p99 ms at 20/s", "referrals/s", "p50 ÷ bare", "throughput ÷ bare")
    for name, result in results.items():
        ratios = (f"{result.p50 / bare_result.p50:.2f}", f"{result.per_second / bare_result.per_second:.2f}")
        table.add_row(name, f"{result.p50:.1f}", f"{result.p99:.1f}", f"{result.per_second:.0f}", *ratios)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
