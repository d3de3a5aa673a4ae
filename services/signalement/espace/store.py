"""Every statement on the accesses of dirigeants, and on what they may read of the log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from signalement.espace.models import Acces


async def lock(session: AsyncSession, acces_id: UUID) -> Acces | None:
    """The access of this link, held until the end of the transaction, so that tries are counted one by one."""
    return (await session.exec(select(Acces).where(Acces.id == acces_id).with_for_update())).one_or_none()


async def mails_since(session: AsyncSession, personne_id: UUID, modele: str, since: datetime) -> int:
    """How many mails of this kind a person was sent since that moment."""
    query = select(func.count()).where(
        col(Acces.personne_id) == personne_id, col(Acces.modele) == modele, col(Acces.demande_le) > since
    )
    return (await session.exec(query)).one()


async def mails_of_case_since(session: AsyncSession, dossier_id: UUID, modele: str, since: datetime) -> int:
    """How many mails of this kind all the people of a case were sent since that moment."""
    query = select(func.count()).where(
        col(Acces.dossier_id) == dossier_id, col(Acces.modele) == modele, col(Acces.demande_le) > since
    )
    return (await session.exec(query)).one()


async def void(session: AsyncSession, personne_id: UUID, now: datetime) -> None:
    """Let no code that was ever sent to this person open anything more."""
    sent = update(Acces).where(
        col(Acces.personne_id) == personne_id, col(Acces.expire_le).is_not(None), col(Acces.utilise_le).is_(None)
    )
    await session.execute(sent.values(utilise_le=now))


ENTREES = text("""
    SELECT acteur_role, organisation_id, action, finalite, categories, at
    FROM audit_entries WHERE dossier_id = :dossier_id ORDER BY at, id
""")


async def entrees(session: AsyncSession, actor: Actor, dossier_id: UUID) -> list[Row[Any]]:
    """What the log holds on a case, oldest first. For its dirigeant, or an actor for whom the case was loaded before.

    Raises Introuvable for a dirigeant of another case.
    """
    if actor.has(Role.dirigeant) and actor.dossier_id != dossier_id:
        raise Introuvable
    return list((await session.execute(ENTREES, {"dossier_id": dossier_id})).all())
