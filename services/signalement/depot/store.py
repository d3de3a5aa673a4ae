"""Every statement on the forms in progress: only the browser that holds the key, or the link of the mail, reaches one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import CauseRetour
from signalement.depot.models import Brouillon


async def lock(session: AsyncSession, cle: str, now: datetime) -> Brouillon | None:
    """The form in progress under this key, unless it is too old; held, so that sending it twice opens one case."""
    query = select(Brouillon).where(Brouillon.cle == cle, Brouillon.expire_le > now).with_for_update()
    return (await session.exec(query)).one_or_none()


async def lock_by_lien(session: AsyncSession, lien: str, now: datetime) -> Brouillon | None:
    """The form that waits under this link, unless it is too old; held, so that tries are counted one by one."""
    query = select(Brouillon).where(Brouillon.lien == lien, Brouillon.expire_le > now).with_for_update()
    return (await session.exec(query)).one_or_none()


async def lock_by_address(session: AsyncSession, courriel: str, now: datetime) -> Sequence[Brouillon]:
    """The forms that wait for the holder of this address, for the hub, which writes to nobody else; held."""
    waiting = (Brouillon.courriel == courriel, col(Brouillon.lien).is_not(None), Brouillon.expire_le > now)
    return (await session.exec(select(Brouillon).where(*waiting).order_by(Brouillon.cle).limit(5).with_for_update())).all()


async def mails_since(session: AsyncSession, courriel: str, since: datetime) -> int:
    """How many mails were lately asked for to this address, for the hub; all forms together."""
    query = select(func.coalesce(func.sum(Brouillon.envois), 0)).where(
        Brouillon.courriel == courriel, col(Brouillon.demande_le) > since
    )
    return (await session.exec(query)).one()


async def of_mail(session: AsyncSession, envoi_id: UUID, now: datetime) -> Brouillon | None:
    """The form that this mail leads to, for the hub, which sends it; None once it was resumed, mailed again or purged."""
    query = select(Brouillon).where(Brouillon.envoi_id == envoi_id, Brouillon.expire_le > now)
    return (await session.exec(query)).one_or_none()


async def noter_injoignable(session: AsyncSession, envoi_id: UUID, cause: CauseRetour) -> None:
    """This mail did not arrive; of one that another has replaced, nothing is kept."""
    query = update(Brouillon).where(col(Brouillon.envoi_id) == envoi_id)
    await session.execute(query.values(injoignable_cause=cause.value))


async def forget(session: AsyncSession, cle: str) -> None:
    """Forget a form."""
    await session.execute(delete(Brouillon).where(col(Brouillon.cle) == cle))


async def delete_old(session: AsyncSession, now: datetime) -> None:
    """Forget the forms that nobody came back to."""
    await session.execute(delete(Brouillon).where(col(Brouillon.expire_le) <= now))
