"""Migrations: one environment for the four databases, run by Alembic on the asyncpg driver.

`python -m common.migrations SERVICE…` brings each to its newest version; DATABASE_URL_<SERVICE> says where it is.
"""

import asyncio
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine


def alembic_config(service_dir: Path, url: str) -> Config:
    """Alembic's configuration of the service in that folder, for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(service_dir / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(service_dir: Path, url: str) -> None:
    """Bring the database to the newest version. Blocking: call it from a thread or a process of its own."""
    command.upgrade(alembic_config(service_dir, url), "head")


def run_env(metadata: MetaData) -> None:
    """The body of every service's `migrations/env.py`."""
    asyncio.run(_run(metadata))


async def _run(metadata: MetaData) -> None:
    engine = create_async_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    # A migration that cannot get its lock gives up instead of stopping the service behind it.
    connection.execute(text("SET lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


def main(services: list[str]) -> None:
    """Bring the databases of these services to the newest version. Raises KeyError when an address is missing."""
    for service in services:
        spec = find_spec(service)
        if spec is None or spec.origin is None:
            raise SystemExit(f"no such service: {service}")
        upgrade(Path(spec.origin).parent, os.environ[f"DATABASE_URL_{service.upper()}"])


if __name__ == "__main__":
    main(sys.argv[1:])
