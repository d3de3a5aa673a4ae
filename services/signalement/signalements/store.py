"""Every statement on cases. Nobody loads one but through `visible_to`, save the hub itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    true,
    tuple_,
)
from sqlalchemy import select as select_many
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from common.actor import Actor, Role
from common.codes import EtatDossier
from common.errors import Introuvable
from signalement.messages.models import Message
from signalement.personnes.store import is_in
from signalement.signalements.domain import nom_compare
from signalement.signalements.models import Association, Contact, Declarant, Dossier


@dataclass(frozen=True, slots=True)
class Filtre:
    """What an animateur looks for. `etat` None means every state; `ouverts` leaves the closed ones out."""

    etat: EtatDossier | None = None
    recherche: str = ""
    ouverts: bool = False


@dataclass(frozen=True, slots=True)
class Entier:
    """A case with what a consent covers apart, who filed if it was somebody else, and the last message."""

    dossier: Dossier
    association: Association
    contact: Contact
    declarant: Declarant | None
    message: Message | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """An animateur sees its territory, an association's people their own case, everybody else nothing."""
    if actor.has(Role.animateur):
        return col(Dossier.departement).in_(sorted(actor.departements))
    return is_in(actor, col(Dossier.id))


async def read(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Dossier:
    """The case. Raises Introuvable."""
    return _found((await session.exec(select(Dossier).where(Dossier.id == dossier_id, visible_to(actor)))).one_or_none())


async def read_entier(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Entier:
    """The case with all that is said of it, in one statement. Raises Introuvable."""
    siens = select_many(Message).where(col(Message.dossier_id) == col(Dossier.id)).order_by(col(Message.id).desc()).limit(1)
    # LATERAL: the messages of this case are walked in their index; joined by an id, all messages would be read.
    dernier = aliased(Message, siens.correlate(Dossier).lateral())
    query = (
        select_many(Dossier, Association, Contact, Declarant, dernier)
        .join(Association, col(Association.dossier_id) == col(Dossier.id))
        .join(Contact, col(Contact.dossier_id) == col(Dossier.id))
        .join(Declarant, col(Declarant.dossier_id) == col(Dossier.id), isouter=True)
        .join(dernier, true(), isouter=True)
        .where(col(Dossier.id) == dossier_id, visible_to(actor))
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Introuvable
    return Entier(*found)


async def lock(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Dossier:
    """The case, held until the end of the transaction. Raises Introuvable."""
    query = select(Dossier).where(Dossier.id == dossier_id, visible_to(actor)).with_for_update()
    return _found((await session.exec(query)).one_or_none())


async def for_the_hub(session: AsyncSession, dossier_id: UUID) -> Dossier:
    """The case, for what the hub does by itself or after the door has checked. Raises Introuvable."""
    return _found((await session.exec(select(Dossier).where(Dossier.id == dossier_id))).one_or_none())


def _found(dossier: Dossier | None) -> Dossier:
    if dossier is None:
        raise Introuvable
    return dossier


async def association(session: AsyncSession, dossier_id: UUID) -> Association:
    """Identity of the association of a case that was loaded before."""
    return (await session.exec(select(Association).where(Association.dossier_id == dossier_id))).one()


async def contact(session: AsyncSession, dossier_id: UUID) -> Contact:
    """Whom to reach, for a case that was loaded before."""
    return (await session.exec(select(Contact).where(Contact.dossier_id == dossier_id))).one()


async def reference_taken(session: AsyncSession, reference: str) -> bool:
    """Whether a case has this reference already."""
    return bool((await session.exec(select(exists().where(col(Dossier.reference) == reference)))).one())


NEVER: ColumnElement[date] = literal_column("'infinity'::date")
URGENCE = func.coalesce(Dossier.rupture_le, NEVER)
"""Cases are listed by the day when the cash would run out; those that have not said it come last."""


def matching(actor: Actor, filtre: Filtre) -> Select[Dossier, Association]:
    """The cases that the actor may see and looks for, most urgent first, then oldest."""
    query = select(Dossier, Association).join(Association).where(visible_to(actor))
    if filtre.etat is not None:
        query = query.where(Dossier.etat == filtre.etat)
    if filtre.ouverts:
        query = query.where(Dossier.etat != EtatDossier.clos)
    for mot in filtre.recherche.split():
        query = query.where(mentions(mot))
    return query.order_by(URGENCE, col(Dossier.id))


def mentions(mot: str) -> ColumnElement[bool]:
    """Whether the reference, the name or the SIREN holds this word."""
    upper = mot.upper()
    return or_(
        col(Dossier.reference).contains(upper, autoescape=True),
        col(Association.nom_compare).contains(nom_compare(mot), autoescape=True) if nom_compare(mot) else false(),
        col(Association.siren).startswith(upper, autoescape=True),
    )


async def page(
    session: AsyncSession, actor: Actor, filtre: Filtre, *, apres: UUID | None, limite: int
) -> Sequence[tuple[Dossier, Association]]:
    """At most `limite` cases after the case `apres` in the order of the list; raises Introuvable for a foreign `apres`."""
    query = matching(actor, filtre)
    if apres is not None:
        last = await read(session, actor, apres)
        place = NEVER if last.rupture_le is None else literal(last.rupture_le)
        query = query.where(tuple_(URGENCE, col(Dossier.id)) > tuple_(place, literal(last.id)))
    return (await session.exec(query.limit(limite))).all()


async def numbered_page(
    session: AsyncSession, actor: Actor, filtre: Filtre, *, page: int, taille: int
) -> tuple[Sequence[tuple[Dossier, Association]], int]:
    """The cases of a page counted from 1, and how many there are in all."""
    query = matching(actor, filtre)
    total = (await session.exec(select(func.count()).select_from(query.order_by(None).subquery()))).one()
    return (await session.exec(query.offset((page - 1) * taille).limit(taille))).all(), total
