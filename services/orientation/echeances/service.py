"""The passing of time: reminders, escalations and expiries, found in PostgreSQL with an injected clock."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import SYSTEM
from common.clock import Clock
from common.database import Database
from common.worker import Sweep
from orientation.orientations import reactions, store

LOT = 100
SECONDES = 30


async def balayer(database: Database, clock: Clock) -> None:
    """One round: each referral for which a moment has come takes one step, in transactions of a hundred."""
    now = clock()
    while await _un_lot(database, now) == LOT:
        pass


async def _un_lot(database: Database, now: datetime) -> int:
    async with database.transaction() as session:
        return await pas(session, now)


async def pas(session: AsyncSession, now: datetime) -> int:
    """Take the next step of up to a hundred due referrals. Returns how many there were."""
    rows = await store.lock_due(session, now, LOT)
    for row in rows:
        await reactions.passer_le_temps(session, row, SYSTEM, now)
    return len(rows)


ECHEANCES = Sweep("echeances", SECONDES, balayer)
