"""A database that vanished without a word, as with its machine: nobody waits for it longer than a statement may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url, text
from tests.common.conftest import Connect
from tests.common.passage import Passage, passage

from common import database as databases
from common import outbox, veille
from common.clock import new_id, utc_now
from common.codes import IssueDossier
from common.database import VANISHED, Database, is_away
from common.events.signalement import SignalementClos
from common.reconcile import Reconciliation
from common.relay import Relay
from common.veille import Veille, annoncer

SECONDS = 0.5


@pytest.fixture
async def way(bare_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Passage]:
    """The way to the test's PostgreSQL, as from another machine."""
    monkeypatch.setattr(databases, "STATEMENT_SECONDS", SECONDS)
    monkeypatch.setattr(databases, "BARE_STATEMENT_SECONDS", SECONDS)
    socket = f"{make_url(bare_urls['signalement']).query['host']}/.s.PGSQL.5432"
    async with passage(lambda: asyncio.open_unix_connection(socket)) as way:
        yield way


@pytest.fixture
async def distant(publisher: Database, way: Passage) -> AsyncIterator[Database]:
    """The database of signalement at the end of that way."""
    url = make_url(publisher.url).set(host="127.0.0.1", port=way.port, query={})
    database = Database(url.render_as_string(hide_password=False), service="signalement")
    yield database
    way.freeze()
    way.give_up()
    await database.close()


async def test_a_request_is_told_and_the_next_is_answered(distant: Database, way: Passage) -> None:
    async with distant.transaction() as session:
        await session.execute(text("SELECT 1"))
    way.freeze()
    async with asyncio.timeout(20):
        with pytest.raises(TimeoutError) as raised:
            async with distant.transaction() as session:
                await session.execute(text("SELECT 1"))
        assert is_away(raised.value)
        async with distant.transaction() as session:
            assert (await session.execute(text("SELECT 2"))).scalar_one() == 2


async def test_a_question_past_the_sessions_too(distant: Database, way: Passage) -> None:
    assert await distant.direct.fetch("SELECT 1")
    way.freeze()
    async with asyncio.timeout(20):
        with pytest.raises(TimeoutError):
            await distant.direct.fetch("SELECT 1")
        assert await distant.direct.fetch("SELECT 1")


async def test_who_only_listens_finds_out(
    publisher: Database, distant: Database, way: Passage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(veille, "LOOK_SECONDS", SECONDS)
    monkeypatch.setattr(veille, "RETRY_SECONDS", 0.05)
    listening = Veille(distant)
    with listening.attendre("x") as woken:
        async with asyncio.timeout(20):
            await woken.wait()
            way.freeze()
            woken.clear()
            # It reads again once it listens anew.
            await woken.wait()
            woken.clear()
            async with publisher.transaction() as session:
                await annoncer(session, "x")
            await woken.wait()
    listening.fermer()


async def test_the_relay_goes_on_once_the_server_has_done_with_its_former_self(
    publisher: Database, distant: Database, way: Passage, connect: Connect
) -> None:
    """The lock that lets one relay alone work is the server's: it ends with the connection, there as here."""
    client = await connect("signalement")
    relay = Relay(distant, client, Reconciliation("signalement", client))
    task = asyncio.create_task(relay.run())

    async def relayed() -> None:
        async with publisher.transaction() as session:
            outbox.record(
                session, SignalementClos(dossier_id=new_id(), issue=IssueDossier.redressee), sequence=1, now=utc_now()
            )
        waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        while True:
            async with publisher.transaction() as session:
                if (await session.execute(text(waiting))).scalar_one() == 0:
                    return
            await asyncio.sleep(0.02)

    async with asyncio.timeout(20):
        await relayed()
        way.freeze()
        way.give_up()
        await relayed()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_server_is_asked_to_notice_that_we_vanished(distant: Database) -> None:
    """In half a minute, instead of the two hours of the system: a relay's successor waits for its lock."""
    connection = await distant.connect()
    asked = await connection.fetch("SELECT name, reset_val FROM pg_settings WHERE name LIKE 'tcp%' AND source = 'client'")
    assert {row["name"]: row["reset_val"] for row in asked} == VANISHED
    await connection.close()
