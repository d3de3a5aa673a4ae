"""A client that is answered no more where another is has lost the bus; one that waits for a server with all others has not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from tests.common.conftest import settings_for
from tests.common.passage import Passage, passage, to_port

from common import bus
from common.bus_watch import BusLost, watch
from relais.nats import USERS, NatsServer
from relais.ports import free_port

# More than the library writes to a socket that nobody reads from.
MUCH = b"x" * 60_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.bus_watch.LOOK_SECONDS", 0.2)
    monkeypatch.setattr("common.bus_watch.ANSWER_SECONDS", 2)


@asynccontextmanager
async def watching(server: NatsServer, url: str) -> AsyncIterator[tuple[Client, "asyncio.Task[None]"]]:
    """A client that came this way, and who watches it."""
    settings = settings_for("cellule", url, server.passwords["cellule"])
    client = await bus.connect(settings, name="test")
    task = asyncio.create_task(watch(client, settings, name="test"))
    try:
        yield client, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait([asyncio.create_task(client.close())], timeout=2)


@pytest.fixture
async def way(nats_server: NatsServer) -> AsyncIterator[Passage]:
    async with passage(to_port(nats_server.url)) as way:
        yield way


async def test_an_error_that_the_client_does_not_know_loses_it(nats_server: NatsServer, way: Passage) -> None:
    async with watching(nats_server, way.url) as (client, task):
        way.say(b"-ERR 'Something New'\r\n")
        with pytest.raises(BusLost):
            await asyncio.wait_for(task, 30)
        assert client.is_closed


async def test_a_connection_that_nobody_reads_loses_it(nats_server: NatsServer, way: Passage) -> None:
    async with watching(nats_server, way.url) as (client, task):
        way.freeze()
        for _ in range(200):
            await client.publish("relais.cellule.much", MUCH)
        with pytest.raises(BusLost):
            await asyncio.wait_for(task, 60)


async def test_a_client_that_ends_its_attempts_is_lost_once_the_server_is_back(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", free_port(str(tmp_path)), {user: f"r-{user}" for user in USERS})
    with server:
        async with watching(server, server.url) as (client, task):
            server.kill()
            while not client.is_reconnecting:
                await asyncio.sleep(0.01)
            assert client._reconnection_task is not None
            # As any error does that the library did not foresee.
            client._reconnection_task.cancel()
            await asyncio.sleep(3)
            assert not task.done(), "while nobody is answered, nobody has lost anything"
            await asyncio.to_thread(server.start)
            with pytest.raises(BusLost):
                await asyncio.wait_for(task, 30)


async def test_a_server_that_was_away_loses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.bus_watch.LOOK_SECONDS", 1)
    server = NatsServer(tmp_path / "nats", free_port(str(tmp_path)), {user: f"r-{user}" for user in USERS})
    with server:
        async with watching(server, server.url) as (client, task):
            server.kill()
            await asyncio.sleep(6)
            await asyncio.to_thread(server.start)
            while not client.is_connected:
                await asyncio.sleep(0.01)
            await asyncio.sleep(5)
            assert not task.done()
            assert await client.rtt() < 5


async def test_who_is_refused_is_not_lost(nats_server: NatsServer, way: Passage) -> None:
    """A wrong password would be wrong for the next process, too."""
    async with watching(nats_server, way.url) as (client, _):
        wrong = settings_for("cellule", way.url, "r-wrong")
        await client.close()
        task = asyncio.create_task(watch(client, wrong, name="test"))
        await asyncio.sleep(2)
        assert not task.done()
        task.cancel()
