"""An answer that needs nothing of its request comes whole all the same: also through the front, also to who sends too much."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import APIRouter, Request
from tests.common.conftest import settings_for

from common.app import create_app, routes_of
from common.errors import Interdit
from common.middleware import MAX_BODY
from relais.binaries import DEPLOY, binary
from relais.ports import free_port

SERVICES = ("SIGNALEMENT", "ORIENTATION", "CELLULE", "NOTIFICATIONS")
# More than a proxy reads at once.
LONG = "Non. " * 4000
BODY = b"csrf=0123456789"
# Still on its way when the answer is there.
LARGE = b"x" * 800_000
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def router() -> APIRouter:
    """One address that refuses whatever comes, and one that reads it."""
    made = APIRouter()

    @made.post("/api/refuse")
    async def refuse() -> None:
        raise Interdit(LONG)

    @made.post("/api/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    return made


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where they are, served as each service is."""
    settings = settings_for("cellule", "nats://127.0.0.1:1", "unused", "postgresql+asyncpg://nobody@127.0.0.1:1/none")
    app = create_app("cellule", settings, routes_of("cellule", [router()]), titre="Relais", navigation=lambda _: ())
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve([listening]))
    yield listening.getsockname()[1]
    server.should_exit = True
    await task


@pytest.fixture
async def front(port: int, tmp_path: Path) -> AsyncIterator[int]:
    """The same behind the hub's front."""
    there = free_port(str(tmp_path))
    environment = {"FRONT_SITE": f"http://127.0.0.1:{there}", "FRONT_BIND": "127.0.0.1", "HOME": str(tmp_path)}
    environment |= {f"UPSTREAM_{name}": f"127.0.0.1:{port}" for name in SERVICES} | {"PATH": os.environ["PATH"]}
    argv = (str(binary("caddy")), "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile")
    process = await asyncio.create_subprocess_exec(*argv, env=environment, stderr=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(20):
        while True:
            try:
                (await asyncio.open_connection("127.0.0.1", there))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.05)
    yield there
    process.terminate()
    await process.wait()


async def begin(wire: Wire, path: str, length: int) -> None:
    """Say what will come."""
    said = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    wire[1].write(said.encode())
    await wire[1].drain()


async def answer(wire: Wire) -> tuple[int, bytes]:
    """The status and the whole body; raises IncompleteReadError when it is cut short."""
    head = (await wire[0].readuntil(b"\r\n\r\n")).decode().lower()
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:"))
    return int(head.split()[1]), await wire[0].readexactly(length)


async def test_it_waits_for_the_rest_and_the_connection_goes_on(port: int) -> None:
    wire = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        await begin(wire, "/cellule/api/refuse", len(BODY))
        coming = asyncio.create_task(answer(wire))
        await asyncio.sleep(0.1)
        assert not coming.done()
        wire[1].write(BODY)
        status, body = await coming
        assert (status, LONG.strip() in body.decode()) == (403, True)
    wire[1].close()


async def test_who_never_sends_the_rest_is_answered(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.middleware.REST_SECONDS", 0.2)
    wire = await asyncio.open_connection("127.0.0.1", port)
    await begin(wire, "/cellule/api/refuse", len(BODY))
    assert (await answer(wire))[0] == 403
    wire[1].close()


async def test_through_the_front_no_answer_is_cut_short(front: int) -> None:
    """Now and then one was, of some hundred: several at once, on connections that are used again."""

    async def refused() -> None:
        for _ in range(20):
            wire = await asyncio.open_connection("127.0.0.1", front)
            for _ in range(5):
                await begin(wire, "/cellule/api/refuse", len(LARGE))
                wire[1].write(LARGE)
                await wire[1].drain()
                assert (await answer(wire))[0] == 403
            wire[1].close()

    await asyncio.gather(*(refused() for _ in range(10)))


async def test_who_sends_too_much_reads_so(front: int) -> None:
    for _ in range(5):
        wire = await asyncio.open_connection("127.0.0.1", front)
        await begin(wire, "/cellule/api/read", 4 * MAX_BODY)
        sending = asyncio.create_task(send(wire, 4 * MAX_BODY))
        status, body = await answer(wire)
        assert (status, "trop-grand" in body.decode()) == (413, True)
        await sending
        wire[1].close()


async def send(wire: Wire, length: int) -> None:
    """Send as much as was said."""
    for _ in range(0, length, 65536):
        wire[1].write(b"x" * 65536)
        await wire[1].drain()
