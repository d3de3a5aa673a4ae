"""What a use case records, written by one statement just before the commit.

Events, audit entries and new rows that the use case does not read again wait on its session. `flush` writes them all by one
statement, past the ORM, so that each costs no round trip of its own. Where the use case did nothing else, that statement is
the whole transaction. The rows are there if and only if the change is.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnDefault, Table
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

PENDING = "pending_writes"
CHANNEL = "outbox"
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def add(session: AsyncSession, table: str, columns: str, values: Mapping[str, Any]) -> None:
    """Have a row written with the commit. `columns` names those that are given, with their types: `id uuid, body text`."""
    session.info.setdefault(PENDING, []).append((table, columns, values))


def insert(session: AsyncSession, row: SQLModel) -> None:
    """Have a new row of a mapped table written with the commit; the session does not know it, so later changes are lost."""
    table: Table = type(row).__table__  # type: ignore[attr-defined]
    given = vars(row)
    # What is absent is left out, where the table itself would not fill it in: most of a new row is.
    values = {name: value for name, fill in _fills(table) if (value := given.get(name)) is not None or fill}
    add(session, table.name, _columns(table, tuple(values)), values)


def insert_values(session: AsyncSession, kind: type[SQLModel], **given: Any) -> None:
    """Have a row written with the commit that nobody needs as an object: most of a row's cost is the object.

    What is not given is the column's default, as in an object, or the table's own.
    """
    table: Table = kind.__table__  # type: ignore[attr-defined]
    values = {name: default(None) for name, default in _defaults(table) if name not in given} | given
    add(session, table.name, _columns(table, tuple(values)), values)


@asynccontextmanager
async def savepoint(session: AsyncSession) -> AsyncIterator[None]:
    """A part of the transaction that may fail alone: its changes, and what was recorded in it, are undone together."""
    before = list(session.info.get(PENDING, []))
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        session.info[PENDING] = before
        raise


async def flush(session: AsyncSession, *, notify: bool) -> None:
    """Write what waits on this session into its transaction, and wake the relay when there are events."""
    pending: list[tuple[str, str, Mapping[str, Any]]] = session.info.pop(PENDING, [])
    if not pending:
        return
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for table, columns, values in pending:
        rows.setdefault((table, columns), []).append(values)
    connection = await session.connection()
    driver: Any = connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
    wake = notify and any(table == CHANNEL for table, _ in rows)
    # SQLAlchemy begins the transaction at its own first statement. When there was none, this statement is alone in its own.
    await driver.execute(_statement(tuple(rows), wake), *(json.dumps(each, default=str) for each in rows.values()))


@lru_cache(maxsize=500)
def _statement(targets: tuple[tuple[str, str], ...], wake: bool) -> str:
    parts = []
    for number, (table, columns) in enumerate(targets, 1):
        names = ", ".join(column.split()[0] for column in columns.split(", "))
        source = f"json_to_recordset(${number}::json) AS r({columns})"
        parts.append(f"w{number} AS (INSERT INTO {table} ({names}) SELECT {names} FROM {source})")  # noqa: S608 - constants.
    # One statement, so that the wake-up costs no round trip of its own.
    return f"WITH {', '.join(parts)} SELECT " + (f"pg_notify('{CHANNEL}', '')" if wake else "1")


@lru_cache(maxsize=100)
def _fills(table: Table) -> tuple[tuple[str, bool], ...]:
    return tuple((column.name, column.server_default is not None) for column in table.columns)


@lru_cache(maxsize=100)
def _defaults(table: Table) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """What SQLAlchemy would fill in, each as a function of no context."""
    defaults = ((column.name, column.default) for column in table.columns if column.server_default is None)
    return tuple((name, _filler(default)) for name, default in defaults if isinstance(default, ColumnDefault))


def _filler(default: ColumnDefault) -> Callable[[Any], Any]:
    return default.arg if default.is_callable else lambda _: default.arg


@lru_cache(maxsize=500)
def _columns(table: Table, names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {table.columns[name].type.compile(dialect=DIALECT)}" for name in names)
