"""The connection to NATS of a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from nats.aio.client import Client

from common.ending import heed
from common.logs import get_logger

if TYPE_CHECKING:
    from common.settings import Settings

log = get_logger(__name__)

CANCEL_SECONDS = 0.1


async def connect(settings: "Settings", *, name: str) -> Client:
    """Connect, trying again for as long as it takes.

    The pings notice a frozen server after six seconds; by default it takes six minutes. Nothing is buffered while the
    server is away: PostgreSQL keeps what is to be sent. Answers to requests come back under the service's own inbox
    prefix, so that nobody else's user can read them.
    """
    client = Client()
    await _connect(client, settings, name)
    heed()
    return client


@asynccontextmanager
async def connecting(settings: "Settings", *, name: str) -> AsyncIterator[Client]:
    """A client that connects in the background: a process starts without NATS and serves what needs none.

    It is closed at the end, also one that has not connected yet or has lost its connection.
    """
    client = Client()
    task = asyncio.create_task(_connect(client, settings, name))
    try:
        yield client
    finally:
        # Python 3.11's `asyncio.wait_for`, with which the client connects, now and then forgets that it was cancelled.
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=CANCEL_SECONDS)
        await asyncio.gather(task, return_exceptions=True)
        await client.close()


def options(settings: "Settings", name: str) -> dict[str, Any]:
    """What the clients of a process are connected with."""
    return {
        "servers": settings.nats_url,
        "user": settings.nats_user,
        "password": settings.nats_password.get_secret_value(),
        "name": name,
        "inbox_prefix": f"_INBOX.{settings.nats_user}".encode(),
        "allow_reconnect": True,
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": 1,
        "connect_timeout": 2,
        "ping_interval": 2,
        "max_outstanding_pings": 2,
        "pending_size": 0,
        "error_cb": _log_error,
    }


async def _connect(client: Client, settings: "Settings", name: str) -> None:
    await client.connect(**options(settings, name))


async def _log_error(error: Exception) -> None:
    log.warning("nats.error", error=type(error).__name__, text=str(error)[:200])
