"""How long the answers of requests with a key are kept: some hold a secret that is shown once."""

from datetime import timedelta

from sqlalchemy import text

from common.clock import Clock
from common.database import Database

# A caller that lost our answer asks again within minutes; a system that was down for a day still finds it.
GARDE = timedelta(hours=48)
SECONDS = 3600
FORGET = text("DELETE FROM idempotence WHERE created_at < CAST(:avant AS timestamptz)")


async def oublier(database: Database, clock: Clock) -> None:
    """Forget the answers whose time is over; their keys may serve again."""
    async with database.transaction() as session:
        await session.execute(FORGET, {"avant": clock() - GARDE})
