"""Bare databases that hold the common tables only, with real users of the bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from nats.aio.client import Client
from pydantic import SecretStr
from sqlalchemy import text
from tests.conftest import PASSWORD, PASSWORDS
from tests.emptying import empty

from common import bus
from common.database import Database, service_base
from common.settings import Mode, Settings
from common.streams import AUDIT, SERVICES, streams_of
from relais.nats import NatsServer
from relais.postgres import PostgresCluster

Connect = Callable[[str], Any]


def settings_for(user: str, nats_url: str, password: str, database_url: str = "unused") -> Settings:
    """The settings of a process of that service in a test."""
    return Settings(
        mode=Mode.development,
        public_url="http://127.0.0.1:8000",
        database_url=SecretStr(database_url),
        nats_url=nats_url,
        nats_user=user,
        nats_password=SecretStr(password),
        oidc_issuer="http://127.0.0.1:8000/idp",
    )


@pytest.fixture(scope="session")
def bare_urls(postgres: PostgresCluster) -> dict[str, str]:
    """One empty database a service."""
    postgres.ensure_databases({f"bare_{service}": PASSWORDS for service in SERVICES})
    return {service: postgres.owner_url(f"bare_{service}", PASSWORD) for service in SERVICES}


async def open_bare(bare_urls: dict[str, str], service: str) -> Database:
    """The database of a service with the common tables, emptied."""
    database = Database(bare_urls[service], service=service)
    async with database.engine.begin() as connection:
        await connection.run_sync(service_base().metadata.create_all)
    await empty(database)
    return database


@pytest.fixture
async def publisher(bare_urls: dict[str, str]) -> AsyncIterator[Database]:
    """The database of signalement, which publishes in these tests."""
    database = await open_bare(bare_urls, "signalement")
    yield database
    await database.close()


@pytest.fixture
async def listener(bare_urls: dict[str, str]) -> AsyncIterator[Database]:
    """The database of cellule, which listens in these tests."""
    database = await open_bare(bare_urls, "cellule")
    yield database
    await database.close()


@pytest.fixture
async def connect(nats_server: NatsServer) -> AsyncIterator[Connect]:
    """Connects to the bus as a service; the streams of all services are new and empty."""
    async with AsyncExitStack() as stack:

        async def connected(user: str) -> Client:
            settings = settings_for(user, nats_server.url, nats_server.passwords[user])
            client = await bus.connect(settings, name=f"test-{user}")
            stack.push_async_callback(client.close)
            return client

        admin = (await connected("admin")).jetstream()
        for info in await admin.streams_info():
            await admin.delete_stream(info.config.name or "")
        for service in SERVICES:
            for name, config in streams_of(service).items():
                if name != AUDIT or service == "cellule":
                    await admin.add_stream(config)
        yield connected


@pytest.fixture
async def effects(listener: Database) -> None:
    """The table in which the handlers of these tests have their effect."""
    async with listener.transaction() as session:
        columns = "n int GENERATED ALWAYS AS IDENTITY, dossier uuid, sequence int"
        await session.execute(text(f"CREATE TABLE IF NOT EXISTS effects ({columns})"))
        await session.execute(text("TRUNCATE effects"))
