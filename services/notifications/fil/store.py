"""Every statement on the feed: what concerns a member, and what it has read of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor

COMPTE_MAX = 100

# What this member may see: its organisation's, by its roles, and nothing that it did itself.
VISIBLE = """
    c.organisation_id = CAST(:organisation AS uuid) AND c.roles && CAST(:roles AS varchar[])
        AND NOT c.sauf && CAST(:roles AS varchar[]) AND c.acteur_id IS DISTINCT FROM :membre
        AND (c.membre_id IS NULL OR CAST(c.membre_id AS text) = :membre)
"""
NON_LU = """
    c.seq > coalesce((SELECT lu_jusqu_a FROM lecteurs WHERE membre_id = :membre), 0)
        AND NOT EXISTS (SELECT FROM lectures l WHERE l.membre_id = :membre AND l.seq = c.seq)
"""
# What the page is narrowed to; what is not read yet apart, as marking asks for that in any case.
FILTRE = """
    c.modele = ANY(CAST(:modeles AS varchar[]))
        AND (CAST(:reference AS text) = '' OR starts_with(t.reference, CAST(:reference AS text)))
"""
PAGE = f"""
    SELECT c.seq, c.modele, c.objet_id, c.dossier_id, c.departement, c.echeance, c.cree_le, {NON_LU} AS non_lu, t.reference
    FROM courriels c LEFT JOIN territoires t ON t.dossier_id = c.dossier_id
    WHERE {VISIBLE} AND c.seq < :avant AND {FILTRE} AND (NOT :non_lus OR {NON_LU})
    ORDER BY c.seq DESC LIMIT :limite
"""  # noqa: S608 - constants.
COMPTER = f"""
    SELECT count(*) AS non_lus, coalesce(max(seq), 0) AS dernier FROM (
        SELECT c.seq FROM courriels c WHERE {VISIBLE} AND {NON_LU} ORDER BY c.seq DESC LIMIT {COMPTE_MAX}
    ) x
"""  # noqa: S608 - constants.
UN = f"SELECT c.seq, c.modele, c.objet_id, c.dossier_id FROM courriels c WHERE {VISIBLE} AND c.seq = :seq"  # noqa: S608 - constants.
LIRE = text("INSERT INTO lectures (membre_id, seq) VALUES (:membre, :seq) ON CONFLICT DO NOTHING")
LIRE_FILTRE = f"""
    INSERT INTO lectures (membre_id, seq)
    SELECT CAST(:membre AS text), c.seq FROM courriels c LEFT JOIN territoires t ON t.dossier_id = c.dossier_id
    WHERE {VISIBLE} AND c.seq <= :seq AND {FILTRE} AND {NON_LU} ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants.
# Numbers are given in the order of the commits: whoever saw one has seen all before it. See `courriels.store.add`.
LIRE_TOUT = text("""
    INSERT INTO lecteurs (membre_id, lu_jusqu_a) VALUES (:membre, :seq)
    ON CONFLICT (membre_id) DO UPDATE SET lu_jusqu_a = greatest(lecteurs.lu_jusqu_a, excluded.lu_jusqu_a)
""")
OUBLIER = text("DELETE FROM lectures WHERE membre_id = :membre AND seq <= :seq")


@dataclass(frozen=True, slots=True)
class Element:
    """One line of the feed."""

    seq: int
    modele: str
    objet_id: UUID
    dossier_id: UUID | None
    departement: str | None
    echeance: datetime | None
    cree_le: datetime
    non_lu: bool
    reference: str | None


@dataclass(frozen=True, slots=True)
class Compte:
    """How much is unread, up to `COMPTE_MAX`, and the newest of it."""

    non_lus: int
    dernier: int


def _qui(actor: Actor) -> dict[str, Any]:
    return {"organisation": actor.organisation_id, "roles": sorted(actor.roles), "membre": actor.id}


async def page(
    session: AsyncSession, actor: Actor, modeles: Sequence[str], *, non_lus: bool, reference: str, avant: int, limite: int
) -> list[Element]:
    """The lines before that one, the newest first, of these notices."""
    values = {"modeles": list(modeles), "non_lus": non_lus, "reference": reference, "avant": avant, "limite": limite}
    found = await session.execute(text(PAGE), _qui(actor) | values)
    return [Element(**row) for row in found.mappings()]


async def compter(session: AsyncSession, actor: Actor) -> Compte:
    """What is unread."""
    row = (await session.execute(text(COMPTER), _qui(actor))).one()
    return Compte(row.non_lus, row.dernier)


async def trouver(session: AsyncSession, actor: Actor, seq: int) -> Any:
    """One line, or None when the member has none by this number."""
    return (await session.execute(text(UN), _qui(actor) | {"seq": seq})).one_or_none()


async def lire(session: AsyncSession, actor: Actor, seq: int) -> None:
    """The member has read this one."""
    await session.execute(LIRE, {"membre": actor.id, "seq": seq})


async def lire_tout(session: AsyncSession, actor: Actor, seq: int) -> None:
    """The member has read everything up to this one."""
    values = {"membre": actor.id, "seq": seq}
    await session.execute(LIRE_TOUT, values)
    await session.execute(OUBLIER, values)


async def lire_filtre(session: AsyncSession, actor: Actor, modeles: Sequence[str], reference: str, seq: int) -> None:
    """The member has read what of these notices the filter shows, up to this one."""
    await session.execute(text(LIRE_FILTRE), _qui(actor) | {"modeles": list(modeles), "reference": reference, "seq": seq})
