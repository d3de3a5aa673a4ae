"""The cases of a territory by stage, in one statement whatever their number; the closed ones are only counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, String, bindparam, func, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import EtatDossier, EtatOrientation, Horizon
from common.errors import Interdit
from orientation.avancement.domain import Phase
from orientation.dossiers.models import DossierRow
from orientation.dossiers.store import visible_to
from orientation.listes.domain import EN_COURS

E = EtatOrientation
COMPTE_MAX = 1000
# `n` is the place of a case in its stage, `rang` in the whole list: the first deadline first, then the least cash.
# Of every stage one row comes at least, which has its numbers.
RANGEES = """
    WITH cas AS (
        SELECT d.id, d.reference, d.departement, d.niveau, d.horizon,
            CASE WHEN bool_or(o.etat = ANY(:suivies)) THEN 'suivis'
                WHEN bool_or(o.etat = ANY(:attendues)) THEN 'orientes'
                WHEN bool_or(o.etat = 'aboutie') THEN 'termines'
                WHEN bool_or(o.etat = 'brouillon' AND o.accord = 'demande') THEN 'accord'
                WHEN d.etat = 'depose' AND count(o.id) = 0 THEN 'a_qualifier'
                ELSE 'a_orienter' END AS phase,
            min(o.due_at) FILTER (WHERE o.etat = ANY(:ouvertes)) AS terme
        FROM dossiers d LEFT JOIN orientations o ON o.dossier_id = d.id
        WHERE d.departement = ANY(:departements) AND d.etat <> 'clos' AND d.reference <> ''
        GROUP BY d.id
    ), rangees AS (
        SELECT *, count(*) OVER par_phase AS total, count(*) FILTER (WHERE terme < :now) OVER par_phase AS tardifs,
            row_number() OVER (PARTITION BY phase ORDER BY terme, array_position(CAST(:horizons AS text[]), horizon), id) AS n,
            row_number() OVER (ORDER BY terme, array_position(CAST(:horizons AS text[]), horizon), id) AS rang
        FROM cas WINDOW par_phase AS (PARTITION BY phase)
    )
    SELECT id, reference, departement, niveau, horizon, phase, terme, total, tardifs, n, rang FROM rangees
    WHERE n = 1 OR ({place} > :apres AND {place} <= :jusque) ORDER BY {place}
"""


@dataclass(frozen=True, slots=True)
class Carte:
    """A case in its stage. `terme` is the first deadline of its open referrals."""

    id: UUID
    reference: str
    departement: str
    niveau: str | None
    horizon: str
    phase: Phase
    terme: datetime | None


@dataclass(frozen=True, slots=True)
class Compte:
    """How many cases a stage has, and how many of them are late."""

    total: int = 0
    tardifs: int = 0


Lecture = tuple[list[Carte], dict[Phase, Compte]]


async def colonnes(session: AsyncSession, actor: Actor, now: datetime, limite: int) -> Lecture:
    """The first cases of each stage, with the numbers of all. Raises Interdit."""
    return await _lire(session, actor, now, "n", 0, limite)


async def liste(session: AsyncSession, actor: Actor, now: datetime, phase: Phase | None, apres: int, limite: int) -> Lecture:
    """The cases of one stage, or of all, after that many; with the numbers of every stage. Raises Interdit."""
    cartes, comptes = await _lire(session, actor, now, "n" if phase else "rang", apres, apres + limite)
    return [carte for carte in cartes if phase is None or carte.phase is phase], comptes


async def _lire(session: AsyncSession, actor: Actor, now: datetime, place: str, apres: int, jusque: int) -> Lecture:
    if not actor.has(Role.animateur):
        raise Interdit
    valeurs = {
        "departements": sorted(actor.departements),
        "suivies": [E.acceptee.value, E.demarree.value],
        "attendues": [E.envoyee.value, E.recue.value, E.complement_demande.value],
        "ouvertes": [etat.value for etat in EN_COURS],
        "horizons": [horizon.value for horizon in Horizon],
    }
    types = [bindparam(nom, type_=ARRAY(String)) for nom in valeurs]
    sql = text(RANGEES.format(place=place)).bindparams(*types)
    rows = (await session.execute(sql, valeurs | {"now": now, "apres": apres, "jusque": jusque})).all()
    comptes = {phase: Compte() for phase in Phase} | {Phase(row.phase): Compte(row.total, row.tardifs) for row in rows}
    dedans = [row for row in rows if apres < (row.n if place == "n" else row.rang) <= jusque]
    return [Carte(r.id, r.reference, r.departement, r.niveau, r.horizon, Phase(r.phase), r.terme) for r in dedans], comptes


async def clos(session: AsyncSession, actor: Actor) -> int:
    """How many closed cases this actor sees, counted up to one more than `COMPTE_MAX`."""
    d = DossierRow
    trouves = select(col(d.id)).where(visible_to(actor), col(d.etat) == EtatDossier.clos.value).limit(COMPTE_MAX + 1)
    total: int = (await session.execute(select(func.count()).select_from(trouves.subquery()))).scalar_one()
    return total


def par_phase(cartes: Sequence[Carte]) -> dict[Phase, list[Carte]]:
    """The cards of each stage, in their order."""
    return {phase: [carte for carte in cartes if carte.phase is phase] for phase in Phase}
