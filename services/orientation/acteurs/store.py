"""Every statement of the actors' map: referrals counted by who sends and who receives."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import Famille
from common.errors import Interdit
from common.territoires import departements_of
from orientation.acteurs.domain import Acteur

LIENS_MAX = 5000

# Who sends is the cell; who passes on is the partner whose referral ended without success, towards the one that follows.
COMPTES = text("""
    WITH envois AS (
        SELECT emetteur_id, partenaire_id, precedent_id FROM envois_comptes
        WHERE departement = ANY(CAST(:departements AS text[])) AND envoyee_at >= :debut AND envoyee_at < :fin
    )
    SELECT de, vers, count(*) AS n FROM (
        SELECT emetteur_id AS de, partenaire_id AS vers FROM envois
        UNION ALL SELECT precedent_id, partenaire_id FROM envois WHERE precedent_id <> partenaire_id
    ) l GROUP BY de, vers ORDER BY n DESC, de, vers LIMIT :liens_max
""")
ACTEURS = text("SELECT id, libelle, famille FROM partenaires WHERE id = ANY(CAST(:ids AS uuid[]))")


def visible_to(actor: Actor, region: str) -> Sequence[str]:
    """The départements of a région, for the national cell; an animateur's own, and only these. Raises Interdit.

    Territories do not overlap for one reader: nothing can be found out by comparing two of them.
    """
    if actor.has(Role.national):
        return departements_of(region)
    if actor.has(Role.animateur):
        return sorted(actor.departements)
    raise Interdit


async def comptes(session: AsyncSession, actor: Actor, region: str, debut: date, fin: date) -> dict[tuple[UUID, UUID], int]:
    """How many referrals went from one organisation to another in these days. Never to be shown as they are."""
    bornes = {nom: datetime.combine(jour, time.min, tzinfo=UTC) for nom, jour in (("debut", debut), ("fin", fin))}
    parametres = {"departements": list(visible_to(actor, region)), "liens_max": LIENS_MAX, **bornes}
    return {(row.de, row.vers): row.n for row in (await session.execute(COMPTES, parametres)).all()}


async def acteurs(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Acteur]:
    """These organisations, by id."""
    rows = (await session.execute(ACTEURS, {"ids": list(ids)})).all()
    return {row.id: Acteur(row.id, row.libelle, Famille(row.famille)) for row in rows}
