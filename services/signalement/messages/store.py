"""Every statement on messages. Whoever sees the case sees its thread: its own people, and the animateur in charge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from signalement.messages.domain import PAGE
from signalement.messages.models import Message
from signalement.signalements.models import Dossier
from signalement.signalements.store import visible_to


async def page(session: AsyncSession, actor: Actor, dossier_id: UUID, avant: UUID | None = None) -> Sequence[Message]:
    """The last messages of a case, newest first, one more than a page holds; `avant` leads to the older ones."""
    query = select(Message).join(Dossier).where(Message.dossier_id == dossier_id, visible_to(actor))
    if avant is not None:
        query = query.where(col(Message.id) < avant)
    return (await session.exec(query.order_by(col(Message.id).desc()).limit(PAGE + 1))).all()


async def last(session: AsyncSession, dossier_id: UUID) -> Message | None:
    """The last message of a case that was loaded before."""
    query = select(Message).where(Message.dossier_id == dossier_id).order_by(col(Message.id).desc()).limit(1)
    return (await session.exec(query)).one_or_none()


async def written_since(session: AsyncSession, auteur_id: str, since: datetime) -> int:
    """How many messages somebody wrote since that moment, in all cases."""
    query = select(func.count()).where(col(Message.auteur_id) == auteur_id, col(Message.envoye_le) > since)
    return (await session.exec(query)).one()
