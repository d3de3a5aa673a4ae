"""Every statement about calendars. Referrals and appointments pass by `orientations.store.visible_to`, as everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes_echanges import EtatRendezVous
from common.errors import Introuvable
from orientation.calendriers.domain import ENTREES_MAX
from orientation.calendriers.models import CalendrierRow
from orientation.dossiers.models import DossierRow
from orientation.listes import store as listes
from orientation.listes.domain import EN_COURS, Filtre, Tranche
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, visible_to
from orientation.partenaires.models import MembreRow, PartenaireRow
from orientation.partenaires.store import acteur
from orientation.rendez_vous.models import CreneauRow, RendezVousRow

C, M, P, R = CalendrierRow, MembreRow, PartenaireRow, RendezVousRow


@dataclass(frozen=True, slots=True)
class Retenu:
    """An appointment with the slot that was confirmed last, or one that is proposed, and the reference of its case."""

    row: RendezVousRow
    creneau: CreneauRow
    reference: str


async def membre_of(session: AsyncSession, actor: Actor) -> UUID:
    """The member that acts, in the organisation for which it acts. Raises Introuvable for an actor that is no member."""
    query = select(col(M.id)).where(
        cast(col(M.id), String) == actor.id, col(M.partenaire_id) == actor.organisation_id, col(M.actif)
    )
    membre_id: UUID | None = (await session.execute(query)).scalar_one_or_none()
    if membre_id is None:
        raise Introuvable
    return membre_id


async def find(session: AsyncSession, actor: Actor) -> CalendrierRow | None:
    """The calendar of whoever acts, in the organisation for which it acts."""
    query = select(C).where(cast(col(C.membre_id), String) == actor.id, col(C.partenaire_id) == actor.organisation_id)
    row: CalendrierRow | None = (await session.execute(query)).scalar_one_or_none()
    return row


async def put(session: AsyncSession, membre_id: UUID, partenaire_id: UUID, empreinte: bytes, now: datetime) -> None:
    """Give a member a calendar under this hash, in the place of the one that it may have had."""
    valeurs = {"partenaire_id": partenaire_id, "empreinte": empreinte, "cree_at": now, "lu_le": None}
    query = insert(C).values(membre_id=membre_id, **valeurs).on_conflict_do_update(index_elements=["membre_id"], set_=valeurs)
    await session.execute(query)


async def remove(session: AsyncSession, membre_id: UUID) -> int:
    """Take a member's calendar away. Returns how many there were: one, or none."""
    retires = await session.execute(delete(C).where(col(C.membre_id) == membre_id).returning(col(C.membre_id)))
    return len(retires.all())


async def titulaire(session: AsyncSession, empreinte: bytes, jour: date) -> Actor | None:
    """Who reads by the secret with this hash, with the rights of this moment: an active member of the organisation in which
    the calendar was made. That it was read is noted, once a day.
    """
    query: Any = (
        select(
            col(M.id),
            col(M.roles),
            col(M.prenom).label("nom"),
            col(P.id).label("organisation_id"),
            col(P.departements),
            col(C.lu_le),
        )
        .join(M, (col(M.id) == col(C.membre_id)) & (col(M.partenaire_id) == col(C.partenaire_id)))
        .join(P, col(P.id) == col(C.partenaire_id))
        .where(col(C.empreinte) == empreinte, col(M.actif), col(P.actif))
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    if row.lu_le != jour:
        await session.execute(update(C).where(col(C.membre_id) == row.id).values(lu_le=jour))
    return acteur(row)


async def echeances(session: AsyncSession, actor: Actor, de: datetime, a: datetime, now: datetime) -> list[Vue]:
    """The open referrals of this actor with a deadline between two moments, the first ones where there are too many."""
    tranches = [Tranche(etat, 0, de, a) for etat in EN_COURS]
    trouvees, _ = await listes.page(session, actor, tranches, Filtre(), None, now, ENTREES_MAX)
    return trouvees


async def rendez_vous(session: AsyncSession, actor: Actor, de: datetime, a: datetime, now: datetime) -> Sequence[Retenu]:
    """The appointments that were confirmed once between two moments, whatever became of them, and the slots still to come of
    those that are proposed; the first ones.
    """
    o, c, propose = OrientationRow, CreneauRow, col(R.etat) == EtatRendezVous.propose.value
    confirmes = and_(~propose, col(c.id) == col(R.creneau_id), col(c.debut).between(de, a))
    proposes = and_(propose, col(c.tour) == col(R.tour), col(c.debut) > now, col(c.debut) <= a)
    query = (
        select(R, c, col(DossierRow.reference))
        .join(c, col(c.rendez_vous_id) == col(R.id))
        .join(o, col(o.id) == col(R.orientation_id))
        .join(DossierRow, col(DossierRow.id) == col(o.dossier_id))
        .where(visible_to(actor), or_(confirmes, proposes))
    )
    rows = await session.execute(query.order_by(col(c.debut), col(R.id)).limit(ENTREES_MAX))
    return [Retenu(*row) for row in rows.all()]
