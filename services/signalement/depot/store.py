"""Every statement on the forms in progress: only the browser that holds the key reaches one."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from signalement.depot.models import Brouillon


async def lock(session: AsyncSession, cle: str, now: datetime) -> Brouillon | None:
    """The form in progress under this key, unless it is too old; held, so that sending it twice opens one case."""
    query = select(Brouillon).where(Brouillon.cle == cle, Brouillon.expire_le > now).with_for_update()
    return (await session.exec(query)).one_or_none()


async def forget(session: AsyncSession, cle: str) -> None:
    """Forget a form."""
    await session.execute(delete(Brouillon).where(col(Brouillon.cle) == cle))


async def delete_old(session: AsyncSession, now: datetime) -> None:
    """Forget the forms that nobody came back to."""
    await session.execute(delete(Brouillon).where(col(Brouillon.expire_le) <= now))
