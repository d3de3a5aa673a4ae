"""Every statement about the directory as open data: organisations with their sheets and what they declare."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.fiches.models import FicheRow
from orientation.partenaires.models import OffreRow, PartenaireRow
from orientation.partenaires.store import CELLULES

P = PartenaireRow
AVEC_FICHE = select(P, FicheRow).join(FicheRow, col(FicheRow.partenaire_id) == col(P.id), isouter=True)


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is public of an organisation: never a person."""

    partenaire: PartenaireRow
    fiche: FicheRow | None
    offres: dict[str, OffreRow]


def publiees(departement: str | None) -> ColumnElement[bool]:
    """The active partners, of one département or of all, without the cells."""
    ici = col(P.departements).contains([departement]) if departement else true()
    return and_(col(P.actif), col(P.type).not_in(CELLULES), ici)


async def organisations(session: AsyncSession, ids: Sequence[UUID]) -> list[Organisation]:
    """These organisations by their code, whoever they are."""
    return await _lues(session, AVEC_FICHE.where(col(P.id).in_(ids)))


async def lot(session: AsyncSession, departement: str | None, apres: str, limite: int) -> list[Organisation]:
    """The published organisations that follow a code, so many at most."""
    return await _lues(session, AVEC_FICHE.where(publiees(departement), col(P.code) > apres).limit(limite))


async def _lues(session: AsyncSession, query: Select[PartenaireRow, FicheRow]) -> list[Organisation]:
    rows = (await session.execute(query.order_by(col(P.code)))).all()
    offres: dict[UUID, dict[str, OffreRow]] = defaultdict(dict)
    declarees = select(OffreRow).where(col(OffreRow.partenaire_id).in_([partenaire.id for partenaire, _ in rows]))
    for offre in (await session.execute(declarees)).scalars():
        offres[offre.partenaire_id][offre.dispositif] = offre
    return [Organisation(partenaire, fiche, offres[partenaire.id]) for partenaire, fiche in rows]


async def codes(session: AsyncSession, voulus: Sequence[str]) -> dict[str, UUID]:
    """Which organisation has each of these codes."""
    rows = await session.execute(select(P).where(col(P.code).in_(voulus)))
    return {row.code: row.id for row in rows.scalars()}


async def connues(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these organisations the directory has."""
    return set((await session.execute(select(col(P.id)).where(col(P.id).in_(ids)))).scalars())
