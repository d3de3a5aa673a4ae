"""A process of which a part is lost ends, so that another is started: also when something in it does not let go."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession
from tests.common.passage import Passage, passage, to_port
from tests.common.stubborn import CONFIDENTIAL
from tests.conftest import ROOT

from common.database import Database
from relais.nats import NatsServer
from relais.ports import free_port

pytestmark = pytest.mark.usefixtures("listener", "connect")
HANGING = b"Timeout (0:00:"
PORT = free_port("stubborn")


class Lives:
    """Starts processes that are connected by one way."""

    def __init__(self, database_url: str, way: Passage, password: str) -> None:
        self.arguments = (database_url, way.url, password, str(PORT))

    @asynccontextmanager
    async def life(self, what: str) -> AsyncIterator[Process]:
        """One of them, until it ends or the test does."""
        program = (sys.executable, "-m", "tests.common.stubborn", *self.arguments, what)
        process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def way(nats_server: NatsServer) -> AsyncIterator[Passage]:
    async with passage(to_port(nats_server.url)) as way:
        yield way


@pytest.fixture
def lives(bare_urls: dict[str, str], way: Passage, nats_server: NatsServer) -> Lives:
    return Lives(bare_urls["cellule"], way, nats_server.passwords["cellule"])


async def said_until(process: Process, text: bytes) -> bytes:
    """What it says until it says this."""
    assert process.stdout
    said = b""
    async with asyncio.timeout(60):
        while text not in said:
            line = await process.stdout.readline()
            assert line, said.decode()
            said += line
    return said


async def rest(process: Process) -> bytes:
    """What it says until it ends."""
    assert process.stdout
    async with asyncio.timeout(60):
        said = await process.stdout.read()
        await process.wait()
    return said


async def test_a_part_that_fails_ends_its_process(lives: Lives) -> None:
    async with lives.life("fails") as process:
        said = await said_until(process, b"worker.failed") + await rest(process)
    assert process.returncode == 1
    assert HANGING not in said
    assert b"stubborn.py" in said, "where it failed is written"
    assert CONFIDENTIAL.encode() not in said


async def test_a_part_that_stays_does_not_keep_it_alive(lives: Lives) -> None:
    async with lives.life("fails and stays") as process:
        await said_until(process, b"worker.failed")
        assert HANGING in await rest(process)
    assert process.returncode == 1


@pytest.mark.parametrize(("what", "hangs"), [("stays", True), ("is sound", False)])
async def test_told_to_stop_it_ends(lives: Lives, what: str, hangs: bool) -> None:
    async with lives.life(what) as process:
        await said_until(process, b"worker.ready")
        process.send_signal(signal.SIGTERM)
        said = await rest(process)
    assert (HANGING in said, process.returncode) == (hangs, 1 if hangs else 0)


async def test_a_worker_that_has_lost_the_bus_ends(lives: Lives, way: Passage) -> None:
    async with lives.life("is sound") as process:
        await said_until(process, b"worker.ready")
        way.say(b"-ERR 'Something New'\r\n")
        await said_until(process, b"bus.lost")
        assert HANGING not in await rest(process)
    assert process.returncode == 1


async def test_what_answers_ends_once_it_has_lost_the_bus(lives: Lives, way: Passage, listener: Database) -> None:
    async with lives.life("answers") as process, ClientSession() as http:
        async with asyncio.timeout(60):
            while not await well(http):
                await asyncio.sleep(0.05)
        way.say(b"-ERR 'Something New'\r\n")
        await said_until(process, b"bus.lost")
        assert HANGING not in await rest(process)
    assert process.returncode == 0


async def well(http: ClientSession) -> bool:
    """Whether database and bus are there for it."""
    try:
        async with http.get(f"http://127.0.0.1:{PORT}/cellule/__heartbeat__") as answer:
            return str((await answer.json())["status"]) == "ok"
    except OSError:
        return False
