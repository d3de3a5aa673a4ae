"""A data folder that an older version made, in which each service's role owned its database, is brought to the new roles."""

import asyncio

import asyncpg
import pytest
from alembic import command
from tests.conftest import PASSWORD, PASSWORDS, ROOT

from common.clock import new_id
from common.migrations import alembic_config, upgrade
from relais.postgres import PostgresCluster

NAME = "older_orientation"
SERVICE = ROOT / "services" / "orientation"
# As the version before made them.
OLDER = f"""
    CREATE ROLE {NAME} LOGIN PASSWORD '{PASSWORD}';
    CREATE DATABASE {NAME} OWNER {NAME};
    REVOKE ALL ON DATABASE {NAME} FROM PUBLIC;
"""
COUNTS = "SELECT (SELECT count(*) FROM dossiers), (SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox)"
OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()
    UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'autre_ouverte'
"""


async def fill(url: str) -> None:
    """A few rows, as the older service wrote them."""
    bare = await asyncpg.connect(url)
    for number in range(3):
        await bare.execute(
            "INSERT INTO dossiers (id, reference, departement, etat, horizon, indicateurs, emplois, budget, sequence) "
            "VALUES ($1, $2, '34', 'qualifie', 'inconnu', '{}', 0, 'inconnu', 1)",
            new_id(),
            f"R-{number}",
        )
        await bare.execute(
            "INSERT INTO outbox (event_id, subject, aggregate_id, body) VALUES ($1, 's', 'a', '{}')",
            new_id(),
        )
        await bare.execute("INSERT INTO inbox (consumer, event_id) VALUES ('c', $1)", new_id())
    await bare.close()


async def read(url: str, query: str, **settings: str) -> list[asyncpg.Record]:
    """What a query gives at that address."""
    bare = await asyncpg.connect(url, server_settings=settings)
    try:
        return list(await bare.fetch(query))
    finally:
        await bare.close()


def test_an_older_database_is_brought_to_the_new_roles_without_loss(postgres: PostgresCluster) -> None:
    postgres.execute(OLDER)
    service, owner = postgres.url(NAME, PASSWORD), postgres.owner_url(NAME, PASSWORD)
    bare_service, bare_owner = (url.replace("+asyncpg", "") for url in (service, owner))
    command.upgrade(alembic_config(SERVICE, service), "0014")
    asyncio.run(fill(bare_service))
    # Twice, as at two starts.
    for _ in range(2):
        postgres.ensure_databases({NAME: PASSWORDS})
        upgrade(SERVICE, owner)
    assert {row[0] for row in asyncio.run(read(bare_owner, OWNERS))} == {f"{NAME}_owner"}
    assert tuple(asyncio.run(read(bare_owner, COUNTS))[0]) == (3, 3, 3)
    assert tuple(asyncio.run(read(bare_service, COUNTS, role="relais_systeme"))[0]) == (3, 3, 3)
    assert tuple(asyncio.run(read(bare_service, COUNTS))[0]) == (0, 0, 0)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(read(bare_service, "DROP TABLE inbox"))
