"""An event is in the outbox if and only if its change is committed, and reaches the stream in its aggregate's order."""

import asyncio
import random
from contextlib import suppress
from uuid import UUID

import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig
from sqlalchemy import text
from tests.common.conftest import Connect

from common import outbox
from common.clock import new_id, utc_now
from common.codes import IssueDossier
from common.database import Database
from common.events import decode
from common.events.cellule import DiagnosticOuvert
from common.events.signalement import SignalementClos
from common.reconcile import Reconciliation
from common.relay import Relay

WRITERS = 8
AGGREGATES = 20
SECONDS = 15


def closed(dossier_id: UUID) -> SignalementClos:
    return SignalementClos(dossier_id=dossier_id, issue=IssueDossier.redressee)


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one())


async def test_committed_change_has_its_event(publisher: Database) -> None:
    async with publisher.transaction() as session:
        outbox.record(session, closed(new_id()), sequence=1, now=utc_now())
    assert await count(publisher) == 1


async def test_rolled_back_change_has_none(publisher: Database) -> None:
    with pytest.raises(RuntimeError, match="no"):
        async with publisher.transaction() as session:
            outbox.record(session, closed(new_id()), sequence=1, now=utc_now())
            await session.flush()
            raise RuntimeError("no")
    assert await count(publisher) == 0


async def test_failing_commit_leaves_neither(publisher: Database) -> None:
    async with publisher.transaction() as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS change (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        await session.execute(text("TRUNCATE change"))
    with pytest.raises(Exception, match="duplicate key"):
        async with publisher.transaction() as session:
            await session.execute(text("INSERT INTO change VALUES (1), (1)"))
            outbox.record(session, closed(new_id()), sequence=1, now=utc_now())
    assert await count(publisher) == 0


async def test_a_service_cannot_record_anothers_event(publisher: Database) -> None:
    event = DiagnosticOuvert(diagnostic_id=new_id(), dossier_id=new_id(), etat="ouvert", numero=1)
    with pytest.raises(ValueError, match="may not publish"):
        async with publisher.transaction() as session:
            outbox.record(session, event, sequence=1, now=utc_now())


async def write(database: Database, aggregates: list[UUID], until: float, rng: random.Random) -> int:
    """One writer: locks an aggregate, raises its version, records the event, sometimes lingers, sometimes gives up."""
    written = 0
    while asyncio.get_running_loop().time() < until:
        aggregate = rng.choice(aggregates)
        with suppress(ZeroDivisionError):
            async with database.transaction() as session:
                row = await session.execute(
                    text("UPDATE aggregates SET version = version + 1 WHERE id = :id RETURNING version"), {"id": aggregate}
                )
                outbox.record(session, closed(aggregate), sequence=row.scalar_one(), now=utc_now())
                if rng.random() < 0.2:
                    await asyncio.sleep(rng.random() / 50)
                if rng.random() < 0.1:
                    raise ZeroDivisionError
            written += 1
    return written


@pytest.mark.parametrize("notify", [True, False], ids=["notify", "poll"])
async def test_eight_writers_on_twenty_aggregates(publisher: Database, connect: Connect, notify: bool) -> None:
    publisher.notify = notify
    aggregates = [new_id() for _ in range(AGGREGATES)]
    async with publisher.transaction() as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS aggregates (id uuid PRIMARY KEY, version int NOT NULL)"))
        await session.execute(text("TRUNCATE aggregates"))
        await session.execute(text("INSERT INTO aggregates SELECT unnest(CAST(:ids AS uuid[])), 0"), {"ids": aggregates})
    nats: Client = await connect("signalement")
    relays = [asyncio.create_task(Relay(publisher, nats, Reconciliation("signalement", nats)).run()) for _ in range(2)]
    until = asyncio.get_running_loop().time() + SECONDS
    written = sum(await asyncio.gather(*(write(publisher, aggregates, until, random.Random(seed)) for seed in range(WRITERS))))
    async with asyncio.timeout(30):
        while await pending(publisher):
            await asyncio.sleep(0.1)
    for relay in relays:
        relay.cancel()
    await asyncio.gather(*relays, return_exceptions=True)

    seen: dict[str, list[int]] = {str(aggregate): [] for aggregate in aggregates}
    for message in await read_all(await connect("admin"), "SIGNALEMENT"):
        received = decode(message)
        seen[received.event.aggregate_id].append(received.sequence)
    assert sum(len(sequences) for sequences in seen.values()) == written
    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in seen.values())
    assert written > 1000


async def pending(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM outbox WHERE published_at IS NULL"))).scalar_one())


async def read_all(admin: Client, stream: str) -> list[bytes]:
    """Every message of a stream, in its order."""
    js = admin.jetstream()
    total = (await js.stream_info(stream)).state.messages
    subscription = await js.pull_subscribe(
        ">", stream=stream, config=ConsumerConfig(filter_subject=">", ack_policy=AckPolicy.NONE)
    )
    messages: list[bytes] = []
    while len(messages) < total:
        messages += [message.data for message in await subscription.fetch(min(500, total - len(messages)), timeout=5)]
    return messages
