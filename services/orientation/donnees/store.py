"""Every statement about the directory as open data: organisations with their sheets and what they declare."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.fiches.models import FicheRow
from orientation.partenaires.models import OffreRow, PartenaireRow
from orientation.partenaires.store import CELLULES

ORGANISATIONS_MAX = 5000
P = PartenaireRow


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is public of an organisation: never a person."""

    partenaire: PartenaireRow
    fiche: FicheRow | None
    offres: dict[str, OffreRow]


async def organisations(
    session: AsyncSession, departement: str | None = None, ids: Sequence[UUID] | None = None
) -> list[Organisation]:
    """The active partners by their code, without the cells, `ORGANISATIONS_MAX` at most."""
    query = select(P, FicheRow).join(FicheRow, col(FicheRow.partenaire_id) == col(P.id), isouter=True)
    query = query.where(col(P.actif), col(P.type).not_in(CELLULES)) if ids is None else query.where(col(P.id).in_(ids))
    if departement:
        query = query.where(col(P.departements).contains([departement]))
    rows = (await session.execute(query.order_by(col(P.code)).limit(ORGANISATIONS_MAX))).all()
    offres: dict[UUID, dict[str, OffreRow]] = defaultdict(dict)
    declarees = select(OffreRow).where(col(OffreRow.partenaire_id).in_([partenaire.id for partenaire, _ in rows]))
    for offre in (await session.execute(declarees)).scalars():
        offres[offre.partenaire_id][offre.dispositif] = offre
    return [Organisation(partenaire, fiche, offres[partenaire.id]) for partenaire, fiche in rows]


async def codes(session: AsyncSession, voulus: Sequence[str]) -> dict[str, UUID]:
    """Which organisation has each of these codes."""
    rows = await session.execute(select(P).where(col(P.code).in_(voulus)))
    return {row.code: row.id for row in rows.scalars()}
