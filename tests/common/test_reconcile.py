"""JetStream may lose anything: what PostgreSQL holds comes back, and no consumer has an effect twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from tests.common.conftest import Connect
from tests.common.hearing import DURABLE, effects_of, have_effect, until

from common import outbox, relay
from common.clock import new_id, utc_now
from common.codes import IssueDossier
from common.consumer import Consumer
from common.database import Database
from common.events.signalement import SignalementClos
from common.reconcile import Reconciliation
from common.relay import Relay

pytestmark = pytest.mark.usefixtures("effects")


@pytest.fixture(autouse=True)
def quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the streams more often than in earnest."""
    monkeypatch.setattr(relay, "GLANCE_SECONDS", 0.2)
    monkeypatch.setattr(relay, "COUNT_SECONDS", 0.2)


@asynccontextmanager
async def running(connect: Connect, publisher: Database, listener: Database) -> AsyncIterator[None]:
    """A relay on one side, a consumer on the other."""
    nats = await connect("signalement")
    tasks = [
        asyncio.create_task(Relay(publisher, nats, Reconciliation("signalement", nats)).run()),
        asyncio.create_task(Consumer(DURABLE, await connect("cellule"), listener, {SignalementClos: have_effect}).run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def close_cases(publisher: Database, listener: Database, first: int, last: int) -> None:
    """Close cases numbered by their sequence, and wait until the listener has heard all so far."""
    for sequence in range(first, last + 1):
        async with publisher.transaction() as session:
            event = SignalementClos(dossier_id=DOSSIER, issue=IssueDossier.redressee)
            outbox.record(session, event, sequence=sequence, now=utc_now())

    async def heard() -> bool:
        return len(await effects_of(listener, DOSSIER)) >= last

    await until(heard, 20)


DOSSIER = new_id()


async def test_a_deleted_store_is_filled_again_and_nothing_has_effect_twice(
    publisher: Database, listener: Database, connect: Connect
) -> None:
    admin = (await connect("admin")).jetstream()
    async with running(connect, publisher, listener):
        await close_cases(publisher, listener, 1, 30)
        for stream in await admin.streams_info():
            await admin.delete_stream(stream.config.name or "")
        await close_cases(publisher, listener, 31, 40)

        async def full() -> bool:
            return bool((await admin.stream_info("SIGNALEMENT")).state.messages == 40)

        await until(full, 20)
    assert await effects_of(listener, DOSSIER) == list(range(1, 41))


async def test_lost_messages_are_published_again(publisher: Database, listener: Database, connect: Connect) -> None:
    admin = (await connect("admin")).jetstream()
    js = (await connect("signalement")).jetstream()
    async with running(connect, publisher, listener):
        await close_cases(publisher, listener, 1, 20)
        # The consumer is gone as well, so that what it has not heard shows.
        await admin.delete_consumer("SIGNALEMENT", DURABLE.name)
        async with listener.transaction() as session:
            await session.execute(text("TRUNCATE inbox, effects"))
        for sequence in (3, 4, 11):
            await admin.delete_msg("SIGNALEMENT", sequence)
        # The loss is noticed once the server has forgotten their ids: two minutes, made one second here.
        config = (await admin.stream_info("SIGNALEMENT")).config
        await admin.update_stream(config, duplicate_window=1)
        await asyncio.sleep(1.5)
        async with publisher.transaction() as session:
            await session.execute(text("UPDATE outbox SET published_at = now() - interval '3 minutes'"))

        async def all_again() -> bool:
            return set(await effects_of(listener, DOSSIER)) == set(range(1, 21))

        await until(all_again, 25)
    assert sorted(await effects_of(listener, DOSSIER)) == list(range(1, 21))
    assert (await js.stream_info("SIGNALEMENT")).state.messages == 20
