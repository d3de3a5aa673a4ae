"""What a dashboard counts: three passes over indexes that hold all that they read, whatever the number of referrals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, bindparam, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import DU_PARTENAIRE, Actor, Role
from common.errors import Interdit
from orientation.listes.domain import EN_COURS, calendriers
from orientation.partenaires.models import PartenaireRow

# The moments that part the bands, one line for each département.
EN_ATTENTE = """
    SELECT o.etat,
        CASE WHEN o.envoyee_at >= b.a THEN 0 WHEN o.envoyee_at >= b.b THEN 1 WHEN o.envoyee_at >= b.c THEN 2 ELSE 3 END AS age,
        CASE WHEN o.due_at < :now THEN 0 WHEN o.due_at < b.demain THEN 1 WHEN o.due_at < b.lundi THEN 2 ELSE 3 END AS echeance,
        count(*) AS n
    FROM orientations o JOIN unnest(CAST(:codes AS text[]), CAST(:a AS timestamptz[]), CAST(:b AS timestamptz[]),
        CAST(:c AS timestamptz[]), CAST(:demain AS timestamptz[]), CAST(:lundi AS timestamptz[]))
        AS b (departement, a, b, c, demain, lundi) ON b.departement = o.departement
    WHERE {acces} AND o.etat = ANY(:etats) GROUP BY 1, 2, 3
"""
# `axe` tells what a line is about: 0 a partner, 1 a reason, 2 a time taken.
REPONSES = """
    SELECT CASE GROUPING(partenaire_id, motif, reponse_jours) WHEN 3 THEN 0 WHEN 5 THEN 1 ELSE 2 END AS axe,
        partenaire_id, declinee, motif, reponse_jours, jours, count(*) AS n
    FROM (
        SELECT o.partenaire_id, o.etat = 'declinee' AS declinee, o.reponse_jours, o.jours,
            CASE WHEN o.etat = 'declinee' THEN o.motif END AS motif
        FROM orientations o
        WHERE {acces} AND o.repondue_at >= :de AND o.repondue_at < :a AND o.envoyee_at IS NOT NULL
    ) r
    GROUP BY GROUPING SETS ((partenaire_id, declinee), (motif, declinee), (reponse_jours, jours))
"""
FINS = """
    SELECT o.partenaire_id, o.etat, o.motif, count(*) AS n FROM orientations o
    WHERE {acces} AND o.close_at >= :de AND o.close_at < :a AND o.envoyee_at IS NOT NULL AND o.etat <> 'declinee'
    GROUP BY 1, 2, 3
"""


def visible_to(actor: Actor) -> tuple[str, dict[str, Any]]:
    """The referrals that this actor counts, as a condition and its values: a territory for who runs one, else its own.

    Raises Interdit for everybody who has neither.
    """
    if actor.has(Role.animateur):
        return "o.departement = ANY(:departements)", {"departements": sorted(actor.departements)}
    if actor.has(*DU_PARTENAIRE) and actor.organisation_id:
        return "o.partenaire_id = :partenaire_id AND o.envoyee_at IS NOT NULL", {"partenaire_id": actor.organisation_id}
    raise Interdit


async def en_attente(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Any]:
    """Open referrals by state, band of age and band of deadline."""
    lignes = [(code, *moments.ages, moments.demain, moments.lundi) for codes, moments in calendriers(now) for code in codes]
    noms = ("codes", "a", "b", "c", "demain", "lundi")
    valeurs = {nom: list(colonne) for nom, colonne in zip(noms, zip(*lignes, strict=True), strict=True)}
    return await _compter(session, actor, EN_ATTENTE, valeurs | {"now": now, "etats": [etat.value for etat in EN_COURS]})


async def reponses(session: AsyncSession, actor: Actor, de: datetime, a: datetime) -> Sequence[Any]:
    """Answers of the period by partner, by reason of refusal and by time taken."""
    return await _compter(session, actor, REPONSES, {"de": de, "a": a})


async def fins(session: AsyncSession, actor: Actor, de: datetime, a: datetime) -> Sequence[Any]:
    """Ends of the period by partner, state and reason, refusals left out."""
    return await _compter(session, actor, FINS, {"de": de, "a": a})


async def libelles(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of these partners."""
    noms = select(col(PartenaireRow.id), col(PartenaireRow.libelle)).where(col(PartenaireRow.id).in_(ids))
    return {row.id: row.libelle for row in await session.execute(noms)}


async def _compter(session: AsyncSession, actor: Actor, sql: str, valeurs: dict[str, Any]) -> Sequence[Any]:
    acces, cles = visible_to(actor)
    parametres = valeurs | cles
    types: dict[str, Any] = {"departements": ARRAY(String), "etats": ARRAY(String), "partenaire_id": Uuid}
    liaisons = [bindparam(nom, type_=genre) for nom, genre in types.items() if nom in parametres]
    return (await session.execute(text(sql.format(acces=acces)).bindparams(*liaisons), parametres)).all()
