"""Every statement about referrals. Whatever is loaded for somebody passes by `visible_to`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import DU_PARTENAIRE, Actor, Role
from common.codes import EtatConsentement, EtatOrientation
from common.errors import Introuvable
from common.traduction import _
from orientation.dossiers import store as dossiers
from orientation.dossiers.models import ConsentementRow, DossierRow
from orientation.echeances.domain import preparer
from orientation.orientations.domain import CLOSES, OUVERTES, Orientation, horloge_du_brouillon
from orientation.orientations.models import OrientationRow
from orientation.partenaires.models import PartenaireRow

O = OrientationRow  # noqa: E741 - the table that all of this file is about.
S = TypeVar("S", bound=Select[*tuple[Any, ...]])
BROUILLON = EtatOrientation.brouillon.value

# Functions of the database, which look beyond what the actor may see: see the migration that makes them.
PREVENIR_SUITES = text("""
    SELECT prevenir_suites(:attendue, :etat, CAST(:terme AS timestamptz), CAST(:tours AS jsonb))
""")
AUTRE_OUVERTE = text("SELECT autre_ouverte(:dossier, :dispositif, :sauf, CAST(:ouvertes AS text[]))")


@dataclass(frozen=True, slots=True)
class Vue:
    """A referral with its partner and case."""

    orientation: OrientationRow
    partenaire: PartenaireRow
    dossier: DossierRow


@dataclass(frozen=True, slots=True)
class Filtre:
    """What a list is narrowed to. `depuis` is the moment of the last change, aware."""

    etats: Sequence[EtatOrientation] = ()
    depuis: datetime | None = None
    dossier_id: UUID | None = None
    recherche: str = ""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A partner's members and machines see what was sent to them, an animateur its territory, a link its one referral.

    Everybody else sees nothing.
    """
    clauses: list[ColumnElement[bool]] = []
    if actor.has(*DU_PARTENAIRE) and actor.organisation_id:
        clauses.append(and_(col(O.partenaire_id) == actor.organisation_id, col(O.envoyee_at).is_not(None)))
    if actor.has(Role.lien) and actor.orientation_id:
        sienne = (col(O.id) == actor.orientation_id, col(O.partenaire_id) == actor.organisation_id)
        clauses.append(and_(*sienne, col(O.envoyee_at).is_not(None)))
    if actor.has(Role.animateur):
        clauses.append(col(O.departement).in_(actor.departements))
    return or_(*clauses) if clauses else false()


async def lock(session: AsyncSession, actor: Actor, orientation_id: UUID) -> OrientationRow:
    """One referral, held until the end of the transaction. Raises `Introuvable`."""
    query = select(O).where(col(O.id) == orientation_id, visible_to(actor)).with_for_update()
    row: O | None = (await session.execute(query, execution_options={"populate_existing": True})).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def find(session: AsyncSession, actor: Actor, orientation_id: UUID) -> Vue:
    """One referral to look at. Raises `Introuvable`."""
    found = (await session.execute(vues(actor).where(col(O.id) == orientation_id))).one_or_none()
    if found is None:
        raise Introuvable
    return Vue(*found)


