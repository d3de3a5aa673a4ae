"""Other open cases that may be of the same association. For the animateur of the territory alone."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, String, Uuid, bindparam, text
from sqlmodel.ext.asyncio.session import AsyncSession

from signalement.signalements.models import Association, Dossier

CLOSE_NAMES = 0.55
"""Trigram likeness from which two names in one département may be the same association."""

# Each of the three ways in has its index; of other territories the owner of the tables gives equal numbers, and no name.
DOUBLONS = text("""
    SELECT d.id AS dossier_id, d.reference, d.departement, d.etat, a.nom,
        a.siren = :siren AS meme_siren, a.rna = :rna AS meme_rna
    FROM dossiers d JOIN associations a ON a.dossier_id = d.id
    WHERE d.id <> :id AND d.etat <> 'clos' AND d.id IN (
        SELECT dossier_id FROM associations WHERE siren = :siren
        UNION SELECT dossier_id FROM associations WHERE rna = :rna
        UNION SELECT p.id FROM dossiers p JOIN associations n ON n.dossier_id = p.id
            WHERE p.departement = :departement AND p.etat <> 'clos' AND similarity(n.nom_compare, :nom_compare) >= :proche
    )
    UNION ALL SELECT id, reference, departement, etat, NULL, meme_siren, meme_rna FROM doublons_ailleurs(:id)
    ORDER BY 1 LIMIT 20
""").bindparams(
    bindparam("siren", type_=String),
    bindparam("rna", type_=String),
    bindparam("id", type_=Uuid),
    bindparam("proche", CLOSE_NAMES),
)


async def doublons(session: AsyncSession, dossier: Dossier, association: Association) -> Sequence[Row[Any]]:
    """Other open cases that may be of the same association: same number, or a close name in the same département.

    It looks beyond the territory for equal numbers, and gives no name of there.
    """
    values = {
        "id": dossier.id,
        "departement": dossier.departement,
        **association.model_dump(include={"siren", "rna", "nom_compare"}),
    }
    return (await session.execute(DOUBLONS, values)).all()


# The same question of many cases, answered by yes or no. The cases of their départements are read once for all of them.
AVEC_DOUBLONS = text("""
    WITH vus AS MATERIALIZED (
        SELECT d.id, d.departement, a.siren, a.rna, a.nom_compare
        FROM dossiers d JOIN associations a ON a.dossier_id = d.id WHERE d.id = ANY(:ids)
    ), voisins AS MATERIALIZED (
        -- LATERAL and OFFSET 0: each of these cases finds its association in the index; all associations are read otherwise.
        SELECT p.id, p.departement, n.nom_compare FROM dossiers p JOIN LATERAL (
            SELECT nom_compare FROM associations WHERE dossier_id = p.id OFFSET 0
        ) n ON true
        WHERE p.departement = ANY(:departements) AND p.etat <> 'clos'
    )
    SELECT v.id FROM vus v JOIN voisins n ON n.departement = v.departement AND n.id <> v.id
        WHERE similarity(n.nom_compare, v.nom_compare) >= :proche
    UNION SELECT v.id FROM vus v JOIN LATERAL (
        SELECT dossier_id FROM associations WHERE siren = v.siren
        UNION ALL SELECT dossier_id FROM associations WHERE rna = v.rna
    ) meme ON meme.dossier_id <> v.id JOIN dossiers d ON d.id = meme.dossier_id WHERE d.etat <> 'clos'
    UNION SELECT v.id FROM vus v WHERE EXISTS (SELECT FROM doublons_ailleurs(v.id))
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)), bindparam("departements", type_=ARRAY(String)), bindparam("proche", CLOSE_NAMES)
)


async def avec_doublons(session: AsyncSession, dossiers: Collection[Dossier]) -> frozenset[UUID]:
    """Which of these cases have at least one possible duplicate; one statement, and none for no case."""
    if not dossiers:
        return frozenset()
    values = {"ids": [one.id for one in dossiers], "departements": sorted({one.departement for one in dossiers})}
    return frozenset((await session.execute(AVEC_DOUBLONS, values)).scalars())
