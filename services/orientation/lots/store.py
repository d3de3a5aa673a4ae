"""Every statement about lots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatOrientation
from common.codes_echanges import ActionLot
from common.errors import Introuvable
from orientation.lots.domain import LOT_MAX, Candidate
from orientation.lots.models import LotRow
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, vues

O = OrientationRow  # noqa: E741 - as in the store of referrals.

PRENDRE = text("""
    INSERT INTO lots (id, acteur_id, action, lignes, at) VALUES (:id, :acteur, :action, '[]', :at)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")


@dataclass(frozen=True, slots=True)
class Choisie:
    """A referral that was chosen, with whether another one replaces it."""

    vue: Vue
    remplacee: bool

    @property
    def candidate(self) -> Candidate:
        """As the rules see it."""
        row = self.vue.orientation
        return Candidate(row.valeur(), self.vue.partenaire.actif, row.relancee_at, self.remplacee)


async def choisies(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Choisie]:
    """Those of these referrals that the actor sees, by id, as they are now."""
    suite = aliased(O)
    remplacee = select(col(suite.id)).where(col(suite.predecesseur_id) == col(O.id)).exists()
    query = vues(actor).add_columns(remplacee).where(col(O.id).in_(ids))
    rows = (await session.execute(query, execution_options={"populate_existing": True})).all()
    return {row[0].id: Choisie(Vue(row[0], row[1], row[2]), row[3]) for row in rows}


async def a_choisir(session: AsyncSession, actor: Actor, etats: Sequence[EtatOrientation]) -> Sequence[Vue]:
    """The newest referrals in these states that the actor may choose from: as many as a lot may hold."""
    query = vues(actor).where(col(O.etat).in_([etat.value for etat in etats])).order_by(col(O.id).desc()).limit(LOT_MAX)
    return [Vue(*row) for row in (await session.execute(query)).all()]


async def prendre(session: AsyncSession, actor: Actor, lot_id: UUID, action: ActionLot, now: datetime) -> bool:
    """Take this id for a new lot; False when it was taken. Whoever comes at the same time waits for the first."""
    values = {"id": lot_id, "acteur": actor.id, "action": action.value, "at": now}
    return (await session.execute(PRENDRE, values)).scalar_one_or_none() is not None


async def find(session: AsyncSession, actor: Actor, lot_id: UUID) -> LotRow:
    """A lot of this actor's own. Raises `Introuvable`."""
    query = select(LotRow).where(col(LotRow.id) == lot_id, col(LotRow.acteur_id) == actor.id)
    row: LotRow | None = (await session.execute(query, execution_options={"populate_existing": True})).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row
