"""The second lock: who acts is said to PostgreSQL, safely and for one transaction, and every table asks."""

import asyncio
import json
import string
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession
from tests.conftest import owner_url
from tests.isolation import UNGUARDED

from common import writes
from common.actor import SYSTEM, Actor, Role
from common.database import Database
from common.errors import Introuvable
from common.isolation import as_the_hub, contexte, debut
from common.streams import SERVICES

ORGANISATION = UUID("00000000-0000-5000-8000-00000000beef")
AGENT = Actor("agent", frozenset({Role.agent}), ORGANISATION)
CONTEXTE = text("SELECT nullif(current_setting('relais.acteur', true), ''), current_user::text")


@pytest.fixture
async def web(database_urls: dict[str, str]) -> AsyncIterator[Database]:
    """The database of orientation as its HTTP process has it, with one connection."""
    database = Database(database_urls["orientation"], service="orientation", pool=1)
    yield database
    await database.close()


async def acting(database: Database, *acteur: Any) -> tuple[Any, str]:
    """What a transaction says of who acts, and as which role."""
    async with database.transaction(*acteur) as session:
        said, role = (await session.execute(CONTEXTE)).one()
    return said and json.loads(said), role


async def role_of(session: AsyncSession) -> str:
    """As which role the next statement runs."""
    return str((await session.execute(CONTEXTE)).one()[1])


async def test_the_hub_acts_within_its_block_alone(web: Database) -> None:
    """Also within another block, within a savepoint, and after one that was undone."""
    async with web.transaction(AGENT) as session:
        async with as_the_hub(session):
            assert await role_of(session) == "relais_systeme"
            async with as_the_hub(session):
                pass
            assert await role_of(session) == "relais_systeme"
        assert await role_of(session) == "relais_orientation"
        async with writes.savepoint(session), as_the_hub(session):
            pass
        assert await role_of(session) == "relais_orientation"
        with pytest.raises(Introuvable):
            async with writes.savepoint(session), as_the_hub(session):
                raise Introuvable
        assert await role_of(session) == "relais_orientation"
    async with web.transaction(SYSTEM) as session:
        async with as_the_hub(session):
            pass
        assert await role_of(session) == "relais_systeme"
    assert (await acting(web, AGENT))[1] == "relais_orientation"


async def test_what_waits_is_written_as_whoever_recorded_it(web: Database) -> None:
    """A row that only the hub may add passes from within the block, and from nowhere before or after it."""

    def record(session: AsyncSession) -> None:
        values = {"empreinte": uuid4().hex, "fin": "2099-01-01T00:00:00Z"}
        writes.add(session, "jetons_vus", "empreinte text, fin timestamptz", values)

    async with web.transaction(AGENT) as session, as_the_hub(session):
        record(session)
    for before in (True, False):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with web.transaction(AGENT) as session:
                if before:
                    record(session)
                async with as_the_hub(session):
                    pass
                record(session)


# Neither NUL nor half of a surrogate pair is text in PostgreSQL: such a setting fails in every policy, and shows nothing.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
HOSTILE = st.sampled_from(["'; RESET ROLE; --", "\\'", "$$", "'||(SELECT 1)||'", "\\", "\u2019", "é'é"]) | WORDS
ACTORS = st.builds(
    Actor,
    id=HOSTILE,
    roles=st.frozensets(st.sampled_from(Role), min_size=1),
    organisation_id=st.none() | st.uuids(),
    departements=st.frozensets(HOSTILE, max_size=4),
    dossier_id=st.none() | st.uuids(),
    nom_affiche=WORDS,
)


def test_whatever_an_actor_is_called_it_is_said_word_for_word(database_urls: dict[str, str]) -> None:
    with asyncio.Runner() as runner:
        bare = runner.run(asyncpg.connect(database_urls["orientation"].replace("+asyncpg", "")))

        @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(ACTORS)
        def told(actor: Actor) -> None:
            runner.run(bare.execute("BEGIN;" + debut(actor)))
            said = runner.run(bare.fetchval("SELECT current_setting('relais.acteur')::jsonb::text"))
            runner.run(bare.execute("ROLLBACK"))
            assert json.loads(said) == contexte(actor)

        told()
        assert runner.run(bare.fetchval("SELECT current_user")) == "relais_orientation"
        runner.run(bare.close())


@given(ACTORS)
def test_what_is_said_is_one_literal(actor: Actor) -> None:
    said = debut(actor)
    assert said.startswith("SET LOCAL relais.acteur = '")
    assert said.endswith("';")
    assert said.count("'") == 2
    assert set(said) <= set(string.printable)


