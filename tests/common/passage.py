"""The way to a server, through which a test says what the server did not, or on which nothing moves any more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Passage:
    """Carries connections to a server on this machine; each can be spoken into or frozen, and new ones go through again."""

    def __init__(self, url: str) -> None:
        self.port = int(urlsplit(url).port or 0)
        self.url = ""
        self.towards_clients: list[asyncio.StreamWriter] = []
        self.going: list[asyncio.Task[None]] = []

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways."""
        theirs, to_server = await asyncio.open_connection("127.0.0.1", self.port)
        self.towards_clients.append(writer)
        self.going += [asyncio.create_task(_pour(reader, to_server)), asyncio.create_task(_pour(theirs, writer))]

    def say(self, line: bytes) -> None:
        """Say this line to all who are connected now, as if the server had."""
        for writer in self.towards_clients:
            writer.write(line)

    def freeze(self) -> None:
        """Nothing more goes to or from those who are connected now, and nobody tells them."""
        for task in self.going:
            task.cancel()
        self.going.clear()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def passage(url: str) -> AsyncIterator[Passage]:
    """A way to the server at this address."""
    way = Passage(url)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.url = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        try:
            yield way
        finally:
            way.freeze()
            for writer in way.towards_clients:
                writer.transport.abort()
