"""Takes up the facts that were noted and tells them to people. Systems come first: people can wait for seconds."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

from common.clock import Clock, utc_now
from common.database import Database, is_away
from common.logs import get_logger
from notifications.courriels import attente_store
from notifications.courriels.service import dire
from notifications.regles.domain import Rythme

log = get_logger(__name__)

POLL_SECONDS = 1.0
# What comes meanwhile is told by the same few statements.
GATHER_SECONDS = 0.1
PATIENCE_SECONDS = 10.0
BATCH = 200
RETRY = timedelta(minutes=1)


class Annonceur:
    """Runs until cancelled. `wake` is set when there may be something new; `occupe` says whether systems are told much now."""

    def __init__(self, rythme: Rythme, occupe: Callable[[], bool] = lambda: False, clock: Clock = utc_now) -> None:
        self.rythme = rythme
        self.occupe = occupe
        self.clock = clock
        self.wake = asyncio.Event()

    async def run(self, database: Database) -> None:
        """Tell what there is to tell; a database that is away is waited out."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self.wake.wait()
            self.wake.clear()
            await self._let_systems_go_first()
            try:
                more = True
                while more:
                    more = await self.vider(database) == BATCH
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("annonceur.interrupted", error=type(error).__name__)

    async def _let_systems_go_first(self) -> None:
        loop = asyncio.get_running_loop()
        patience = loop.time() + PATIENCE_SECONDS
        busy = True
        while busy and loop.time() < patience:
            await asyncio.sleep(GATHER_SECONDS)
            busy = self.occupe()

    async def vider(self, database: Database) -> int:
        """Tell up to `BATCH` facts, in one transaction; when that fails, each in its own, and what fails again waits."""
        now = self.clock()
        try:
            async with database.transaction() as session:
                batch = await attente_store.take(session, now, BATCH)
                await dire(session, batch, self.rythme, now)
                return len(batch)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("annonceur.batch_split", error=type(error).__name__)
        async with database.transaction() as session:
            numbers = await attente_store.due(session, now, BATCH)
        for seq in numbers:
            await self._un(database, seq)
        return len(numbers)

    async def _un(self, database: Database, seq: int) -> None:
        now = self.clock()
        try:
            async with database.transaction() as session:
                await dire(session, await attente_store.take_one(session, seq), self.rythme, now)
        except Exception as error:
            if is_away(error):
                raise
            log.error("annonceur.failed", fait=seq, error=type(error).__name__)
            async with database.transaction() as session:
                await attente_store.postpone(session, seq, now + RETRY)
