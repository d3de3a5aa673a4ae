"""Every statement about changed accounts. Their organisation is loaded, and so allowed, by `membres.store` before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from orientation.comptes.domain import DUREE, EtatCompte
from orientation.comptes.models import CompteRow
from orientation.membres.store import visible_to
from orientation.partenaires.models import MembreRow, PartenaireRow

C, M, P = CompteRow, MembreRow, PartenaireRow
TROUVES_MAX = 20


async def memes_adresses(session: AsyncSession, issuer: str, sub: str, courriel: str) -> list[tuple[MembreRow, PartenaireRow]]:
    """The active members of that provider with that address and another identifier, with their organisations.

    Two of one organisation share an address: which of them it would be cannot be told, and neither is given.
    """
    query = (
        select(M, P)
        .join(P, col(P.id) == col(M.partenaire_id))
        .where(col(M.issuer) == issuer, col(M.sub) != sub, func.lower(col(M.courriel)) == courriel, col(M.actif), col(P.actif))
    )
    rows = (await session.execute(query.order_by(col(P.libelle), col(M.id)).limit(TROUVES_MAX))).all()
    combien = [row[1].id for row in rows]
    return [(row[0], row[1]) for row in rows if combien.count(row[1].id) == 1]


async def of_membre(session: AsyncSession, membre_id: UUID, sub: str) -> CompteRow | None:
    """What was asked before for this member and that identifier."""
    query = select(C).where(col(C.membre_id) == membre_id, col(C.sub) == sub).with_for_update()
    row: CompteRow | None = (await session.execute(query)).scalar_one_or_none()
    return row


async def decideurs(session: AsyncSession, membre: MembreRow) -> tuple[UUID, bool]:
    """The organisation whose people are told, and whether it is the administrateurs': when no other manager is left."""
    autres = select(col(M.id)).where(
        col(M.partenaire_id) == membre.partenaire_id,
        col(M.actif),
        col(M.id) != membre.id,
        col(M.roles).contains([Role.manager.value]),
    )
    if (await session.execute(autres.limit(1))).one_or_none():
        return membre.partenaire_id, False
    chez = (
        select(col(M.partenaire_id))
        .where(col(M.actif), col(M.id) != membre.id, col(M.roles).contains([Role.administrateur.value]))
        .order_by(col(M.partenaire_id))
    )
    return (await session.execute(chez.limit(1))).scalar_one_or_none() or membre.partenaire_id, True


async def en_attente(
    session: AsyncSession, organisation: PartenaireRow, now: datetime
) -> Sequence[tuple[CompteRow, MembreRow]]:
    """What waits at an organisation, with the members whom it is about; the oldest first."""
    query = (
        select(C, M)
        .join(M, col(M.id) == col(C.membre_id))
        .where(
            col(C.partenaire_id) == organisation.id,
            col(C.etat) == EtatCompte.en_attente.value,
            col(C.demande_at) > now - DUREE,
            col(M.actif),
            col(M.sub) == col(C.ancien_sub),
        )
    )
    rows = (await session.execute(query.order_by(col(C.demande_at), col(C.id)).limit(TROUVES_MAX))).all()
    return [(row[0], row[1]) for row in rows]


async def organisation_of(session: AsyncSession, actor: Actor, compte_id: UUID) -> UUID:
    """The organisation of a changed account about which this actor decides. Raises Introuvable."""
    query = select(col(C.partenaire_id)).join(P, col(P.id) == col(C.partenaire_id))
    found: UUID | None = (await session.execute(query.where(col(C.id) == compte_id, visible_to(actor)))).scalar_one_or_none()
    if found is None:
        raise Introuvable
    return found


async def find(session: AsyncSession, organisation: PartenaireRow, compte_id: UUID) -> tuple[CompteRow, MembreRow]:
    """One changed account of that organisation, held, with its member. Raises Introuvable."""
    query = select(C, M).join(M, col(M.id) == col(C.membre_id))
    query = query.where(col(C.partenaire_id) == organisation.id, col(C.id) == compte_id, col(M.actif)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Introuvable
    return row[0], row[1]
