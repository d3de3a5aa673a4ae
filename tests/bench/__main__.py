"""`make bench`: the bare pipeline and the hub's, one after the other on the same servers, and their ratios."""

import asyncio
import base64
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import nats
import uvloop
from nats.js.api import StreamConfig
from rich.console import Console
from rich.table import Table

from relais.hub import Hub
from relais.nats import NatsServer
from relais.ports import free_port
from relais.postgres import Passwords
from tests.bench import bare
from tests.bench.hub import HubPipeline
from tests.bench.measure import STEADY, Result, measure, steady
from tests.bench.receiver import Receiver
from tests.people import WITHOUT_LIMITS

MANY_BARE, MANY_HUB = 10_000, 3_000
WARM = 40


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


async def bench_bare(hub: Hub) -> Result:
    """The bare pipeline, on the hub's own PostgreSQL and NATS."""
    hub.cluster.ensure_databases({"relais_bare": Passwords("bare-bench", "bare-bench")})
    dsn = hub.cluster.owner_url("relais_bare", "bare-bench").replace("+asyncpg", "")
    pool = await asyncpg.create_pool(dsn, min_size=20, max_size=20)
    await pool.execute(bare.SCHEMA)
    client = await nats.connect(hub.nats.url, user="admin", password=hub.nats.passwords["admin"])
    await client.jetstream().add_stream(StreamConfig(name="BARE", subjects=["bare.>"]))
    async with Receiver() as receiver:
        with bare_processes(dsn, hub.nats, receiver.url):
            await asyncio.sleep(3)
            await steady(lambda: bare.write(pool), receiver, WARM)
            result = await measure(lambda: bare.write(pool), receiver, MANY_BARE)
    await client.close()
    await pool.close()
    return result


async def bench_hub(hub: Hub) -> tuple[Result, Result]:
    """The hub's pipeline alone, then its whole use case."""
    environment = hub.service_environment("orientation")
    client = await nats.connect(
        hub.nats.url, user="orientation", password=environment["RELAIS_NATS_PASSWORD"], inbox_prefix="_INBOX.orientation"
    )
    pipeline = HubPipeline(hub, client)
    async with Receiver() as receiver:
        await pipeline.register(receiver.url)
        results = []
        for write in (pipeline.record, pipeline.send):
            await pipeline.prepare(WARM + STEADY + MANY_HUB)
            await steady(write, receiver, WARM)
            results.append(await measure(write, receiver, MANY_HUB))
    await pipeline.close()
    await client.close()
    return results[0], results[1]


async def main() -> None:
    """Run both and print the table."""
    console = Console(width=110)
    with (
        tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as hub,
    ):
        console.print("The bare pipeline…")
        bare_result = await bench_bare(hub)
        console.print("The hub…")
        pipeline, use_case = await bench_hub(hub)
    table = Table("", "p50 ms at 20/s", "p99 ms at 20/s", "referrals/s", "p50 ÷ bare", "throughput ÷ bare")
    for name, result in (("bare", bare_result), ("hub, pipeline", pipeline), ("hub, whole use case", use_case)):
        ratios = (f"{result.p50 / bare_result.p50:.2f}", f"{result.per_second / bare_result.per_second:.2f}")
        table.add_row(name, f"{result.p50:.1f}", f"{result.p99:.1f}", f"{result.per_second:.0f}", *ratios)
    console.print(table)


if __name__ == "__main__":
    uvloop.run(main())
