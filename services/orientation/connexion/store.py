"""The one statement about what may be used once."""

import hashlib
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

# What is over is forgotten on the way, some at a time.
VOIR = text("""
    WITH passes AS (
        DELETE FROM jetons_vus WHERE empreinte IN (
            SELECT empreinte FROM jetons_vus WHERE fin < :now LIMIT 100 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO jetons_vus (empreinte, fin) VALUES (:empreinte, :fin) ON CONFLICT DO NOTHING RETURNING empreinte
""")


async def premiere_fois(session: AsyncSession, genre: str, valeur: str, fin: datetime, now: datetime) -> bool:
    """Note that this value is used. Returns whether nobody used it before; it is remembered until `fin`."""
    empreinte = hashlib.sha256(f"{genre}:{valeur}".encode()).hexdigest()
    vue = await session.execute(VOIR, {"empreinte": empreinte, "fin": fin, "now": now})
    return vue.scalar_one_or_none() is not None
