"""The states of cases, in one statement for a whole list."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.cas import EtatCas, etat_du_cas
from common.codes import EtatDossier, EtatOrientation
from orientation.dossiers.models import DossierRow
from orientation.dossiers.store import visible_to
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue


async def etats(session: AsyncSession, actor: Actor, dossier_ids: Iterable[UUID]) -> dict[UUID, EtatCas]:
    """The states of these cases, for an animateur of their territory: a partner is to know of its own referrals only."""
    query = (
        select(col(DossierRow.id), col(DossierRow.etat), func.array_agg(func.distinct(col(OrientationRow.etat))))
        .join(OrientationRow, col(OrientationRow.dossier_id) == col(DossierRow.id), isouter=True)
        .where(col(DossierRow.id).in_(set(dossier_ids)), visible_to(actor))
        .group_by(col(DossierRow.id))
    )
    rows = (await session.execute(query)).all()
    return {
        dossier_id: etat_du_cas(EtatDossier(etat), [EtatOrientation(e) for e in orientations if e])
        for dossier_id, etat, orientations in rows
    }


async def etats_pour(session: AsyncSession, actor: Actor, vues: Sequence[Vue]) -> dict[UUID, EtatCas]:
    """The states of the cases of these referrals; none, and no query, for who is no animateur."""
    return await etats(session, actor, [vue.dossier.id for vue in vues]) if vues and actor.has(Role.animateur) else {}
