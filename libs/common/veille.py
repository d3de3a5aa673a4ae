"""News within a service: who waits for something is woken when it changes, over one connection of each process to PostgreSQL.

A notification wakes and carries nothing: who is woken reads again, behind its own access. One that is lost costs a delay.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.database import BARE, Database
from common.logs import get_logger

log = get_logger(__name__)

CHANNEL = "nouvelles"
RETRY_SECONDS = 1.0
LOOK_SECONDS = 15.0
NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :cle)")


async def annoncer(session: AsyncSession, cle: str) -> None:
    """Wake, once this transaction is committed, who waits for `cle`: ids only, every process of the service hears it."""
    await session.execute(NOTIFY, {"cle": cle})


class Veille:
    """Who waits in this process, by key. It listens from the first one on; `fermee` says that the process stops."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.attentes: dict[str, set[asyncio.Event]] = {}
        self.ecoute: asyncio.Task[None] | None = None
        self.fermee = False

    @contextmanager
    def attendre(self, cle: str) -> Iterator[asyncio.Event]:
        """What is set when there may be news of `cle`, or when the process stops; who waits clears it before it reads."""
        if self.ecoute is None and not self.fermee:
            self.ecoute = asyncio.get_running_loop().create_task(self._ecouter())
        reveil = asyncio.Event()
        self.attentes.setdefault(cle, set()).add(reveil)
        try:
            yield reveil
        finally:
            self.attentes[cle].discard(reveil)
            if not self.attentes[cle]:
                del self.attentes[cle]

    def fermer(self) -> None:
        """Wake everybody for the last time."""
        self.fermee = True
        if self.ecoute is not None:
            self.ecoute.cancel()
        self._reveiller_tous()

    async def _ecouter(self) -> None:
        while True:
            try:
                await self._ecouter_une_fois()
            except BARE as error:
                log.warning("veille.interrupted", error=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _ecouter_une_fois(self) -> None:
        connection = await self.database.connect()
        perdue = asyncio.Event()
        connection.add_termination_listener(lambda _: perdue.set())
        try:
            await connection.add_listener(CHANNEL, self._reveiller)
            # What was announced while nobody listened is found by reading again.
            self._reveiller_tous()
            while not perdue.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await perdue.wait()
                # One that only listens would never learn that the server has vanished.
                await connection.execute("SELECT")
        finally:
            await connection.close(timeout=2)

    def _reveiller(self, _connection: Any, _pid: int, _channel: str, cle: Any) -> None:
        for reveil in self.attentes.get(str(cle), ()):
            reveil.set()

    def _reveiller_tous(self) -> None:
        for attendent in self.attentes.values():
            for reveil in attendent:
                reveil.set()
