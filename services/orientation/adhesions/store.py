"""Every statement about requests to join: somebody reaches its own, those who manage an organisation those it was sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.errors import Introuvable
from orientation.adhesions.domain import DUREE, EtatAdhesion
from orientation.adhesions.models import AdhesionRow
from orientation.fiches.models import FicheRow
from orientation.partenaires.models import PartenaireRow

A, P = AdhesionRow, PartenaireRow
LISTE_MAX = 100
TROUVEES_MAX = 20


async def of_siren(session: AsyncSession, siret: str) -> Sequence[PartenaireRow]:
    """The organisations of the directory with that SIREN, the establishment itself first."""
    f = FicheRow
    query = (
        select(P)
        .join(f, col(f.partenaire_id) == col(P.id))
        .where(col(P.actif), col(f.siret).startswith(siret[:9], autoescape=True), col(f.siret) != "")
        .order_by(col(f.siret) != siret, col(P.libelle), col(P.id))
    )
    return (await session.execute(query.limit(TROUVEES_MAX))).scalars().all()


async def siret_of(session: AsyncSession, partenaire_id: UUID) -> str:
    """The SIRET of an active organisation, empty when its sheet gives none. Raises Introuvable."""
    f = FicheRow
    query = select(col(f.siret)).select_from(P).join(f, col(f.partenaire_id) == col(P.id), isouter=True)
    row = (await session.execute(query.where(col(P.id) == partenaire_id, col(P.actif)))).one_or_none()
    if row is None:
        raise Introuvable
    return row.siret or ""


async def lock_identite(session: AsyncSession, issuer: str, sub: str) -> None:
    """Hold this identity, so that its requests are counted one by one."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"adhesion:{issuer}:{sub}", 0))))


async def of_identite(session: AsyncSession, issuer: str, sub: str) -> Sequence[tuple[AdhesionRow, str]]:
    """The requests of an identity with the name of the organisation, the newest first."""
    query = select(A, col(P.libelle)).join(P, col(P.id) == col(A.partenaire_id))
    query = query.where(col(A.issuer) == issuer, col(A.sub) == sub).order_by(col(A.demandee_at).desc()).limit(LISTE_MAX)
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def en_attente(session: AsyncSession, organisation: PartenaireRow, now: datetime) -> Sequence[AdhesionRow]:
    """The requests that wait at an organisation that was loaded, and so allowed, before; the oldest first."""
    query = select(A).where(
        col(A.partenaire_id) == organisation.id,
        col(A.etat) == EtatAdhesion.en_attente.value,
        col(A.demandee_at) > now - DUREE,
    )
    return (await session.execute(query.order_by(col(A.demandee_at), col(A.id)).limit(LISTE_MAX))).scalars().all()


async def find(session: AsyncSession, organisation: PartenaireRow, adhesion_id: UUID) -> AdhesionRow:
    """One request to that organisation. Raises Introuvable."""
    query = select(A).where(col(A.partenaire_id) == organisation.id, col(A.id) == adhesion_id)
    row: AdhesionRow | None = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row
