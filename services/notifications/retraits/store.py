"""Every statement on single withdrawn consents: their recipient sees its own, an animateur those of its territory."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, text, true
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from notifications.retraits.models import RetraitRow
from notifications.webhooks.models import Territoire

R = RetraitRow
# A recipient of whom we know no referral may have received what we do not know of: it is told.
A_RECU = text("""
    SELECT coalesce(bool_or(envoyee), true) FROM orientations_suivies
    WHERE dossier_id = :dossier_id AND partenaire_id = :destinataire_id
""")
ANNONCE = text("""
    SELECT EXISTS (SELECT FROM retraits WHERE dossier_id = :dossier_id AND destinataire_id = :destinataire_id
        AND etat <> 'sans_objet')
""")
ATTEND = col(R.etat) == "a_confirmer"


def _sien(actor: Actor) -> ColumnElement[bool]:
    """Of the actor's own organisation; by a link, the one that it was made for."""
    sien = col(R.destinataire_id) == actor.organisation_id
    return and_(sien, col(R.consentement_id) == UUID(actor.id)) if actor.has(Role.lien) else sien


def ici(actor: Actor) -> ColumnElement[bool]:
    """In the territory of an animateur, of another recipient than its own cell."""
    if not actor.has(Role.animateur):
        return false()
    # Looked up case by case: few withdrawals wait, and their index has them (`due_at`); a join would read all cases instead.
    here = select(true()).where(
        col(Territoire.dossier_id) == col(R.dossier_id), col(Territoire.departement).in_(actor.departements)
    )
    autrui = col(R.destinataire_id).is_distinct_from(actor.organisation_id)
    return and_(autrui, func.coalesce(here.limit(1).scalar_subquery(), false()))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Its own organisation's, and an animateur those of its territory that wait."""
    return or_(_sien(actor), and_(ATTEND, col(R.due_at).is_not(None), ici(actor)))


async def lock(session: AsyncSession, actor: Actor, consentement_id: UUID) -> RetraitRow:
    """One of the actor's own organisation, held. Raises Introuvable."""
    return await _lock(session, consentement_id, _sien(actor))


async def lock_ici(session: AsyncSession, actor: Actor, consentement_id: UUID) -> RetraitRow:
    """One of another recipient here, held: it waits, or a cell wrote down its end. Raises Introuvable."""
    return await _lock(session, consentement_id, and_(ici(actor), or_(ATTEND, col(R.oral))))


async def _lock(session: AsyncSession, consentement_id: UUID, condition: ColumnElement[bool]) -> RetraitRow:
    query = select(R).where(col(R.consentement_id) == consentement_id, condition)
    row: RetraitRow | None = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def lock_due(session: AsyncSession, now: datetime, limite: int) -> Sequence[RetraitRow]:
    """Those whose next step is due, held."""
    query = select(R).where(col(R.due_at) <= now).order_by(col(R.due_at)).limit(limite)
    return (await session.execute(query.with_for_update(skip_locked=True))).scalars().all()


async def lock_silent(session: AsyncSession, dossier_id: UUID, destinataire_id: UUID) -> Sequence[RetraitRow]:
    """Those of this case and recipient that were told to nobody, held."""
    query = select(R).where(
        col(R.dossier_id) == dossier_id, col(R.destinataire_id) == destinataire_id, col(R.etat) == "sans_objet"
    )
    return (await session.execute(query.with_for_update())).scalars().all()


async def known(session: AsyncSession, consentement_id: UUID) -> bool:
    """Whether this withdrawal was heard of before."""
    return await session.get(R, consentement_id) is not None


async def a_recu(session: AsyncSession, dossier_id: UUID, destinataire_id: UUID) -> bool:
    """Whether this recipient may have received something of this case."""
    values = {"dossier_id": dossier_id, "destinataire_id": destinataire_id}
    return bool((await session.execute(A_RECU, values)).scalar_one())


async def est_annonce(session: AsyncSession, dossier_id: UUID, destinataire_id: UUID) -> bool:
    """Whether this recipient was told of a withdrawal in this case."""
    values = {"dossier_id": dossier_id, "destinataire_id": destinataire_id}
    return bool((await session.execute(ANNONCE, values)).scalar_one())
