"""What the tests of row-level security share: each table of a service, entered as the service itself and without a filter."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from common.actor import Actor
from common.database import Database
from common.isolation import Connexion, debut
from tests.conftest import service_url

# What no policy guards, and why.
UNGUARDED = {"alembic_version": "its owner's alone: row-level security is on, and forced upon nobody"}

KEYS = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)
"""


class Rows:
    """The rows of one table by their key as text, for somebody who asks the database itself."""

    def __init__(self, connection: asyncpg.Connection, table: str, keys: Sequence[str]) -> None:
        self.connection, self.table, self.columns = connection, table, keys
        self.key = " || ':' || ".join(f"{column}::text" for column in keys)

    async def read(self) -> set[str]:
        """Those that SELECT gives without any condition."""
        return await self._keys(f"SELECT {self.key} AS key FROM {self.table}")

    async def where(self, condition: str) -> set[str]:
        """Those that meet a condition."""
        return await self._keys(f"SELECT {self.key} AS key FROM {self.table} WHERE {condition}")

    async def change(self) -> set[str]:
        """Those that an UPDATE of all reaches; undone. None where one of them may be held and not changed."""
        column = NOT_THE_KEY.get(self.table, self.columns[0])
        try:
            return await self._keys(f"UPDATE {self.table} SET {column} = {column} RETURNING {self.key} AS key")
        except asyncpg.InsufficientPrivilegeError:
            return set()

    async def hold(self) -> set[str]:
        """Those that SELECT … FOR UPDATE holds; undone."""
        return await self._keys(f"SELECT {self.key} AS key FROM {self.table} FOR UPDATE")

    async def remove(self) -> set[str]:
        """Those that a DELETE of all reaches, whatever else stands in its way; undone."""
        return await self._keys(f"DELETE FROM {self.table} RETURNING {self.key} AS key")

    async def add(self, owner: "Rows") -> set[str]:
        """Those whose like may be added, as the owner reads them; undone. A policy speaks before any other constraint."""
        through = set()
        whole = f"SELECT {self.key} AS key, to_jsonb(t)::text AS whole FROM {self.table} t"
        like = f"INSERT INTO {self.table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{self.table}, $1)"
        for row in await owner.connection.fetch(whole):
            undone = self.connection.transaction()
            await undone.start()
            try:
                await self.connection.execute(like, row["whole"])
                through.add(row["key"])
            except asyncpg.IntegrityConstraintViolationError:
                through.add(row["key"])
            except asyncpg.InsufficientPrivilegeError as refused:
                if "row-level security" not in str(refused):
                    raise
            finally:
                await undone.rollback()
        return through

    async def _keys(self, statement: str) -> set[str]:
        undone = self.connection.transaction()
        await undone.start()
        try:
            return {row["key"] for row in await self.connection.fetch(statement)}
        finally:
            await undone.rollback()


# Where the key is an identity, which cannot be set to itself.
NOT_THE_KEY = {"outbox": "subject", "dead_letters": "subject", "livraisons": "type", "courriels": "modele", "faits": "fait"}


@asynccontextmanager
async def entered(database: Database, actor: Actor | None) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the service's own role, in a transaction in which this actor acts, that is undone."""
    connection = await asyncpg.connect(service_url(database).replace("+asyncpg", ""), connection_class=Connexion)
    connection.debut = debut(actor)
    undone = connection.transaction()
    await undone.start()
    try:
        yield connection
    finally:
        await connection.close()


async def tables_of(database: Database) -> dict[str, list[str]]:
    """The tables of a service with the columns of their keys, as PostgreSQL has them."""
    bare = await database.connect()
    names = [row[0] for row in await bare.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    found = {name: [row[0] for row in await bare.fetch(KEYS, name)] for name in names if name != "alembic_version"}
    await bare.close()
    return found


async def verify(database: Database, actor: Actor | None, readable: Mapping[str, str], changeable: Mapping[str, str]) -> None:
    """Each table gives this actor what `readable` says, and no more may be changed, held or removed than `changeable` says.

    Both are conditions for the owner, from whom nothing is hidden; a table that is not there is closed to this actor. Every
    table must hold something, or nothing would be shown.
    """
    bare = await database.connect()
    async with entered(database, actor) as connection:
        for table, keys in (await tables_of(database)).items():
            rows = Rows(connection, table, keys)
            owner = Rows(bare, table, keys)
            assert await owner.where("true"), f"{table}: nothing to be seen or not"
            assert await rows.read() == await owner.where(readable.get(table, "false")), table
            at_most = await owner.where(changeable.get(table, "false"))
            for verb in (rows.change, rows.hold, rows.remove):
                assert await verb() <= at_most, (table, verb.__name__)
    await bare.close()


# What an actor may do in one table: by verb, a condition for the owner; what is not said is no row at all.
Droits = Mapping[str, str]
VERBS = ("read", "hold", "change", "add", "remove")


def common_rights(actor: Actor | None) -> dict[str, Droits]:
    """What everybody may do in the tables that every service has: record, and find one's own answers again."""
    sienne = f"actor_id = '{actor.id if actor else '-'}'"
    everybody: Droits = {"add": "true"}
    return {"outbox": everybody, "audit_entries": everybody, "idempotence": {"read": sienne, "add": sienne}}


async def demand(database: Database, actor: Actor | None, rights: Mapping[str, Droits]) -> None:
    """Each table lets this actor do exactly what `rights` says; one that is not there is closed to it altogether.

    Every table must hold something, or nothing would be shown.
    """
    bare = await database.connect()
    async with entered(database, actor) as connection:
        for table, keys in (await tables_of(database)).items():
            rows, owner = Rows(connection, table, keys), Rows(bare, table, keys)
            assert await owner.where("true"), f"{table}: nothing to be seen or not"
            allowed = rights.get(table, {})
            for verb in VERBS:
                done = await (rows.add(owner) if verb == "add" else getattr(rows, verb)())
                assert done == await owner.where(allowed.get(verb, "false")), (table, verb, actor)
    await bare.close()


async def fill_common_tables(database: Database, *actors: Actor) -> None:
    """A row in each of the tables that every service has; an answer kept for each of these actors."""
    bare = await database.connect()
    for actor in actors:
        await bare.execute(
            "INSERT INTO idempotence (actor_id, cle, empreinte, status, body) VALUES ($1, 'une-cle-a', '', 200, '')", actor.id
        )
    await bare.execute("""
        INSERT INTO relay_state VALUES ('X', 'x');
        INSERT INTO inbox (consumer, event_id) VALUES ('x', gen_random_uuid());
        INSERT INTO outbox (event_id, subject, aggregate_id, body) VALUES (gen_random_uuid(), 'x', 'x', '{}');
        INSERT INTO audit_entries (id, acteur_id, acteur_role, action, objet_id, at)
            VALUES (gen_random_uuid(), 'x', 'agent', 'x', 'x', now());
        INSERT INTO in_hand VALUES ('x', 'x', gen_random_uuid());
        INSERT INTO dead_letters (consumer, event_id, subject, body, reason, tries) VALUES ('x', 'x', 'x', '{}', 'x', 5)
    """)
    await bare.close()
