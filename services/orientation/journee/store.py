"""The statements of the day: each reads a few rows along an index, whatever the number of referrals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, and_, bindparam, func, literal, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import DU_PARTENAIRE, Actor, Role
from common.codes import EtatDossier, EtatOrientation
from common.codes_echanges import Auteur, EtatRendezVous, EtatTransfert
from common.errors import Interdit
from orientation.adhesions.domain import DUREE, EtatAdhesion
from orientation.adhesions.models import AdhesionRow
from orientation.dossiers.models import DossierRow
from orientation.dossiers.store import visible_to as dossiers_visibles
from orientation.journee.domain import LUES, Candidate, Tour
from orientation.listes.filtres import membre_de
from orientation.orientations.domain import CLOSES
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, visible_to, vues
from orientation.rendez_vous.models import CreneauRow, RendezVousRow
from orientation.transferts.models import TransfertRow

O, R, C, T = OrientationRow, RendezVousRow, CreneauRow, TransfertRow  # noqa: E741 - as in the other stores.
ATTENTES_MAX = 20
COMPTE_MAX = 1000
JAMAIS, TOUJOURS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
# One short walk along an index for each stretch of each key; drafts that wait for others are left out.
CANDIDATES = """
    SELECT id, rang, etat, departement, due_at, lire_at FROM (
        SELECT o.*, t.rang, row_number() OVER (PARTITION BY t.rang ORDER BY o.moment, o.id) AS n
        FROM unnest({cles}) AS k (cle)
        CROSS JOIN unnest(CAST(:etats AS text[]), CAST(:rangs AS int[]), CAST(:de AS timestamptz[]),
            CAST(:a AS timestamptz[]), CAST(:pretes AS boolean[])) AS t (etat, rang, de, a, prete)
        CROSS JOIN LATERAL (
            SELECT o.id, o.etat, o.departement, o.due_at, o.lire_at,
                COALESCE(o.due_at, 'infinity'::timestamp with time zone) AS moment
            FROM orientations o
            WHERE {acces} AND o.etat = t.etat
                AND COALESCE(o.due_at, 'infinity'::timestamp with time zone) >= t.de
                AND COALESCE(o.due_at, 'infinity'::timestamp with time zone) < t.a
            ORDER BY COALESCE(o.due_at, 'infinity'::timestamp with time zone), o.id LIMIT :limite
        ) o
    ) rangees WHERE n <= :limite
