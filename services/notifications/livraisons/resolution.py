"""Looking names up in threads of their own: a zone that does not answer takes its share of them and delays nobody else.

The event loop's own threads are few, serve the connections to PostgreSQL, to the bus and to the relay of mails too, and a
lookup that was given up goes on in them.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack
from threading import Thread
from typing import Any
from weakref import WeakValueDictionary

from aiohttp.abc import AbstractResolver, ResolveResult

THREADS, SHARE = 64, 8
LOOKUP_SECONDS = 5.0
# Below these, names of the second level belong to many who have nothing to do with each other: `asso.fr`, `co.uk`.
COMMON = frozenset({"ac", "asso", "co", "com", "edu", "gouv", "gov", "net", "org"})
AddrInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]


def zone(host: str) -> str:
    """The end of a name that one holder answers for, as far as its labels tell."""
    labels = host.lower().rstrip(".").split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in COMMON else labels[-2:])


class Resolver(AbstractResolver):
    """Asks the system about each name anew; those who ask while an answer is on its way share it, and nothing is kept."""

    def __init__(self) -> None:
        self.threads = asyncio.Semaphore(THREADS)
        self.shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.under_way: dict[tuple[str, int], asyncio.Task[Sequence[AddrInfo]]] = {}

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError when it has none, TimeoutError when none are known within the time."""
        key = (host, int(family))
        if key not in self.under_way:
            self.under_way[key] = lookup = asyncio.create_task(self._look_up(host, family))
            lookup.add_done_callback(lambda ended: self._end(key, ended))
        lookup = self.under_way[key]
        await asyncio.wait([lookup], timeout=LOOKUP_SECONDS)
        if not lookup.done():
            raise TimeoutError
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address[0], port=port, family=found, proto=proto, flags=flags)
            for found, _, proto, _, address in lookup.result()
        ]

    async def close(self) -> None:
        """Nothing is kept; a thread ends with its lookup, or with the process."""

    async def _look_up(self, host: str, family: int) -> Sequence[AddrInfo]:
        # The place is given back when the thread has ended, not when nobody waits for it any more.
        async with AsyncExitStack() as place:
            async with asyncio.timeout(LOOKUP_SECONDS):
                await place.enter_async_context(self.shares.setdefault(zone(host), asyncio.Semaphore(SHARE)))
                await place.enter_async_context(self.threads)
            return await asyncio.wrap_future(_in_a_thread(host, family))

    def _end(self, key: tuple[str, int], lookup: asyncio.Task[Sequence[AddrInfo]]) -> None:
        del self.under_way[key]
        if not lookup.cancelled():
            # Nobody may have waited for it to the end: its failure is then no fault of ours.
            lookup.exception()


def _in_a_thread(host: str, family: int) -> Future[Sequence[AddrInfo]]:
    """Ask in a thread that the end of the process does not wait for, as it would for those of an executor."""
    answer: Future[Sequence[AddrInfo]] = Future()
    answer.set_running_or_notify_cancel()

    def ask() -> None:
        try:
            answer.set_result(
                socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            )
        except Exception as error:
            answer.set_exception(error)

    Thread(target=ask, name="lookup", daemon=True).start()
    return answer
