"""The statements that list withdrawn consents, each with the reference of its case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.errors import Introuvable
from notifications.retraits.domain import Position
from notifications.retraits.models import RetraitRow
from notifications.retraits.store import ATTEND, ici, visible_to
from notifications.webhooks.models import Territoire

R = RetraitRow
Ligne = tuple[R, str | None]


def _lignes(actor: Actor) -> Select[tuple[R, str | None]]:
    reference = select(col(Territoire.reference)).where(col(Territoire.dossier_id) == col(R.dossier_id))
    return select(R, reference.scalar_subquery()).where(visible_to(actor), col(R.etat) != "sans_objet")


async def page(session: AsyncSession, actor: Actor, limite: int, apres: Position | None = None) -> Sequence[Ligne]:
    """What the actor may see after that place, the newest first."""
    return await _recents(session, _lignes(actor), limite, apres)


async def liste(session: AsyncSession, actor: Actor, limite: int, apres: Position | None = None) -> Sequence[Ligne]:
    """What the actor may see after that place: what waits first, the longest first; then the rest, the newest first."""
    found: list[Ligne] = []
    if apres is None or apres.attend:
        query = _lignes(actor).where(ATTEND, *([_place() > _de(apres)] if apres else []))
        query = query.order_by(col(R.retire_le), col(R.consentement_id)).limit(limite)
        found = [(row, reference) for row, reference in (await session.execute(query)).all()]
        apres = None
    if len(found) < limite:
        found += await _recents(session, _lignes(actor).where(~ATTEND), limite - len(found), apres)
    return found


async def _recents(
    session: AsyncSession, query: Select[tuple[R, str | None]], limite: int, apres: Position | None
) -> list[Ligne]:
    if apres:
        query = query.where(_place() < _de(apres))
    query = query.order_by(col(R.retire_le).desc(), col(R.consentement_id).desc()).limit(limite)
    return [(row, reference) for row, reference in (await session.execute(query)).all()]


def _place() -> ColumnElement[tuple[datetime, UUID]]:
    return tuple_(col(R.retire_le), col(R.consentement_id))


def _de(position: Position) -> ColumnElement[tuple[datetime, UUID]]:
    return tuple_(position.retire_le, position.id)


async def find(session: AsyncSession, actor: Actor, consentement_id: UUID) -> Ligne:
    """One that the actor may see. Raises Introuvable."""
    return await _find(session, _lignes(actor).where(col(R.consentement_id) == consentement_id))


async def find_ici(session: AsyncSession, actor: Actor, consentement_id: UUID) -> Ligne:
    """One that waits, of another recipient in the animateur's territory. Raises Introuvable."""
    return await _find(session, _lignes(actor).where(col(R.consentement_id) == consentement_id, ATTEND, ici(actor)))


async def _find(session: AsyncSession, query: Select[tuple[R, str | None]]) -> Ligne:
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Introuvable
    return found[0], found[1]
