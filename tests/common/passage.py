"""The way to a server, through which a test says what the server did not, or on which nothing moves any more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

Reach = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Passage:
    """Carries connections to a server on this machine; each can be spoken into or frozen, and new ones go through again."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.port = 0
        self.towards_clients: list[asyncio.StreamWriter] = []
        self.towards_server: list[asyncio.StreamWriter] = []
        self.going: list[asyncio.Task[None]] = []

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways."""
        theirs, to_server = await self.reach()
        self.towards_clients.append(writer)
        self.towards_server.append(to_server)
        self.going += [asyncio.create_task(_pour(reader, to_server)), asyncio.create_task(_pour(theirs, writer))]

    @property
    def url(self) -> str:
        """Its address, for a client of NATS."""
        return f"nats://127.0.0.1:{self.port}"

    def say(self, line: bytes) -> None:
        """Say this line to all who are connected now, as if the server had."""
        for writer in self.towards_clients:
            writer.write(line)

    def freeze(self) -> None:
        """Nothing more goes to or from those who are connected now, and nobody tells them."""
        for task in self.going:
            task.cancel()
        self.going.clear()

    def give_up(self) -> None:
        """The server finds out that the others have vanished: it has done with those who are frozen."""
        for writer in self.towards_server:
            writer.transport.abort()
        self.towards_server.clear()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


def to_port(url: str) -> Reach:
    """To the server at this address of this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", urlsplit(url).port)


@asynccontextmanager
async def passage(reach: Reach) -> AsyncIterator[Passage]:
    """A way to the server that `reach` connects to."""
    way = Passage(reach)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield way
        finally:
            way.freeze()
            way.give_up()
            for writer in way.towards_clients:
                writer.transport.abort()
