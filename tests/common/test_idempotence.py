"""The answers of requests with a key: kept for two days in every service, and no secret longer than that."""

from datetime import UTC, datetime, timedelta

from tests.conftest import service_url

from common.database import Database
from common.idempotence_oubli import GARDE, oublier
from common.streams import SERVICES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_an_answer_is_forgotten_after_two_days(
    signalement_db: Database, orientation_db: Database, cellule_db: Database, notifications_db: Database
) -> None:
    """By the hub itself, as each service's worker does it: the ones whose time is over, and no other."""
    owners = (signalement_db, orientation_db, cellule_db, notifications_db)
    ages = {
        "tout-juste": GARDE - timedelta(seconds=1),
        "a-l-instant": timedelta(),
        "trop-vieille": GARDE + timedelta(seconds=1),
    }
    assert [owner.service for owner in owners] == list(SERVICES)
    for owner in owners:
        async with owner.transaction() as session:
            connection = await session.connection()
            for cle, age in ages.items():
                await connection.exec_driver_sql(
                    "INSERT INTO idempotence (actor_id, cle, empreinte, status, body, created_at)"
                    f" VALUES ('a', '{cle}', 'e', 201, '{{}}', '{NOW - age}')"
                )
        hub = Database(service_url(owner), service=owner.service, systeme=True)
        await oublier(hub, lambda: NOW)
        await hub.close()
        async with owner.transaction() as session:
            connection = await session.connection()
            left = (await connection.exec_driver_sql("SELECT cle FROM idempotence ORDER BY cle")).scalars().all()
        assert left == ["a-l-instant", "tout-juste"]
