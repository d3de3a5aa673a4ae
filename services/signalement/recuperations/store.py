"""Every statement on changes of address. The cell that works where the case is decides; the person itself may object."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from common.actor import Actor, Role
from common.codes import TypePartenaire
from common.codes_espace import EtatRecuperation
from common.errors import Introuvable
from signalement.personnes import domain as personnes
from signalement.personnes.models import Personne
from signalement.personnes.store import is_in
from signalement.projections.models import Partenaire
from signalement.recuperations.models import Recuperation
from signalement.signalements.models import Dossier

PAGE = 50
Trouvee = tuple[Recuperation, Personne, Dossier]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """An animateur sees its territory's, a manager of the cell those of its cell's, a person of the association its own."""
    parts: list[ColumnElement[bool]] = [
        (col(Recuperation.personne_id) == personnes.personne_id(actor)) & is_in(actor, col(Dossier.id))
    ]
    if actor.has(Role.animateur):
        parts.append(col(Dossier.departement).in_(sorted(actor.departements)))
    if actor.has(Role.manager) and actor.organisation_id is not None:
        parts.append(_cell_of_case(actor.organisation_id))
    return or_(false(), *parts)


def _cell_of_case(organisation_id: UUID) -> ColumnElement[bool]:
    """Whether this organisation is the regional cell of the case's département."""
    cell = select(Partenaire.id).where(
        Partenaire.id == organisation_id,
        Partenaire.type_partenaire == TypePartenaire.cellule,
        col(Partenaire.actif),
        col(Dossier.departement) == col(Partenaire.departements).any_(),
    )
    return cell.exists()


def _visible(actor: Actor) -> Select[Recuperation, Personne, Dossier]:
    return (
        select(Recuperation, Personne, Dossier)
        .join(Personne, col(Personne.id) == col(Recuperation.personne_id))
        .join(Dossier, col(Dossier.id) == col(Recuperation.dossier_id))
        .where(visible_to(actor))
    )


async def read(session: AsyncSession, actor: Actor, recuperation_id: UUID, *, hold: bool = False) -> Trouvee:
    """A change with its person and its case; with `hold`, change and person are kept as they are. Raises Introuvable."""
    query = _visible(actor).where(Recuperation.id == recuperation_id)
    if hold:
        query = query.with_for_update(of=[Recuperation, Personne])
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise Introuvable
    return found


async def waiting(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Trouvee]:
    """Those that the actor sees and that wait for a decision, oldest first."""
    query = _visible(actor).where(Recuperation.etat == EtatRecuperation.proposee, col(Recuperation.expire_le) > now)
    return (await session.exec(query.order_by(col(Recuperation.id)).limit(PAGE))).all()


async def open_of(session: AsyncSession, personne_id: UUID) -> Recuperation | None:
    """The change that waits for this person, expired or not; held."""
    query = select(Recuperation).where(Recuperation.personne_id == personne_id, Recuperation.etat == EtatRecuperation.proposee)
    return (await session.exec(query.with_for_update())).one_or_none()


async def person_of_case(session: AsyncSession, dossier: Dossier, personne_id: UUID, *, hold: bool = False) -> Personne:
    """One of the people of a case that was loaded before. Raises Introuvable."""
    query = select(Personne).where(
        Personne.id == personne_id, Personne.dossier_id == dossier.id, col(Personne.retiree_le).is_(None)
    )
    row = (await session.exec(query.with_for_update() if hold else query)).one_or_none()
    if row is None:
        raise Introuvable
    return row
