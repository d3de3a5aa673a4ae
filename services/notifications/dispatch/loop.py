"""The loop that webhooks and mails share: claim what is due, send it side by side, write the results together.

A claim holds for as long as its process lives and is at work on it: what a killed process had claimed is taken up again at once
by the next one, and what a process forgot, when its lease ends.
"""

import asyncio
import contextlib
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import asyncpg

from common.database import BARE, Database
from common.logs import get_logger
from notifications.dispatch import store

log = get_logger(__name__)

# Something may fall due, or be asked for by another process, without anybody waking us.
POLL_SECONDS = 0.5
RELEASE_SECONDS = 5.0
# With this much under way, results are gathered a moment so that one statement writes many.
MANY, GATHER_SECONDS = 16, 0.003
# Between two gusts of a busy time there is a moment with nothing under way.
BUSY_SECONDS = 0.5
GRACE_SECONDS = 3.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sending(Generic[Result]):
    """Something to send now, for the claims of these rows."""

    seqs: tuple[int, ...]
    work: Coroutine[Any, Any, Result]


class Job(Protocol[Result]):
    """What is dispatched."""

    async def keep(self, connection: asyncpg.Connection, holder: int, seqs: Sequence[int]) -> None:
        """Claim again what is under way, so that its lease goes on, and where PostgreSQL forgot it as it died."""

    async def release(self, connection: asyncpg.Connection) -> None:
        """Free the claims of processes that are no more, and those whose lease is over."""

    async def claim(self, connection: asyncpg.Connection, holder: int) -> tuple[list[Sending[Result]], bool]:
        """Claim what is due and fits: the sendings to start now, and whether more may be due before any of them ends."""

    async def write(self, connection: asyncpg.Connection, results: list[Result]) -> None:
        """Write these results and end their claims."""


class Dispatch:
    """Runs a job until cancelled. `wake` is set when there may be something new to claim, `gather` seconds after that."""

    def __init__(self, name: str, job: Job[Any], *, gather: float = 0.0) -> None:
        self.name = name
        self.job = job
        self.gather = gather
        self.busy_until = 0.0
        # Whether claims in this process's name hold.
        self.holding = False
        self.wake = asyncio.Event()
        self.holder = random.randrange(1, 2**31)  # noqa: S311 - a number to tell processes apart.
        self.tasks: dict[asyncio.Task[None], tuple[int, ...]] = {}
        self.results: list[Any] = []

    @property
    def busy(self) -> bool:
        """Whether much was under way a moment ago."""
        return asyncio.get_running_loop().time() < self.busy_until

    async def run(self, database: Database) -> None:
        """Dispatch until cancelled; any failure of PostgreSQL is waited out, and results outlive it."""
        while True:
            try:
                await self._run_connected(database)
            except BARE as error:
                log.warning("dispatch.interrupted", job=self.name, error=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _run_connected(self, database: Database) -> None:
        connection = await database.connect()
        clock = asyncio.get_running_loop().time
        release_at = 0.0
        try:
            await store.hold(connection, self.holder)
            await self._keep(connection)
            self.holding = True
            while True:
                self.wake.clear()
                # Before claims that are over are freed, or else a try that has ended would be taken for one that was cut short.
                await self._write(connection)
                if clock() >= release_at:
                    # However long a slow server keeps it, what is under way here is nobody else's to send.
                    await self._keep(connection)
                    await self.job.release(connection)
                    release_at = clock() + RELEASE_SECONDS
                if not await self._start_due(connection):
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(POLL_SECONDS):
                            await self.wake.wait()
                            await asyncio.sleep(self.gather)
                if len(self.tasks) >= MANY:
                    self.busy_until = clock() + BUSY_SECONDS
                    await asyncio.sleep(GATHER_SECONDS)
        except asyncio.CancelledError:
            await self._finish(connection)
            raise
        finally:
            self.holding = False
            await connection.close(timeout=2)

    async def _keep(self, connection: asyncpg.Connection) -> None:
        if under_way := [seq for seqs in self.tasks.values() for seq in seqs]:
            await self.job.keep(connection, self.holder, under_way)

    async def _start_due(self, connection: asyncpg.Connection) -> bool:
        due, more = await self.job.claim(connection, self.holder)
        self.start(due)
        return more

    def start(self, due: Sequence[Sending[Any]]) -> None:
        """Start these, which were claimed in this process's name."""
        for sending in due:
            task = asyncio.create_task(self._do(sending.work))
            self.tasks[task] = sending.seqs
            task.add_done_callback(self.tasks.pop)

    async def _do(self, sending: Coroutine[Any, Any, Any]) -> None:
        try:
            result = await sending
            # Only now: the list is another one each time that results were written.
            self.results.append(result)
        except Exception as error:
            # Its claim ends with the lease and it is tried again: a fault of ours loses nothing.
            log.error("dispatch.failed", job=self.name, error=type(error).__name__)
        self.wake.set()

    async def _write(self, connection: asyncpg.Connection) -> None:
        if not self.results:
            return
        results, self.results = self.results, []
        try:
            await self.job.write(connection, results)
        except BaseException:
            self.results = results + self.results
            raise

    async def _finish(self, connection: asyncpg.Connection) -> None:
        """Told to stop: let what is under way end, so that it need not be repeated, and write what came of it."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=GRACE_SECONDS)
        for task in self.tasks:
            task.cancel()
        with contextlib.suppress(*BARE):
            await self._write(connection)