"""
DU_PARTENAIRE_SQL = """o.partenaire_id = k.cle AND o.envoyee_at IS NOT NULL
    AND (o.responsable_id IS NULL OR o.responsable_id = :membre)"""
DU_TERRITOIRE_SQL = """o.departement = k.cle AND (o.etat <> 'brouillon'
    OR ((o.apres_etat IS NULL OR o.apres_etat = ANY(CAST(:closes AS text[]))) AND (NOT t.prete OR o.accord <> 'demande')))"""


@dataclass(frozen=True, slots=True)
class Attente:
    """Something of a referral that waits for an answer, or happens today; `at` is when it begins, where that is known."""

    orientation_id: UUID
    reference: str
    dispositif: str
    departement: str
    propose: bool
    at: datetime | None = None
    minutes: int = 0
    mode: str = ""


async def candidates(session: AsyncSession, actor: Actor, lues: Sequence[Tour]) -> list[Candidate]:
    """At most `LUES` + 1 referrals of each rank. Raises Interdit for who is neither a partner's nor a cell's."""
    valeurs: dict[str, Any] = {
        "etats": [tour.etat.value for tour in lues],
        "rangs": [tour.rang for tour in lues],
        "de": [tour.de or JAMAIS for tour in lues],
        "a": [tour.a or TOUJOURS for tour in lues],
        "pretes": [tour.prete for tour in lues],
        "limite": LUES + 1,
    }
    if actor.has(Role.animateur):
        sql = CANDIDATES.format(cles="CAST(:cles AS text[])", acces=DU_TERRITOIRE_SQL)
        valeurs |= {"cles": sorted(actor.departements), "closes": [etat.value for etat in CLOSES]}
    elif actor.has(*DU_PARTENAIRE) and actor.organisation_id:
        sql = CANDIDATES.format(cles="CAST(:cles AS uuid[])", acces=DU_PARTENAIRE_SQL)
        valeurs |= {"cles": [str(actor.organisation_id)], "membre": membre_de(actor)}
    else:
        raise Interdit
    types = [bindparam(nom, type_=ARRAY(String)) for nom in ("etats", "cles", "closes") if nom in valeurs]
    rows = await session.execute(text(sql).bindparams(*types), valeurs)
    return [Candidate(r.id, r.rang, EtatOrientation(r.etat), r.departement, r.due_at, r.lire_at) for r in rows]


async def montrer(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Vue]:
    """These referrals, by id."""
    if not ids:
        return {}
    return {row[0].id: Vue(*row) for row in (await session.execute(vues(actor).where(col(O.id).in_(ids)))).all()}


async def rendez_vous(session: AsyncSession, actor: Actor, moi: Auteur, now: datetime) -> list[Attente]:
    """Appointments confirmed for about today, and proposals of the other side that nobody has answered."""
    d = DossierRow
    colonnes = (col(O.id), col(d.reference), col(O.dispositif), col(O.departement))
    confirmes = (
        select(*colonnes, literal(False).label("propose"), col(C.debut), col(C.minutes), col(C.mode))
        .join(R, col(R.creneau_id) == col(C.id))
        .join(O, col(O.id) == col(R.orientation_id))
        .join(d, col(d.id) == col(O.dossier_id))
        .where(col(R.etat) == EtatRendezVous.confirme.value, visible_to(actor))
        .where(col(C.debut) > now - timedelta(days=1), col(C.debut) < now + timedelta(days=1))
    )
    proposes = (
        select(*colonnes, literal(True), literal(None), literal(0), literal(""))
        .join(R, col(R.orientation_id) == col(O.id))
        .join(d, col(d.id) == col(O.dossier_id))
        .where(col(R.etat) == EtatRendezVous.propose.value, col(R.propose_par) != moi.value, visible_to(actor))
    )
    tous = confirmes.union_all(proposes).order_by(text("propose, debut, id")).limit(2 * ATTENTES_MAX)
    return [Attente(*row) for row in (await session.execute(tous)).all()]


async def transferts(session: AsyncSession, actor: Actor) -> list[Attente]:
    """The proposals to pass a referral on that wait for its sender, the oldest first."""
    query = (
        select(col(O.id), col(DossierRow.reference), col(O.dispositif), col(O.departement), literal(True))
        .join(T, col(T.orientation_id) == col(O.id))
        .join(DossierRow, col(DossierRow.id) == col(O.dossier_id))
        .where(col(T.etat) == EtatTransfert.propose.value, visible_to(actor))
        .order_by(col(T.id))
        .limit(ATTENTES_MAX)
    )
    return [Attente(*row) for row in (await session.execute(query)).all()]


async def a_qualifier(session: AsyncSession, actor: Actor) -> int:
    """How many cases nobody has qualified yet, counted up to one more than `COMPTE_MAX`."""
    d = DossierRow
    trouves = select(col(d.id)).where(dossiers_visibles(actor), col(d.etat) == EtatDossier.depose.value, col(d.reference) != "")
    total: int = (
        await session.execute(select(func.count()).select_from(trouves.limit(COMPTE_MAX + 1).subquery()))
    ).scalar_one()
    return total


async def adhesions(session: AsyncSession, actor: Actor, now: datetime) -> int:
    """How many people ask to join the organisation that this actor manages."""
    a = AdhesionRow
    sienne = and_(col(a.partenaire_id) == actor.organisation_id, literal(actor.has(Role.manager)))
    query = select(func.count()).where(sienne, col(a.etat) == EtatAdhesion.en_attente.value)
    total: int = (await session.execute(query.where(col(a.demandee_at) > now - DUREE))).scalar_one()
    return total
