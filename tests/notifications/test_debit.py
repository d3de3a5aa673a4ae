"""An endpoint gets no more messages than it asked for: while it answers, while it fails, and when a process follows another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations, pairwise
from typing import Any

from aiohttp import web
from tests.notifications.banc import Client, Hit, Receiver, an_orientation, delivering, hear, received, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.database import Database

# What the way to the receiver may take more for one message than for another.
SLACK_SECONDS = 0.15


def assert_kept(hits: list[Hit], debit: int) -> None:
    """Between any two messages no more than their time allows, and those that may leave together."""
    for (first, one), (last, other) in combinations(enumerate(hits), 2):
        seconds = (other.at - one.at).total_seconds() + SLACK_SECONDS
        assert last - first + 1 <= debit // 120 + 1 + seconds * debit / 60, (first, last, seconds)


async def tell(database: Database, events: int) -> None:
    await hear(database, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(events)))


@asynccontextmanager
async def delivering_while_much_happens(database: Database, **more: Any) -> AsyncIterator[None]:
    """A deliverer that is woken all the time, as it is while there are events for others."""

    async def wake() -> None:
        while True:
            dispatch.wake.set()
            await asyncio.sleep(0.02)

    async with delivering(database, **more) as dispatch:
        waking = asyncio.create_task(wake())
        yield
        waking.cancel()


async def test_ten_a_second_are_no_more(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    await subscribe(client, receiver.url, debit=600)
    await tell(notifications_db, 40)
    async with delivering_while_much_happens(notifications_db):
        await settled(notifications_db, seconds=20)
    assert len(receiver.hits) == 40
    assert_kept(receiver.hits, 600)


async def test_retries_count(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """However soon they are due."""

    async def fail_every_other(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=500 if count % 2 else 200)

    receiver.answer = fail_every_other
    await subscribe(client, receiver.url, debit=300)
    await tell(notifications_db, 15)
    async with delivering_while_much_happens(notifications_db, plan=(0.01,) * 9, seuil=1000):
        await settled(notifications_db, seconds=20)
    assert len(receiver.hits) == 30
    assert_kept(receiver.hits, 300)


async def test_a_process_that_follows_another_waits_for_its_turn(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """What the one before it sent a moment ago counts."""
    await subscribe(client, receiver.url, debit=60)
    await tell(notifications_db, 10)
    for count in range(1, 5):
        async with delivering_while_much_happens(notifications_db):
            await receiver.got(count)
    assert all((after.at - before.at).total_seconds() > 1 - SLACK_SECONDS for before, after in pairwise(receiver.hits))
