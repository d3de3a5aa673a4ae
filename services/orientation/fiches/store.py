"""Every statement about sheets and absences. A manager reaches its own organisation and no other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from orientation.fiches.models import AbsenceRow, FicheRow
from orientation.partenaires.models import MembreRow, OffreRow, PartenaireRow
from orientation.partenaires.store import CELLULES

P, A = PartenaireRow, AbsenceRow
REMPLACANTS_MAX = 500


@dataclass(frozen=True, slots=True)
class Absent:
    """An absence, with the organisation or the person that answers meanwhile; the person is for its colleagues only."""

    absence: AbsenceRow
    remplacant: PartenaireRow | None
    membre: MembreRow | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The manager's own organisation, as long as it is in the directory."""
    mienne = actor.organisation_id if actor.has(Role.manager) else None
    return col(P.id) == mienne


async def find_partenaire(session: AsyncSession, actor: Actor, *, lock: bool = False) -> PartenaireRow:
    """The manager's organisation; held when something is to be written about it, one at a time. Raises Introuvable."""
    query = select(P).where(visible_to(actor), col(P.actif))
    row: PartenaireRow | None = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def fiche(session: AsyncSession, partenaire_id: UUID) -> FicheRow | None:
    """The sheet of an organisation: public. None as long as it wrote none."""
    row: FicheRow | None = await session.get(FicheRow, partenaire_id)
    return row


async def telephones(session: AsyncSession, partenaires: Collection[UUID]) -> dict[UUID, str]:
    """The public telephone numbers of these organisations, as they keep them; one that says none is not there."""
    if not partenaires:
        return {}
    numero = col(FicheRow.telephone)
    rows = await session.execute(
        select(col(FicheRow.partenaire_id), numero).where(col(FicheRow.partenaire_id).in_(partenaires), numero != "")
    )
    return {row.partenaire_id: row.telephone for row in rows}


async def offres(session: AsyncSession, partenaire_id: UUID) -> dict[str, OffreRow]:
    """What an organisation declares about each dispositif, by its code: public."""
    rows = await session.execute(select(OffreRow).where(col(OffreRow.partenaire_id) == partenaire_id))
    return {row.dispositif: row for row in rows.scalars()}


async def membres(session: AsyncSession, actor: Actor) -> Sequence[MembreRow]:
    """The active people of the manager's own organisation, by name."""
    query = select(MembreRow).join(P, col(P.id) == col(MembreRow.partenaire_id)).where(visible_to(actor), col(MembreRow.actif))
    return (await session.execute(query.order_by(col(MembreRow.nom), col(MembreRow.prenom)))).scalars().all()


async def remplacants(session: AsyncSession, partenaire: PartenaireRow) -> Sequence[PartenaireRow]:
    """The organisations that could answer instead: they work in one of the same départements."""
    query = select(P).where(
        col(P.actif),
        col(P.id) != partenaire.id,
        col(P.type).not_in(CELLULES),
        col(P.departements).op("&&")(cast(partenaire.departements, ARRAY(String))),
    )
    return (await session.execute(query.order_by(col(P.libelle), col(P.id)).limit(REMPLACANTS_MAX))).scalars().all()


async def absences(session: AsyncSession, partenaire_id: UUID, jour: date) -> Sequence[Absent]:
    """The absences of an organisation that run or are to come on this day, the next one first."""
    query = (
        select(A, P, MembreRow)
        .join(P, and_(col(P.id) == col(A.remplacant_partenaire_id), col(P.actif)), isouter=True)
        .join(MembreRow, col(MembreRow.id) == col(A.remplacant_membre_id), isouter=True)
        .where(col(A.partenaire_id) == partenaire_id, col(A.au) >= jour)
    )
    return [Absent(*row) for row in (await session.execute(query.order_by(col(A.du)))).all()]


async def absents(session: AsyncSession, departement: str, jour: date) -> dict[UUID, Absent]:
    """Who of a département's partners is away on this day, and which organisation answers instead."""
    remplacant = aliased(PartenaireRow)
    query = (
        select(A, remplacant)
        .join(P, col(P.id) == col(A.partenaire_id))
        .join(remplacant, and_(col(remplacant.id) == col(A.remplacant_partenaire_id), col(remplacant.actif)), isouter=True)
        .where(col(P.departements).contains([departement]), col(A.du) <= jour, col(A.au) >= jour)
    )
    return {absence.partenaire_id: Absent(absence, autre, None) for absence, autre in (await session.execute(query)).all()}


async def find_absence(session: AsyncSession, actor: Actor, absence_id: UUID) -> AbsenceRow:
    """One absence of the manager's own organisation. Raises Introuvable."""
    query = select(A).join(P, col(P.id) == col(A.partenaire_id)).where(col(A.id) == absence_id, visible_to(actor))
    row: AbsenceRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row
