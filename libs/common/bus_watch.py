"""Noticing that a process has lost the bus for good, though the bus is there for everybody else.

The library's client closes for ever when the server says an error that it does not know, stops connecting anew when something
unexpected happens while it does, and waits without end for the close of a connection to a frozen server. Such a process would
live on and do nothing. A new one does everything again: it is ended, and its supervisor starts another.
"""

import asyncio
from typing import TYPE_CHECKING

from nats.aio.client import Client

from common.bus import options
from common.ending import heed
from common.logs import get_logger

if TYPE_CHECKING:
    from common.settings import Settings

log = get_logger(__name__)

LOOK_SECONDS = 5.0
ANSWER_SECONDS = 5
# A client that only lost its connection has another within two looks of the server's return.
LOOKS = 4


class BusLost(Exception):
    """This process's client is answered no more, where a new one is."""


async def watch(client: Client, settings: "Settings", *, name: str) -> None:
    """Look until cancelled. Raises `BusLost` when `LOOKS` times in a row a new client was answered and this one was not.

    While nobody is answered the server is away: this client waits for it, as the others do.
    """
    in_a_row = 0
    while in_a_row < LOOKS:
        heed()
        await asyncio.sleep(LOOK_SECONDS)
        lost = not await _answered(client) and await _another_is_answered(settings, name)
        in_a_row = in_a_row + 1 if lost else 0
    log.error("bus.lost")
    raise BusLost


async def _answered(client: Client) -> bool:
    # A ping amid the greetings of a connection that is being made would disturb them.
    if not client.is_connected:
        return False
    try:
        await client.rtt(timeout=ANSWER_SECONDS)
    except Exception:
        # A broken client raises whatever it meets: it was not answered.
        return False
    return True


async def _another_is_answered(settings: "Settings", name: str) -> bool:
    other = Client()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await other.connect(**options(settings, f"{name}-watch") | {"allow_reconnect": False})
            return await _answered(other)
    except Exception:
        return False
    finally:
        await other.close()
