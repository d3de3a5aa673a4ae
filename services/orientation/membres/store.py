"""Every statement about the people of an organisation: a manager reaches its own, an administrateur any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, false, func, or_, select, text, true, update
from sqlalchemy.orm import Mapped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from orientation.fiches.models import AbsenceRow, FicheRow
from orientation.invitations.models import InvitationRow
from orientation.membres.domain import ANNULABLE
from orientation.partenaires.models import MembreRow, PartenaireRow

P, M = PartenaireRow, MembreRow
PAR_PAGE = 50
Suivi = MembreRow | InvitationRow | FicheRow
"""Of whom it is kept whether mails arrive."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with how many active members it has, and how many of them manage it."""

    partenaire: PartenaireRow
    membres: int
    responsables: int


@dataclass(frozen=True, slots=True)
class Injoignables:
    """How many of how many people mails do not reach, and since when for the first of them."""

    combien: int
    membres: int
    depuis: datetime


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The organisations whose people this actor decides about."""
    if actor.has(Role.administrateur):
        return true()
    return col(P.id) == actor.organisation_id if actor.has(Role.manager) else false()


async def find_organisation(session: AsyncSession, actor: Actor, organisation_id: UUID, *, lock: bool = False) -> PartenaireRow:
    """One of these; held when its people are to change, so that two changes never cross. Raises Introuvable."""
    query = select(P).where(col(P.id) == organisation_id, col(P.actif), visible_to(actor))
    row: PartenaireRow | None = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def organisations(session: AsyncSession, actor: Actor, recherche: str, page: int) -> tuple[Sequence[Organisation], int]:
    """A page of these, those that nobody manages first, and how many there are."""
    manager = col(M.roles).contains([Role.manager.value])
    responsables = func.count(col(M.id)).filter(manager)
    ou = [col(P.actif), visible_to(actor)]
    if recherche:
        ou.append(or_(col(P.libelle).icontains(recherche, autoescape=True), col(P.code) == recherche))
    query = (
        select(P, func.count(col(M.id)), responsables)
        .join(M, (col(M.partenaire_id) == col(P.id)) & col(M.actif), isouter=True)
        .where(*ou)
        .group_by(col(P.id))
        .order_by(responsables > 0, col(P.libelle), col(P.id))
    )
    rows = await session.execute(query.limit(PAR_PAGE).offset((page - 1) * PAR_PAGE))
    total = (await session.execute(select(func.count()).select_from(P).where(*ou))).scalar_one()
    return [Organisation(*row) for row in rows.all()], total


async def equipe(session: AsyncSession, organisation: PartenaireRow) -> Sequence[MembreRow]:
    """The active members of an organisation that was loaded, and so allowed, before."""
    query = select(M).where(col(M.partenaire_id) == organisation.id, col(M.actif))
    return (await session.execute(query.order_by(col(M.nom), col(M.prenom), col(M.id)))).scalars().all()


async def find_membre(session: AsyncSession, organisation: PartenaireRow, membre_id: UUID) -> MembreRow:
    """One active member of that organisation. Raises Introuvable."""
    query = select(M).where(col(M.partenaire_id) == organisation.id, col(M.id) == membre_id, col(M.actif))
    row: MembreRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def find_retire(session: AsyncSession, organisation: PartenaireRow, membre_id: UUID) -> MembreRow:
    """One member of that organisation who left it. Raises Introuvable."""
    query = select(M).where(col(M.partenaire_id) == organisation.id, col(M.id) == membre_id, ~col(M.actif))
    row: MembreRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def retires(session: AsyncSession, organisation: PartenaireRow, now: datetime) -> Sequence[MembreRow]:
    """Those who left an organisation that was loaded before, as long as that may be undone; the last first."""
    query = select(M).where(col(M.partenaire_id) == organisation.id, ~col(M.actif), col(M.retire_at) > now - ANNULABLE)
    return (await session.execute(query.order_by(col(M.retire_at).desc(), col(M.id)).limit(PAR_PAGE))).scalars().all()


async def find_identite(session: AsyncSession, partenaire_id: UUID, issuer: str, sub: str) -> MembreRow | None:
    """What this identity is or was in that organisation."""
    query = select(M).where(col(M.partenaire_id) == partenaire_id, col(M.issuer) == issuer, col(M.sub) == sub)
    row: MembreRow | None = (await session.execute(query)).scalar_one_or_none()
    return row


async def identite_of(session: AsyncSession, actor: Actor) -> tuple[str, str] | None:
    """The (issuer, sub) of a member who is signed in; None for an actor that is no member."""
    query = select(col(M.issuer), col(M.sub)).where(col(M.actif), cast(col(M.id), String) == actor.id)
    row = (await session.execute(query)).one_or_none()
    return (row.issuer, row.sub) if row else None


async def forget_remplacant(session: AsyncSession, membre_id: UUID, jour: date) -> None:
    """Nobody counts any more on somebody who leaves to answer during an absence that runs or is to come."""
    a = AbsenceRow
    query = update(a).where(col(a.remplacant_membre_id) == membre_id, col(a.au) >= jour).values(remplacant_membre_id=None)
    await session.execute(query)


async def noter_joignabilite(
    session: AsyncSession,
    table: type[Suivi],
    cle: Mapped[UUID],
    personne_id: UUID,
    depuis: datetime | None,
    cause: str | None,
    sequence: int,
) -> None:
    """Remember since when mails do not reach somebody, unless something newer is known."""
    query = update(table).where(cle == personne_id, col(table.joignabilite) < sequence)
    await session.execute(query.values(injoignable_depuis=depuis, injoignable_cause=cause, joignabilite=sequence))


async def injoignables(session: AsyncSession, partenaire_id: UUID) -> Injoignables | None:
    """How many of those who follow a partner's referrals mails do not reach: a number, since who they are is its own affair.

    None when mails reach everybody.
    """
    query = text("SELECT combien, membres, depuis FROM membres_injoignables(:partenaire_id)")
    combien, membres, depuis = (await session.execute(query, {"partenaire_id": partenaire_id})).one()
    return Injoignables(combien, membres, depuis) if combien else None


async def note_connexion(session: AsyncSession, membre_id: UUID, jour: date) -> None:
    """Remember the day of a sign-in, once a day."""
    query = update(M).where(col(M.id) == membre_id, col(M.vu_le).is_distinct_from(jour)).values(vu_le=jour)
    await session.execute(query)
