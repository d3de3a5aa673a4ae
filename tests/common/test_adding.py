"""A handler that only adds rows adds each once and in order, by one statement with the inbox's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.common.conftest import Connect
from tests.common.hearing import consuming, effects_of, say, until

from common import dead_letters
from common.clock import new_id
from common.consumer import Adding
from common.database import Database
from common.events import Received
from common.events.signalement import SignalementClos

pytestmark = pytest.mark.usefixtures("effects")


def as_rows(batch: Sequence[Received[Any]]) -> Sequence[Mapping[str, Any]]:
    return [{"event_id": one.id, "dossier": one.event.dossier_id, "sequence": one.sequence} for one in batch]


ADDING = Adding(
    "event_id uuid, dossier uuid, sequence int",
    "INSERT INTO effects (dossier, sequence) SELECT dossier, sequence FROM heard ORDER BY sequence",
    as_rows,
)


async def test_what_only_adds_rows_adds_each_once_and_in_order(listener: Database, connect: Connect) -> None:
    dossier = new_id()
    for sequence in range(1, 31):
        await say(connect, dossier, sequence, times=2)
    async with consuming(connect, listener, {SignalementClos: ADDING}):

        async def all_heard() -> bool:
            return len(await effects_of(listener, dossier)) >= 30

        await until(all_heard)
        again = await say(connect, dossier, 31)
        await say(connect, dossier, 31, event_id=again, times=3)
        await say(connect, dossier, 32)

        async def last_heard() -> bool:
            return 32 in await effects_of(listener, dossier)

        await until(last_heard)
    assert await effects_of(listener, dossier) == list(range(1, 33))


async def test_what_cannot_be_added_is_buried_and_delays_no_other(listener: Database, connect: Connect) -> None:
    def refused_once(batch: Sequence[Received[Any]]) -> Sequence[Mapping[str, Any]]:
        if any(one.event.dossier_id == bad for one in batch):
            raise ValueError
        return as_rows(batch)

    good, bad = new_id(), new_id()
    adding = Adding(ADDING.columns, ADDING.statement, refused_once)
    await say(connect, bad, 1)
    for sequence in range(1, 6):
        await say(connect, good, sequence)
    async with consuming(connect, listener, {SignalementClos: adding}):

        async def buried() -> bool:
            return bool(await dead_letters.waiting(listener))

        await until(buried, 15)
    assert await effects_of(listener, good) == [1, 2, 3, 4, 5]
    assert not await effects_of(listener, bad)
