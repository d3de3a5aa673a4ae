"""The database of a service: one engine, one session a request or message, and the one commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import Connection, MetaData, event, orm
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession as PlainAsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Session as SyncSession
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common import isolation, outbox, writes
from common.actor import SYSTEM, Actor
from common.tables import add_common_tables

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

ACTEUR = "acteur"


def service_base() -> type[SQLModel]:
    """The base class of one service's tables, with a registry of its own and the tables every service has."""

    class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
        pass

    add_common_tables(Base.metadata)
    return Base


# What the driver says of a connection that is gone; the second of one that went in the middle of a statement.
GONE = (asyncpg.InterfaceError, asyncpg.InternalClientError)
# All that a bare connection raises: this, and what the server answers.
BARE = (OSError, asyncpg.PostgresError, *GONE)
# What a database that is away, starting, stopping or full raises.
AWAY = (
    OSError,
    PoolTimeout,
    *GONE,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
)
# Of the same classes, and the statement's own fault: a value that has no form in PostgreSQL, and what took too long.
NOT_AWAY = (ValueError, asyncpg.QueryCanceledError)
ANSWER_SECONDS = 3
# A server that vanished with its machine closes nothing: a statement that has no answer for so long is taken for lost. A bare
# connection may carry a long one (a count of everything, an index).
STATEMENT_SECONDS, BARE_STATEMENT_SECONDS = 30, 60
# The same from the other end: what a process that vanished held, locks above all, is free after half a minute. Without effect
# on a socket of the same machine, which is closed whatever happens.
VANISHED = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


def is_away(error: BaseException | None) -> bool:
    """Whether the database is to blame and not the statement: the same may be tried again later."""
    if isinstance(error, DBAPIError):
        # SQLAlchemy puts an error of its own around the driver's, often one of no class that would tell.
        return error.connection_invalidated or is_away(error.orig and error.orig.__cause__)
    return isinstance(error, AWAY) and not isinstance(error, NOT_AWAY)


class _SyncSession(SyncSession):
    execute = orm.Session.execute


@event.listens_for(_SyncSession, "after_begin")
def _say_who_acts(session: orm.Session, transaction: orm.SessionTransaction, connection: Connection) -> None:
    """The beginning of the transaction is not sent yet: it will carry who acts by then."""
    acteur: Callable[[], Actor | None] | None = session.info.get(ACTEUR)
    if acteur and not transaction.nested:
        driver: Any = connection.connection.driver_connection
        driver.debut = isolation.debut(acteur())


class Session(AsyncSession):
    """SQLModel's session, whose `execute` is SQLAlchemy's own: SQLModel's warns at each call, and set-based SQL needs it."""

    sync_session_class = _SyncSession
    execute = PlainAsyncSession.execute


class Direct:
    """A connection of its own for single statements where every millisecond counts: no pool, no session.

    Each is its own transaction. They go one after the other. A connection that was lost, or of which the driver does not know
    any more where it stands, is made anew at the next.
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
            try:
                rows: list[asyncpg.Record] = await self._connection.fetch(statement, *values)
            except (TimeoutError, *GONE):
                self._connection.terminate()
                raise
            return rows

    async def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            # A server that vanished says no goodbye.
            with suppress(*BARE):
                await self._connection.close(timeout=2)


class Database:
    """The pool of connections of one process. `url` is SQLAlchemy's, with the asyncpg driver.

    `systeme` is for processes in which the hub itself acts, workers and commands: every connection sees every row, and no
    transaction has anything to say. In all others nobody acts unless the transaction says who: see `common.isolation`.
    """

    def __init__(self, url: str, *, service: str, pool: int = 10, notify: bool = True, systeme: bool = False) -> None:
        self.url = url
        self.service = service
        self.notify = notify
        self.systeme = systeme
        # An error's text ends in logs: it must not carry what was to be written.
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={
                "connection_class": isolation.Connexion,
                "command_timeout": STATEMENT_SECONDS,
                "server_settings": VANISHED | ({"role": isolation.ROLE} if systeme else {}),
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_dead)
        # What is asked past the sessions is the hub's own: who bears a token, which consents are in force.
        self.direct = Direct(lambda: self.connect(systeme=True))

    @asynccontextmanager
    async def transaction(self, acteur: Actor | Callable[[], Actor | None] | None = None) -> AsyncIterator[AsyncSession]:
        """One transaction: commits at the end with what was recorded in it, rolls all back on any error.

        `acteur` is who acts, or tells it when the first statement is sent; `SYSTEM` is the hub itself.
        """
        about: dict[str, Any] = {outbox.SERVICE: self.service}
        if not self.systeme:
            about[ACTEUR] = acteur if callable(acteur) else lambda: acteur
        async with Session(self.engine, expire_on_commit=False, info=about) as session, session.begin():
            yield session
            await session.flush()
            await writes.flush(session, notify=self.notify)

    async def connect(self, *, systeme: bool = False) -> asyncpg.Connection:
        """A bare connection outside the pool, for what lives long: the relay and its LISTEN. `systeme` is the hub itself."""
        settings = VANISHED | ({"role": isolation.ROLE} if systeme or self.systeme else {})
        url = self.url.replace("+asyncpg", "")
        return await asyncpg.connect(url, timeout=10, command_timeout=BARE_STATEMENT_SECONDS, server_settings=settings)

    async def answers(self) -> bool:
        """Whether a new connection is answered, within `ANSWER_SECONDS`."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                connection = await self.connect()
            connection.terminate()
        except BARE:
            return False
        return True

    async def close(self) -> None:
        """Give all connections back."""
        await self.direct.close()
        await self.engine.dispose()


def _refuse_dead(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """A connection that the server closed is replaced before its use: the driver knows, without asking the server.

    The others begin with nobody acting, also when the last transaction on them was never begun.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError
    connection.driver_connection.debut = ""


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of a request, in which its actor acts; nobody, on a route that asks for none."""
    database: Database = request.app.state.database
    async with database.transaction(lambda: getattr(request.state, "actor", None)) as session:
        yield session


async def get_system_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of a request in which the hub itself acts: a sign-in, before anybody is there to act."""
    database: Database = request.app.state.database
    async with database.transaction(SYSTEM) as session:
        yield session


# With FastAPI's default scope the answer would leave before the commit, and a failed commit would have said 201.
Transaction = Annotated[AsyncSession, Depends(get_session, scope="function")]
SystemTransaction = Annotated[AsyncSession, Depends(get_system_session, scope="function")]
