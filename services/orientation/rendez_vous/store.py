"""Every statement about appointments. Their referral is loaded, and so allowed, by `orientations.store` before."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import EtatRendezVous
from common.errors import Introuvable
from orientation.rendez_vous.domain import RendezVous
from orientation.rendez_vous.models import CreneauRow, RendezVousRow

R = RendezVousRow
OUVERTS = (EtatRendezVous.propose.value, EtatRendezVous.confirme.value)


@dataclass(frozen=True, slots=True)
class Fiche:
    """An appointment with all slots that were ever proposed for it, in order."""

    row: RendezVousRow
    creneaux: list[CreneauRow]

    @property
    def valeur(self) -> RendezVous:
        """As the rules see it."""
        return self.row.valeur(self.creneaux)

    @property
    def retenu(self) -> CreneauRow | None:
        """The slot that was confirmed last."""
        return next((c for c in self.creneaux if c.id == self.row.creneau_id), None)


async def liste(session: AsyncSession, orientation_id: UUID) -> Sequence[Fiche]:
    """The appointments of a referral, the newest first: bounded by the rules, so that they have no pages."""
    query = (
        select(R, CreneauRow)
        .join(CreneauRow, col(CreneauRow.rendez_vous_id) == col(R.id))
        .where(col(R.orientation_id) == orientation_id)
        .order_by(col(R.id).desc(), col(CreneauRow.tour), col(CreneauRow.rang))
    )
    return _fiches((await session.execute(query)).all())


async def ouverts(session: AsyncSession, orientation_id: UUID) -> Sequence[Fiche]:
    """The appointments of a held referral that are proposed or confirmed."""
    query = (
        select(R, CreneauRow)
        .join(CreneauRow, col(CreneauRow.rendez_vous_id) == col(R.id))
        .where(col(R.orientation_id) == orientation_id, col(R.etat).in_(OUVERTS))
        .order_by(col(R.id), col(CreneauRow.tour), col(CreneauRow.rang))
    )
    return _fiches((await session.execute(query)).all())


async def find(session: AsyncSession, orientation_id: UUID, rendez_vous_id: UUID) -> Fiche:
    """One appointment of that referral. Raises `Introuvable`."""
    for fiche in await liste(session, orientation_id):
        if fiche.row.id == rendez_vous_id:
            return fiche
    raise Introuvable


def _fiches(rows: Sequence[Row[RendezVousRow, CreneauRow]]) -> list[Fiche]:
    return [Fiche(row, [creneau for _, creneau in paires]) for row, paires in groupby(rows, key=lambda paire: paire[0])]
