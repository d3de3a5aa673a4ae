"""Messages in a process's hands, and the processes that ended with them: what kills its process is found, and set aside.

The tries of a handler that fails are counted where it fails; one that ends the process is counted nowhere. So a message that
was taken before without an outcome is written down when it is taken again, and struck out as soon as there is one. What is
still written down when another process takes it has seen a process end. That may have been a neighbour's doing: from then on it
is handled alone.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text

from common.database import Database

DEATHS_MAX = 5
"""Of processes, with this message in their hands and written down: as many as a handler may fail."""

# A death is counted by whoever comes after: the same process that takes it again is no proof of one.
DEATHS = text("""
    SELECT event_id, deaths + CASE WHEN process = :process THEN 0 ELSE 1 END AS deaths FROM in_hand
    WHERE consumer = :consumer AND event_id = ANY(CAST(:keys AS varchar[]))
""")
TAKE = text("""
    INSERT INTO in_hand (consumer, event_id, process)
    SELECT :consumer, k, :process FROM (SELECT DISTINCT unnest(CAST(:keys AS varchar[])) AS k) AS keys
    ON CONFLICT (consumer, event_id) DO UPDATE SET process = excluded.process,
        deaths = in_hand.deaths + CASE WHEN in_hand.process = excluded.process THEN 0 ELSE 1 END
""")
STRIKE = text("DELETE FROM in_hand WHERE consumer = :consumer AND event_id = ANY(CAST(:keys AS varchar[]))")


class ProcessDied(Exception):
    """Processes ended, again and again, with this message alone in their hands."""


def condemned(deaths: int) -> bool:
    """Whether nobody is to take it again."""
    return deaths >= DEATHS_MAX


class Message(Protocol):
    """What is known of a message here."""

    @property
    def key(self) -> str:
        """Which message it is."""

    @property
    def aggregate(self) -> str:
        """What it must stay in order with."""


M = TypeVar("M", bound=Message)


def rounds(batch: Sequence[M], deaths: Mapping[str, int]) -> tuple[list[M], list[M]]:
    """Which messages go together, and which one by one after them.

    A message with deaths goes alone, and with it those of its aggregate, in their order. The likeliest killer comes last, when
    everybody else has got through.
    """
    worst: dict[str, int] = {}
    for one in batch:
        worst[one.aggregate] = max(worst.get(one.aggregate, 0), deaths.get(one.key, 0))
    together = [one for one in batch if not worst[one.aggregate]]
    alone = sorted((one for one in batch if worst[one.aggregate]), key=lambda one: worst[one.aggregate])
    return together, alone


async def deaths_of(database: Database, consumer: str, keys: Sequence[str], process: UUID) -> dict[str, int]:
    """How many processes ended with each of these in their hands; what is not there, none."""
    async with database.transaction() as session:
        found = await session.execute(DEATHS, {"consumer": consumer, "keys": list(keys), "process": process})
        return {row.event_id: row.deaths for row in found}


async def take(database: Database, consumer: str, keys: Sequence[str], process: UUID) -> None:
    """Write down that this process takes these in its hands."""
    async with database.transaction() as session:
        await session.execute(TAKE, {"consumer": consumer, "keys": list(keys), "process": process})


async def strike(database: Database, consumer: str, keys: Sequence[str]) -> None:
    """There is an outcome: they were handled, or have failed in a way that leaves the process alive."""
    async with database.transaction() as session:
        await session.execute(STRIKE, {"consumer": consumer, "keys": list(keys)})