def test_a_role_opens_what_is_its_own_only() -> None:
    everything: dict[str, Any] = {"organisation_id": uuid4(), "departements": frozenset({"34"}), "dossier_id": uuid4()}
    for role in Role:
        said = contexte(Actor("x", frozenset({role}), **everything))
        assert (said["partenaire"] is not None) == (role in {Role.agent, Role.manager, Role.machine})
        assert bool(said["departements"]) == (role is Role.animateur)
        assert (said["dossier"] is not None) == (role is Role.dirigeant)


async def test_who_acts_is_forgotten_with_the_transaction(web: Database) -> None:
    assert await acting(web, AGENT) == (contexte(AGENT), "relais_orientation")
    assert await acting(web) == (None, "relais_orientation")
    assert await acting(web, SYSTEM) == (None, "relais_systeme")
    assert await acting(web, lambda: AGENT) == (contexte(AGENT), "relais_orientation")
    with pytest.raises(ZeroDivisionError):
        async with web.transaction(SYSTEM) as session:
            await session.execute(CONTEXTE)
            raise ZeroDivisionError
    assert await acting(web) == (None, "relais_orientation")
    # What was never begun, and what was begun within, leave nothing behind either.
    async with web.transaction(SYSTEM) as session:
        await session.connection()
    async with web.transaction() as session, session.begin_nested():
        assert (await session.execute(CONTEXTE)).one() == (None, "relais_orientation")
    async with web.engine.connect() as connection:
        assert (await connection.execute(CONTEXTE)).one() == (None, "relais_orientation")


async def test_saying_it_costs_no_statement(web: Database) -> None:
    sent: list[str] = []
    async with web.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.add_query_logger(lambda record: sent.append(record.query))
    for acteur in (None, AGENT, SYSTEM):
        sent.clear()
        await acting(web, acteur)
        assert [query[:5] for query in sent if "current_setting(" not in query] == ["BEGIN", "COMMI"], sent


async def test_a_worker_is_the_hub_on_every_connection(database_urls: dict[str, str]) -> None:
    database = Database(database_urls["orientation"], service="orientation", systeme=True)
    assert await acting(database) == (None, "relais_systeme")
    bare = await database.connect()
    assert await bare.fetchval("SELECT current_user") == "relais_systeme"
    await bare.close()
    await database.close()


RIGHTS = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
        (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""
ROLES = """
    SELECT rolname FROM pg_roles
    WHERE (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb) AND rolname <> 'postgres'
"""
OWNED = "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid IN ($1::regrole, 'relais_systeme'::regrole)"
WRITABLE = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
    ORDER BY attnum
"""
REFUSED = ("CREATE TABLE x ()", "CREATE TEMP TABLE x ()", "ALTER TABLE outbox DISABLE ROW LEVEL SECURITY", "TRUNCATE outbox")


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_guarded(service: str, database_urls: dict[str, str]) -> None:
    """A new table is guarded by `common.policies.protect` in the migration that makes it."""
    bare = await asyncpg.connect(owner_url(database_urls[service]).replace("+asyncpg", ""))
    tables = await bare.fetch(RIGHTS)
    assert {row["owner"] for row in tables} == {f"relais_{service}_owner"}
    assert {row["relname"] for row in tables if not row["forced"] or not row["policies"]} <= set(UNGUARDED)
    assert await bare.fetch(ROLES) == []
    assert await bare.fetchval(OWNED, f"relais_{service}") == 0
    await bare.close()
    entered = await asyncpg.connect(database_urls[service].replace("+asyncpg", ""))
    assert await entered.fetch("SELECT * FROM alembic_version") == []
    for ddl in REFUSED:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await entered.execute(ddl)
    await entered.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_the_hub_is_asked_nothing(service: str, database_urls: dict[str, str]) -> None:
    """For workers, the relay and sweeps each policy is `true`, which the planner drops: they plan as if there were none."""
    bare = await asyncpg.connect(database_urls[service].replace("+asyncpg", ""), server_settings={"role": "relais_systeme"})
    for table in {row["relname"] for row in await bare.fetch(RIGHTS)} - set(UNGUARDED):
        columns = [c[0] for c in await bare.fetch(WRITABLE, table)]
        names = ", ".join(columns)
        for statement in (
            f"SELECT * FROM {table} FOR UPDATE",
            f"UPDATE {table} SET {columns[-1]} = {columns[-1]}",
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} ON CONFLICT DO NOTHING",
            f"DELETE FROM {table}",
        ):
            told = "\n".join(line[0] for line in await bare.fetch(f"EXPLAIN (VERBOSE, COSTS OFF) {statement}"))
            assert not any(asked in told for asked in ("current_setting", "SubPlan", "InitPlan", "Filter")), told
    await bare.close()
