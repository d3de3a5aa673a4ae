"""The database of a service: one engine, one session a request or message, and the one commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import MetaData, event, orm
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession as PlainAsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Session as SyncSession
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common import outbox, writes
from common.tables import add_common_tables

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def service_base() -> type[SQLModel]:
    """The base class of one service's tables, with a registry of its own and the tables every service has."""

    class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
        pass

    add_common_tables(Base.metadata)
    return Base


# What a database that is away, starting, stopping or full raises; asyncpg's own errors come through bare while connecting.
AWAY = (
    OSError,
    OperationalError,
    InterfaceError,
    PoolTimeout,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
)


def is_away(error: Exception) -> bool:
    """Whether the database is to blame and not the statement: the same may be tried again later."""
    return isinstance(error, AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated)


class _SyncSession(SyncSession):
    execute = orm.Session.execute


class Session(AsyncSession):
    """SQLModel's session, whose `execute` is SQLAlchemy's own: SQLModel's warns at each call, and set-based SQL needs it."""

    sync_session_class = _SyncSession
    execute = PlainAsyncSession.execute


class Direct:
    """A connection of its own for single statements where every millisecond counts: no pool, no session.

    Each is its own transaction. They go one after the other. A connection that was lost is made anew at the next.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """The rows that this statement gives."""
        async with self._lock:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            rows: list[asyncpg.Record] = await self._connection.fetch(statement, *values)
            return rows

    async def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            await self._connection.close(timeout=2)


class Database:
    """The pool of connections of one process. `url` is SQLAlchemy's, with the asyncpg driver."""

    def __init__(self, url: str, *, service: str, pool: int = 10, notify: bool = True) -> None:
        self.url = url
        self.service = service
        self.notify = notify
        # An error's text ends in logs: it must not carry what was to be written.
        self.engine = create_async_engine(url, pool_size=pool, max_overflow=0, pool_timeout=10, hide_parameters=True)
        event.listen(self.engine.sync_engine, "checkout", _refuse_dead)
        self.direct = Direct(self.connect)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: commits at the end with what was recorded in it, rolls all back on any error."""
        about = {outbox.SERVICE: self.service}
        async with Session(self.engine, expire_on_commit=False, info=about) as session, session.begin():
            yield session
            await session.flush()
            await writes.flush(session, notify=self.notify)

    async def connect(self) -> asyncpg.Connection:
        """A bare connection outside the pool, for what lives long: the relay and its LISTEN."""
        return await asyncpg.connect(self.url.replace("+asyncpg", ""), timeout=10)

    async def close(self) -> None:
        """Give all connections back."""
        await self.direct.close()
        await self.engine.dispose()


def _refuse_dead(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """A connection that the server closed is replaced before its use: the driver knows, without asking the server."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of a request."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


# With FastAPI's default scope the answer would leave before the commit, and a failed commit would have said 201.
Transaction = Annotated[AsyncSession, Depends(get_session, scope="function")]