async def find_ingredients(
    session: AsyncSession, actor: Actor, dossier_id: UUID, partenaire_id: UUID
) -> tuple[DossierRow, PartenaireRow]:
    """The case and the partner that a new referral would bring together. Raises `Introuvable`."""
    query = (
        select(DossierRow, PartenaireRow)
        .join(PartenaireRow, col(PartenaireRow.id) == partenaire_id, isouter=True)
        .where(col(DossierRow.id) == dossier_id, dossiers.visible_to(actor))
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Introuvable(
            _("Aucun dossier de votre territoire n’a cet identifiant, ou il n’est pas encore arrivé."), champ="dossier_id"
        )
    if found[1] is None:
        raise Introuvable(_("Aucun partenaire n’a cet identifiant."), champ="partenaire_id")
    return found[0], found[1]


async def list_after(session: AsyncSession, actor: Actor, filtre: Filtre, apres: UUID | None, limite: int) -> Sequence[Vue]:
    """Referrals in the order of their making, after that one."""
    query = filtrer(vues(actor), filtre)
    if apres:
        query = query.where(col(O.id) > apres)
    return [Vue(*row) for row in (await session.execute(query.order_by(col(O.id)).limit(limite))).all()]


async def predecesseurs(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Sequence[Vue]:
    """All referrals of one case, the newest first."""
    query = vues(actor).where(col(O.dossier_id) == dossier_id).order_by(col(O.id).desc())
    return [Vue(*row) for row in (await session.execute(query)).all()]


async def tenir_attendue(session: AsyncSession, actor: Actor, orientation_id: UUID) -> Orientation:
    """The referral that a new one waits for, kept from changing until the end of the transaction. Raises `Introuvable`."""
    query = select(O).where(col(O.id) == orientation_id, visible_to(actor)).with_for_update(read=True)
    row: O | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable(_("Aucune orientation n’a cet identifiant."), champ="apres_id")
    return row.valeur()


async def prevenir_suites(session: AsyncSession, attendue: Orientation, now: datetime) -> None:
    """Tell the drafts that wait for this referral where it stands: they have its deadline, then their own."""
    tour = {accord: preparer(horloge_du_brouillon(accord), now, attendue.departement).due_at for accord in EtatConsentement}
    valeurs = {"attendue": attendue.id, "etat": attendue.etat.value, "terme": attendue.echeances.due_at, "tours": None}
    if attendue.etat in CLOSES:
        valeurs["tours"] = json.dumps({accord.value: due_at and due_at.isoformat() for accord, due_at in tour.items()})
    await session.execute(PREVENIR_SUITES, valeurs)


async def autre_ouverte(session: AsyncSession, orientation: Orientation) -> bool:
    """Whether another referral of the same case to the same dispositif is open, whoever sees it."""
    valeurs = {
        "dossier": orientation.dossier_id,
        "dispositif": orientation.dispositif,
        "sauf": orientation.id,
        "ouvertes": [etat.value for etat in OUVERTES],
    }
    ouverte: bool = (await session.execute(AUTRE_OUVERTE, valeurs)).scalar_one()
    return ouverte


async def lock_uncovered(
    session: AsyncSession, dossier_id: UUID, partenaire_id: UUID, now: datetime
) -> Sequence[OrientationRow]:
    """The open referrals of this partner and case that no active consent covers any more, held."""
    query = (
        select(O)
        .where(
            col(O.dossier_id) == dossier_id,
            col(O.partenaire_id) == partenaire_id,
            col(O.etat).in_([e.value for e in OUVERTES]),
            ~_couverte(now),
        )
        .order_by(col(O.id))
        .with_for_update()
    )
    return (await session.execute(query)).scalars().all()


async def lock_brouillons(
    session: AsyncSession, dossier_id: UUID, partenaire_id: UUID, now: datetime
) -> Sequence[tuple[OrientationRow, bool]]:
    """The drafts for this partner and case, held, each with whether an active consent covers it."""
    query = (
        select(O, _couverte(now))
        .where(col(O.dossier_id) == dossier_id, col(O.partenaire_id) == partenaire_id, col(O.etat) == BROUILLON)
        .order_by(col(O.id))
        .with_for_update(of=O)
    )
    return [(row, couverte) for row, couverte in (await session.execute(query)).all()]


def _couverte(now: datetime) -> ColumnElement[bool]:
    """Whether a consent that is active, as far as was heard, covers all that a referral shares."""
    conditions = dossiers.couvrent(col(O.dossier_id), col(O.partenaire_id), col(O.categories), now)
    return select(col(ConsentementRow.id)).where(conditions).exists()


async def lock_due(session: AsyncSession, now: datetime, limite: int) -> Sequence[OrientationRow]:
    """Referrals for which a moment has come, held; those that somebody else holds wait for the next round."""
    query = select(O).where(col(O.prochaine_at) <= now).order_by(col(O.prochaine_at)).limit(limite)
    return (await session.execute(query.with_for_update(skip_locked=True))).scalars().all()


def vues(actor: Actor) -> Select[OrientationRow, PartenaireRow, DossierRow]:
    """The referrals that this actor sees, with their partner and case."""
    return (
        select(O, PartenaireRow, DossierRow)
        .join(PartenaireRow, col(PartenaireRow.id) == col(O.partenaire_id))
        .join(DossierRow, col(DossierRow.id) == col(O.dossier_id))
        .where(visible_to(actor))
    )


def filtrer(query: S, filtre: Filtre) -> S:
    """Narrow a query over referrals and their cases."""
    if filtre.etats:
        query = query.where(col(O.etat).in_([e.value for e in filtre.etats]))
    if filtre.depuis:
        query = query.where(col(O.modifiee_at) >= filtre.depuis)
    if filtre.dossier_id:
        query = query.where(col(O.dossier_id) == filtre.dossier_id)
    if filtre.recherche:
        query = query.where(col(DossierRow.reference).icontains(filtre.recherche, autoescape=True))
    return query
