"""Every statement about the systems of an organisation: a manager reaches its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable
from orientation.machines.domain import NOTE_TOUS_LES, PORTEES_MAX
from orientation.partenaires.models import ClientRow

C = ClientRow


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The systems of the manager's own organisation."""
    return col(C.partenaire_id) == (actor.organisation_id if actor.has(Role.manager) else None)


async def clients(session: AsyncSession, actor: Actor) -> Sequence[ClientRow]:
    """Those that work, by their name at the provider."""
    query = select(C).where(visible_to(actor), col(C.actif)).order_by(col(C.client_id), col(C.id))
    return (await session.execute(query)).scalars().all()


async def find(session: AsyncSession, actor: Actor, machine_id: UUID) -> ClientRow:
    """One that works, held. Raises Introuvable."""
    query = select(C).where(visible_to(actor), col(C.actif), col(C.id) == machine_id).with_for_update()
    row: ClientRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def is_connu(session: AsyncSession, issuer: str, client_id: str) -> bool:
    """Whether a client acts for any organisation; held, so that two who declare it come one after the other."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"client:{issuer}:{client_id}", 0))))
    return bool((await session.execute(select(func.client_connu(issuer, client_id)))).scalar_one())


async def note_usage(session: AsyncSession, machine_id: UUID, portees: Iterable[str], now: datetime) -> None:
    """Remember that a client was here, and what its token allowed: at most once a minute, without waiting for anybody."""
    libre = select(col(C.id)).where(col(C.id) == machine_id, func.coalesce(col(C.vu_at) <= now - NOTE_TOUS_LES, True))
    valeurs = {"vu_at": now, "portees": sorted(portee[:40] for portee in portees)[:PORTEES_MAX]}
    cible = libre.with_for_update(skip_locked=True).scalar_subquery()
    await session.execute(update(C).where(col(C.id) == cible).values(**valeurs))
