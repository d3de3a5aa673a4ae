"""The statements of a search that no list has."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, vues
from orientation.partenaires.models import PartenaireRow
from orientation.partenaires.recherche import correspond


async def par_identifiant(session: AsyncSession, actor: Actor, ids: Collection[UUID], limite: int) -> Sequence[Vue]:
    """The referrals with one of these identifiers, or whose case has it, of those that this actor sees; the newest first."""
    o = OrientationRow
    query = vues(actor).where(or_(col(o.id).in_(ids), col(o.dossier_id).in_(ids))).order_by(col(o.id).desc()).limit(limite)
    return [Vue(*row) for row in (await session.execute(query)).all()]


async def organisations(session: AsyncSession, mots: str, limite: int) -> Sequence[PartenaireRow]:
    """The organisations of the directory, which everybody may read, that have each of these words; by name."""
    p = PartenaireRow
    # A few hundred at most, compared as the directory's own page does: accents and capitals folded.
    query = select(p).where(col(p.actif)).order_by(col(p.libelle), col(p.id)).limit(5000)
    tous = (await session.execute(query)).scalars().all()
    return [partenaire for partenaire in tous if correspond(partenaire, mots)][:limite]
