"""Every statement about the thread. Its referral is loaded, and so allowed, by `orientations.store` before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.complements.models import ComplementRow

C = ComplementRow


async def fil(session: AsyncSession, orientation_id: UUID) -> Sequence[ComplementRow]:
    """The questions and replies of a referral, in the order in which they were asked."""
    query = select(C).where(col(C.orientation_id) == orientation_id).order_by(col(C.posee_at), col(C.rang))
    return (await session.execute(query)).scalars().all()


async def combien(session: AsyncSession, orientation_id: UUID) -> int:
    """How many questions the thread has."""
    counted: int = (
        await session.execute(select(func.count()).select_from(C).where(col(C.orientation_id) == orientation_id))
    ).scalar_one()
    return counted


async def en_attente(session: AsyncSession, orientation_id: UUID) -> Sequence[ComplementRow]:
    """The questions that wait for their reply, in order."""
    query = select(C).where(col(C.orientation_id) == orientation_id, col(C.repondue_at).is_(None)).order_by(col(C.rang))
    return (await session.execute(query)).scalars().all()
