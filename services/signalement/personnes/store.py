"""Every statement on the people of an association. `is_in` is what bounds a dirigeant in every other store of the service."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, update
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from common.actor import Actor
from common.codes import Droit
from common.errors import Introuvable
from signalement.personnes import domain
from signalement.personnes.models import Personne
from signalement.signalements.models import Dossier


def is_in(actor: Actor, dossier_id: Mapped[UUID]) -> ColumnElement[bool]:
    """Whether the actor is one of the people of that case, now: one who was removed sees nothing from the commit on."""
    mine = domain.personne_id(actor)
    if mine is None or actor.dossier_id is None:
        return false()
    # Under a name of its own, because the query around may be about people too.
    one = aliased(Personne)
    present = select(one.id).where(one.id == mine, col(one.dossier_id) == dossier_id, col(one.retiree_le).is_(None))
    return (dossier_id == actor.dossier_id) & present.exists()


def of_case(dossier_id: UUID) -> SelectOfScalar[Personne]:
    """Those who are in the space of a case, who answers for the association first."""
    query = select(Personne).where(Personne.dossier_id == dossier_id, col(Personne.retiree_le).is_(None))
    return query.order_by(col(Personne.responsable).desc(), col(Personne.depuis), col(Personne.id))


async def of_dossier(session: AsyncSession, dossier_id: UUID) -> Sequence[Personne]:
    """The people of a case that was loaded before."""
    return (await session.exec(of_case(dossier_id))).all()


async def lock(session: AsyncSession, actor: Actor) -> Sequence[Personne]:
    """The people of the actor's own case, held: two changes at once are made one after the other. Raises Introuvable."""
    if actor.dossier_id is None or domain.personne_id(actor) is None:
        raise Introuvable
    held = select(Dossier.id).where(Dossier.id == actor.dossier_id, is_in(actor, col(Dossier.id)))
    # Not the whole row: what refers to the case may be written meanwhile.
    if (await session.exec(held.with_for_update(key_share=True))).one_or_none() is None:
        raise Introuvable
    return (await session.exec(of_case(actor.dossier_id))).all()


async def mine(session: AsyncSession, actor: Actor, *, hold: bool = False) -> Personne:
    """Who the actor is; with `hold`, kept so until the end of the transaction. Raises Introuvable for one who was removed."""
    query = select(Personne).where(Personne.id == domain.personne_id(actor), is_in(actor, col(Personne.dossier_id)))
    row = (await session.exec(query.with_for_update(read=True) if hold else query)).one_or_none()
    if row is None:
        raise Introuvable
    return row


async def read(session: AsyncSession, personne_id: UUID) -> Personne:
    """The person of this id, for what the hub does by itself: one of a mail that it was asked for."""
    return (await session.exec(select(Personne).where(Personne.id == personne_id))).one()


async def by_reference_and_address(session: AsyncSession, reference: str, courriel: str) -> Personne | None:
    """The person of that case whose address this is; held, so that mails are counted one by one."""
    query = (
        select(Personne)
        .join(Dossier, col(Dossier.id) == col(Personne.dossier_id))
        .where(Dossier.reference == reference, Personne.courriel == courriel)
        .with_for_update(of=Personne)
    )
    return (await session.exec(query)).one_or_none()


async def who_may(session: AsyncSession, dossier_id: UUID, droit: Droit) -> Sequence[Personne]:
    """Those of a case who hold this right."""
    return (await session.exec(of_case(dossier_id).where(col(Personne.droits).contains([droit.value])))).all()


async def noter_joignabilite(
    session: AsyncSession, personne_id: UUID, depuis: datetime | None, cause: str | None, sequence: int
) -> None:
    """Remember since when mails do not reach somebody, unless something newer is known."""
    query = update(Personne).where(col(Personne.id) == personne_id, col(Personne.joignabilite) < sequence)
    await session.exec(query.values(injoignable_depuis=depuis, injoignable_cause=cause, joignabilite=sequence))
