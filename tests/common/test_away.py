"""What a database says that is away, however it is wrapped; a statement's own fault is not taken for that."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx2
import psutil
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from tests.common.conftest import Connect
from tests.common.hearing import consuming, effects_of, have_effect, say, until
from tests.conftest import PASSWORD, PASSWORDS

from common import dead_letters, problems
from common.clock import new_id
from common.database import Database, is_away
from common.events.signalement import SignalementClos
from relais.postgres import PostgresCluster

TOO_LARGE = 2**40


async def session_error(database: Database, statement: str, **values: object) -> Exception:
    """What a session raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the test says of which kind it is.
        async with database.transaction() as session:
            await session.execute(text(statement), values)
    return raised.value


async def direct_error(database: Database, statement: str, *values: object) -> Exception:
    """What a bare connection raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the test says of which kind it is.
        await database.direct.fetch(statement, *values)
    return raised.value


@pytest.fixture
async def stopping() -> AsyncIterator[Database]:
    """A database that lets nobody in any more, for as long as somebody is still there."""
    folder = tempfile.TemporaryDirectory(prefix="relais-away-", ignore_cleanup_errors=True)
    with folder as directory, PostgresCluster(Path(directory), durable=False) as cluster:
        cluster.ensure_databases({"bare": PASSWORDS})
        database = Database(cluster.owner_url("bare", PASSWORD), service="cellule")
        connection = await database.connect()
        assert cluster._process
        cluster._process.send_signal(signal.SIGTERM)
        while await database.answers():
            pass
        yield database
        await connection.close()
        await database.close()


async def test_one_that_stops_is_away(stopping: Database) -> None:
    error = await session_error(stopping, "SELECT 1")
    assert "shutting down" in str(error)
    assert is_away(error)
    assert is_away(await direct_error(stopping, "SELECT 1"))


async def test_one_that_is_full_is_away(bare_urls: dict[str, str], postgres: PostgresCluster) -> None:
    database = Database(bare_urls["cellule"], service="cellule")
    postgres.execute("ALTER ROLE bare_cellule_owner CONNECTION LIMIT 0")
    try:
        assert is_away(await session_error(database, "SELECT 1"))
        assert is_away(await direct_error(database, "SELECT 1"))
        assert not await database.answers()
    finally:
        postgres.execute("ALTER ROLE bare_cellule_owner CONNECTION LIMIT -1")
    assert await database.answers()
    await database.close()


async def test_who_calls_meanwhile_is_told_to_try_again(bare_urls: dict[str, str], postgres: PostgresCluster) -> None:
    """Not that we failed: nothing was written, and the same will do in a minute."""
    database, app = Database(bare_urls["cellule"], service="cellule"), FastAPI()
    problems.install(app)

    @app.get("/api/{how}")
    async def read(how: str) -> None:
        if how == "direct":
            await database.direct.fetch("SELECT 1")
        async with database.transaction() as session:
            await session.execute(text("SELECT CAST(:n AS int)"), {"n": TOO_LARGE if how == "fault" else 1})

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/api/fault")).status_code == 500
        await database.close()
        postgres.execute("ALTER ROLE bare_cellule_owner CONNECTION LIMIT 0")
        try:
            for how in ("session", "direct"):
                answer = await client.get(f"/api/{how}")
                assert (answer.status_code, answer.json()["type"]) == (503, "urn:relais:erreur:service-injoignable")
        finally:
            postgres.execute("ALTER ROLE bare_cellule_owner CONNECTION LIMIT -1")
        assert (await client.get("/api/session")).status_code == 200
    await database.close()


async def test_a_connection_lost_in_the_middle_of_a_statement_is_away() -> None:
    driver = asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    assert is_away(driver)
    translated = RuntimeError()
    translated.__cause__ = driver
    assert is_away(InternalError("SELECT 1", None, translated))
    assert not is_away(InternalError("SELECT 1", None, RuntimeError()))


async def test_a_value_without_a_form_is_not(listener: Database) -> None:
    assert not is_away(await session_error(listener, "SELECT CAST(:n AS int)", n=TOO_LARGE))
    assert not is_away(await direct_error(listener, "SELECT $1::int", TOO_LARGE))
    assert [row["n"] for row in await listener.direct.fetch("SELECT 1 AS n")] == [1]


async def test_what_takes_too_long_is_not(listener: Database) -> None:
    await listener.direct.fetch("SET statement_timeout = 10")
    assert not is_away(await direct_error(listener, "SELECT pg_sleep(5)"))
    async with listener.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 10"))
        with pytest.raises(Exception, match="statement timeout") as raised:
            await session.execute(text("SELECT pg_sleep(5)"))
        assert not is_away(raised.value)
        await session.rollback()


async def test_what_contradicts_the_rows_is_not(listener: Database) -> None:
    twice = "INSERT INTO inbox (consumer, event_id) SELECT 'test', CAST({} AS uuid) FROM generate_series(1, 2)"
    assert not is_away(await session_error(listener, twice.format(":id"), id=str(new_id())))
    assert not is_away(await direct_error(listener, twice.format("$1"), new_id()))


@contextmanager
def frozen(postgres: PostgresCluster) -> Iterator[None]:
    """All its processes stand still: it neither answers nor refuses."""
    assert postgres._process
    server = psutil.Process(postgres._process.pid)
    stopped = [server, *server.children(recursive=True)]
    for process in stopped:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            os.kill(process.pid, signal.SIGCONT)


@pytest.mark.usefixtures("effects")
async def test_nobody_is_buried_because_the_database_stands_still(
    listener: Database, connect: Connect, postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.consumer.HANDLER_SECONDS", 0.5)
    monkeypatch.setattr("common.database.ANSWER_SECONDS", 0.3)
    dossier = new_id()
    async with consuming(connect, listener, {SignalementClos: have_effect}):
        await say(connect, dossier, 1)

        async def heard(sequence: int) -> bool:
            return sequence in await effects_of(listener, dossier)

        await until(lambda: heard(1))
        with frozen(postgres):
            await say(connect, dossier, 2)
            # Longer than all the tries that a message has.
            await asyncio.sleep(15)
        await until(lambda: heard(2), 60)
    assert await effects_of(listener, dossier) == [1, 2]
    assert not await dead_letters.waiting(listener)
