"""A consumer that can be watched: it hears cases that close, and its handlers write in a table of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession
from tests.common.conftest import Connect

from common.clock import new_id, utc_now
from common.codes import IssueDossier
from common.consumer import Consumer, Handlers
from common.database import Database
from common.events import Received, encode
from common.events.signalement import SignalementClos
from common.streams import Durable

DURABLE = Durable("cellule", "SIGNALEMENT")
SUBJECT = SignalementClos.subject()


async def have_effect(session: AsyncSession, received: Received[SignalementClos]) -> None:
    await session.execute(
        text("INSERT INTO effects (dossier, sequence) VALUES (:d, :s)"),
        {"d": received.event.dossier_id, "s": received.sequence},
    )


async def effects_of(database: Database, dossier: UUID) -> list[int]:
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT sequence FROM effects WHERE dossier = :d ORDER BY n"), {"d": dossier})
        return list(rows.scalars())


@asynccontextmanager
async def consuming(connect: Connect, database: Database, handlers: Handlers) -> AsyncIterator[None]:
    """A running consumer."""
    task = asyncio.create_task(Consumer(DURABLE, await connect("cellule"), database, handlers).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def body_of(dossier: UUID, sequence: int, event_id: UUID) -> bytes:
    """An event as it is on the wire."""
    return encode(SignalementClos(dossier_id=dossier, issue=IssueDossier.redressee), event_id, sequence, utc_now()).encode()


async def say(connect: Connect, dossier: UUID, sequence: int, event_id: UUID | None = None, times: int = 1) -> UUID:
    """Put an event on the stream, as often as told; without message id, so that the broker deduplicates nothing."""
    event_id = event_id or new_id()
    body = body_of(dossier, sequence, event_id)
    js = (await connect("signalement")).jetstream()
    for _ in range(times):
        await js.publish(SUBJECT, body)
    return event_id


async def until(condition: object, seconds: float = 10) -> None:
    """Wait until the coroutine function answers true."""
    async with asyncio.timeout(seconds):
        while not await condition():  # type: ignore[operator]
            await asyncio.sleep(0.02)
