"""The migrations of each service make exactly the tables that its models describe, and can be taken back."""

import asyncio
import importlib
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import PASSWORD, PASSWORDS, ROOT, owner_url

from common.migrations import alembic_config, upgrade
from common.streams import SERVICES
from relais.postgres import PostgresCluster

# Alembic compares no CHECK constraint: both databases are read from PostgreSQL's own catalogue.
SHAPE = text("""
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
        || coalesce(character_maximum_length::text, '') || ' ' || coalesce(column_default, '') || ' ' || is_identity
    FROM information_schema.columns JOIN pg_tables ON schemaname = table_schema AND tablename = table_name
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
""")
EXTENSIONS = text("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")


async def read(url: str, query: object) -> set[str]:
    """What a query of one column gives."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = set((await connection.execute(query)).scalars())  # type: ignore[call-overload]
    await engine.dispose()
    return rows


async def create(url: str, metadata: MetaData, extensions: set[str]) -> None:
    """Make the tables from the models."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for name in extensions:
            await connection.exec_driver_sql(f'CREATE EXTENSION IF NOT EXISTS "{name}"')
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


def folder(service: str) -> Path:
    return ROOT / "services" / service


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_and_models_say_the_same(service: str, postgres: PostgresCluster, database_urls: dict[str, str]) -> None:
    migrated = owner_url(database_urls[service])
    command.check(alembic_config(folder(service), migrated))
    name = f"models_{service}"
    postgres.ensure_databases({name: PASSWORDS})
    url = postgres.owner_url(name, PASSWORD)
    extensions = asyncio.run(read(migrated, EXTENSIONS))
    metadata: MetaData = importlib.import_module(f"{service}.tables").metadata
    asyncio.run(create(url, metadata, extensions))
    assert asyncio.run(read(migrated, SHAPE)) == asyncio.run(read(url, SHAPE))


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_can_be_taken_back(service: str, postgres: PostgresCluster) -> None:
    name = f"taken_back_{service}"
    postgres.ensure_databases({name: PASSWORDS})
    url = postgres.owner_url(name, PASSWORD)
    upgrade(folder(service), url)
    before = asyncio.run(read(url, SHAPE))
    command.downgrade(alembic_config(folder(service), url), "base")
    assert asyncio.run(read(url, TABLES)) == set()
    upgrade(folder(service), url)
    assert asyncio.run(read(url, SHAPE)) == before
