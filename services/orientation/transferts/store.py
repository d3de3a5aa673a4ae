"""Every statement about following and passing on. Their referral is loaded, and so allowed, by `orientations.store` before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Role
from common.codes_echanges import EtatTransfert
from common.errors import Introuvable
from orientation.orientations.domain import OUVERTES
from orientation.orientations.models import OrientationRow
from orientation.partenaires.models import MembreRow, PartenaireRow
from orientation.transferts.models import AffectationRow, TransfertRow

M, T = MembreRow, TransfertRow
HISTOIRE_MAX = 50


@dataclass(frozen=True, slots=True)
class Etape:
    """One change of who follows a referral; `nom` is empty when nobody did."""

    at: datetime
    nom: str


@dataclass(frozen=True, slots=True)
class Fiche:
    """A proposal with the partner that it names."""

    row: TransfertRow
    partenaire: PartenaireRow


async def membres(session: AsyncSession, partenaire_id: UUID) -> Sequence[MembreRow]:
    """The active members of a partner who may follow a referral, by name."""
    roles = cast([Role.agent.value, Role.manager.value], ARRAY(String))
    query = select(M).where(col(M.partenaire_id) == partenaire_id, col(M.actif), col(M.roles).op("&&")(roles))
    return (await session.execute(query.order_by(col(M.nom), col(M.prenom), col(M.id)))).scalars().all()


async def membre(session: AsyncSession, membre_id: UUID) -> MembreRow | None:
    """A member that a referral of one's own organisation names."""
    return await session.get(M, membre_id)


async def suivies_par(session: AsyncSession, membre_id: UUID) -> Sequence[OrientationRow]:
    """The open referrals that a member follows, held: it is about to leave."""
    o = OrientationRow
    query = select(o).where(col(o.responsable_id) == membre_id, col(o.etat).in_([etat.value for etat in OUVERTES]))
    return (await session.execute(query.order_by(col(o.id)).with_for_update())).scalars().all()


async def histoire(session: AsyncSession, orientation_id: UUID) -> Sequence[Etape]:
    """Who followed a referral, the newest first."""
    query = (
        select(col(AffectationRow.at), col(M.prenom), col(M.nom))
        .join(M, col(M.id) == col(AffectationRow.responsable_id), isouter=True)
        .where(col(AffectationRow.orientation_id) == orientation_id)
        .order_by(col(AffectationRow.id).desc())
        .limit(HISTOIRE_MAX)
    )
    return [Etape(at, f"{prenom} {nom}" if nom else "") for at, prenom, nom in (await session.execute(query)).all()]


async def transferts(session: AsyncSession, orientation_id: UUID) -> Sequence[Fiche]:
    """The proposals of a referral, the newest first; one at a time may wait."""
    query = (
        select(T, PartenaireRow)
        .join(PartenaireRow, col(PartenaireRow.id) == col(T.partenaire_id))
        .where(col(T.orientation_id) == orientation_id)
        .order_by(col(T.id).desc())
        .limit(HISTOIRE_MAX)
    )
    return [Fiche(*row) for row in (await session.execute(query)).all()]


async def en_attente(session: AsyncSession, orientation_id: UUID) -> TransfertRow | None:
    """The proposal that waits for the sender."""
    query = select(T).where(col(T.orientation_id) == orientation_id, col(T.etat) == EtatTransfert.propose.value)
    return (await session.execute(query)).scalar_one_or_none()


async def find(session: AsyncSession, orientation_id: UUID, transfert_id: UUID) -> TransfertRow:
    """One proposal of that referral. Raises `Introuvable`."""
    query = select(T).where(col(T.orientation_id) == orientation_id, col(T.id) == transfert_id)
    row: TransfertRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row
