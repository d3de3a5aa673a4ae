"""A message is heard once in effect, whatever comes; a poisoned one ends in the dead letters and delays nobody else."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession
from tests.common.conftest import Connect
from tests.common.hearing import DURABLE, SUBJECT, consuming, effects_of, have_effect, say, until
from tests.common.test_adding import ADDING

from common import dead_letters
from common.clock import new_id
from common.consumer import MAX_TRIES, Grouped
from common.database import Database
from common.events import Received
from common.events.signalement import SignalementClos
from common.streams import consumer_config
from relais.postgres import PostgresCluster

pytestmark = pytest.mark.usefixtures("effects")


async def test_a_message_twice_has_one_effect(listener: Database, connect: Connect) -> None:
    dossier = new_id()
    async with consuming(connect, listener, {SignalementClos: have_effect}):
        await say(connect, dossier, 1, times=5)
        await say(connect, dossier, 2)

        async def both() -> bool:
            return 2 in await effects_of(listener, dossier)

        await until(both)
    assert await effects_of(listener, dossier) == [1, 2]


async def test_the_effect_and_the_inbox_are_one_transaction(listener: Database, connect: Connect) -> None:
    dossier, failures = new_id(), 0

    async def fail_after_effect(session: AsyncSession, received: Received[SignalementClos]) -> None:
        nonlocal failures
        await have_effect(session, received)
        if failures < 2:
            failures += 1
            raise RuntimeError

    async with consuming(connect, listener, {SignalementClos: fail_after_effect}):
        await say(connect, dossier, 1)

        async def done() -> bool:
            return bool(await effects_of(listener, dossier))

        await until(done)
    assert (failures, await effects_of(listener, dossier)) == (2, [1])


async def test_poison_is_buried_with_its_reason_and_delays_no_other(listener: Database, connect: Connect) -> None:
    poisoned, others = new_id(), [new_id() for _ in range(10)]
    tries: list[float] = []
    arrivals: dict[UUID, float] = {}

    async def poison(session: AsyncSession, received: Received[SignalementClos]) -> None:
        if received.event.dossier_id == poisoned and received.sequence == 1:
            tries.append(time.monotonic())
            raise LookupError("a text that must not be kept: SIREN 732829320")
        await have_effect(session, received)
        arrivals[received.event.dossier_id] = time.monotonic()

    sent: dict[UUID, float] = {}
    async with consuming(connect, listener, {SignalementClos: poison}):
        await say(connect, poisoned, 1)
        await say(connect, poisoned, 2)
        for other in others:
            sent[other] = time.monotonic()
            await say(connect, other, 1)
            await asyncio.sleep(0.2)

        async def buried() -> bool:
            return bool(await dead_letters.waiting(listener)) and 2 in await effects_of(listener, poisoned)

        await until(buried)
    # The first try in a batch and the five on its own.
    assert MAX_TRIES <= len(tries) <= MAX_TRIES + 1
    assert all(arrivals[other] - sent[other] < 2 for other in others)
    assert arrivals[poisoned] > tries[-1], "the poisoned aggregate's next event waited for it"
    [letter] = await dead_letters.waiting(listener)
    assert (letter.reason, letter.tries, letter.consumer) == ("builtins.LookupError", MAX_TRIES, DURABLE.name)

    assert await dead_letters.replay(listener, letter.id, {SignalementClos: have_effect})
    assert 1 in await effects_of(listener, poisoned)
    assert not await dead_letters.replay(listener, letter.id, {SignalementClos: have_effect})
    assert not await dead_letters.waiting(listener)


async def test_what_cannot_be_read_is_buried_too(listener: Database, connect: Connect) -> None:
    async with consuming(connect, listener, {SignalementClos: have_effect}):
        js = (await connect("signalement")).jetstream()
        await js.publish(SUBJECT, b"{")
        await js.publish(SUBJECT, b'{"specversion": "1.0", "id": "1", "source": "/x", "type": "unknown"}')

        async def buried() -> bool:
            return len(await dead_letters.waiting(listener)) == 2

        await until(buried)


async def test_a_hanging_handler_is_cut_off(listener: Database, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.consumer.HANDLER_SECONDS", 0.1)
    hanging = new_id()

    async def hang(session: AsyncSession, received: Received[SignalementClos]) -> None:
        if received.event.dossier_id == hanging:
            await asyncio.sleep(60)
        await have_effect(session, received)

    other = new_id()
    async with consuming(connect, listener, {SignalementClos: hang}):
        await say(connect, hanging, 1)
        await say(connect, other, 1)

        async def both() -> bool:
            return bool(await dead_letters.waiting(listener)) and bool(await effects_of(listener, other))

        await until(both)
    [letter] = await dead_letters.waiting(listener)
    assert letter.reason == "common.consumer.HandlerTooSlow"


async def test_a_consumer_whose_connections_are_cut_goes_on(listener: Database, connect: Connect) -> None:
    dossier = new_id()
    async with consuming(connect, listener, {SignalementClos: have_effect}):
        await say(connect, dossier, 1)

        async def first() -> bool:
            return bool(await effects_of(listener, dossier))

        await until(first)
        async with listener.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await say(connect, dossier, 2)

        async def second() -> bool:
            return len(await effects_of(listener, dossier)) == 2

        await until(second)
    assert not await dead_letters.waiting(listener)


async def test_a_grouped_handler_is_given_each_event_once_and_in_order(listener: Database, connect: Connect) -> None:
    groups: list[list[int]] = []

    async def keep(session: AsyncSession, batch: Sequence[Received[SignalementClos]]) -> None:
        groups.append([one.sequence for one in batch])
        for one in batch:
            await have_effect(session, one)

    dossier = new_id()
    for sequence in range(1, 31):
        await say(connect, dossier, sequence, times=2)
    async with consuming(connect, listener, {SignalementClos: Grouped(keep)}):

        async def all_heard() -> bool:
            return len(await effects_of(listener, dossier)) >= 30

        await until(all_heard)
    assert await effects_of(listener, dossier) == list(range(1, 31))
    assert len(groups) < 30


async def test_what_a_dead_process_had_taken_comes_again_before_what_is_newer(listener: Database, connect: Connect) -> None:
    dossier = new_id()
    for sequence in range(1, 6):
        await say(connect, dossier, sequence)
    client = await connect("cellule")
    js = client.jetstream()
    await js.add_consumer(DURABLE.stream, consumer_config(DURABLE))
    inbox = client.new_inbox()
    taken = await client.subscribe(inbox)
    subject = f"$JS.API.CONSUMER.MSG.NEXT.{DURABLE.stream}.{DURABLE.name}"
    await client.publish(subject, b'{"batch": 4, "no_wait": true}', reply=inbox)
    assert [(await taken.next_msg(5)).metadata.sequence.consumer for _ in range(4)] == [1, 2, 3, 4]
    began = time.monotonic()
    async with consuming(connect, listener, {SignalementClos: have_effect}):

        async def all_heard() -> bool:
            return len(await effects_of(listener, dossier)) == 5

        await until(all_heard)
    assert await effects_of(listener, dossier) == [1, 2, 3, 4, 5]
    assert time.monotonic() - began < 10, "nobody waited for what the dead process will never acknowledge"


@pytest.mark.parametrize("handler", [have_effect, ADDING], ids=["handler", "adding"])
async def test_a_database_that_restarts_costs_no_message(
    listener: Database, connect: Connect, postgres: PostgresCluster, handler: Any
) -> None:
    dossiers = [new_id() for _ in range(40)]
    async with consuming(connect, listener, {SignalementClos: handler}):
        await say(connect, dossiers[0], 1)
        await asyncio.to_thread(postgres.stop)
        for dossier in dossiers[1:]:
            await say(connect, dossier, 1)
        # Longer than five tries would take.
        await asyncio.sleep(3)
        await asyncio.to_thread(postgres.start)

        async def all_heard() -> bool:
            async with listener.transaction() as session:
                return int((await session.execute(text("SELECT count(*) FROM effects"))).scalar_one()) == len(dossiers)

        await until(all_heard, 20)
    assert not await dead_letters.waiting(listener)


async def test_what_was_heard_while_the_database_was_away_stays_in_order(listener: Database, connect: Connect) -> None:
    dossier, away = new_id(), 2

    async def away_at_first(session: AsyncSession, received: Received[SignalementClos]) -> None:
        nonlocal away
        if received.sequence == 1 and away:
            away -= 1
            raise ConnectionRefusedError
        await have_effect(session, received)

    for sequence in range(1, 6):
        await say(connect, dossier, sequence)
    async with consuming(connect, listener, {SignalementClos: away_at_first}):

        async def all_heard() -> bool:
            return len(await effects_of(listener, dossier)) == 5

        await until(all_heard)
    assert (away, await effects_of(listener, dossier)) == (0, [1, 2, 3, 4, 5])
