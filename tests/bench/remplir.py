"""Thousands of referrals in a few statements, over partners, territories, states and a year: what lists are measured on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

PAIRES = """
    CREATE TEMP TABLE paires ON COMMIT DROP AS
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS p (partenaire_id, dispositif, departement, n)
"""

# The numbers of a row are drawn from its own, so that the same data comes back each time.
LIGNES = """
    CREATE TEMP TABLE lignes ON COMMIT DROP AS
    SELECT i, uuidv7(($2::int - i) * interval '-20 seconds') AS id, p.partenaire_id, p.dispositif, p.departement,
        upper(substr(md5(i::text), 1, 8)) AS tirage, i > $1::int AS close,
        ('x' || substr(md5('a' || i), 1, 4))::bit(16)::int / 65536.0 AS a,
        ('x' || substr(md5('b' || i), 1, 4))::bit(16)::int / 65536.0 AS b,
        1 + ('x' || substr(md5('c' || i), 1, 4))::bit(16)::int % 10 AS c
    FROM generate_series(1, $2::int) i JOIN paires p ON p.n = 1 + (i::bigint * 7919) % (SELECT count(*) FROM paires)
"""

DOSSIERS = """
    INSERT INTO dossiers (id, reference, departement, etat, niveau, horizon, indicateurs, emplois, budget, sequence)
    SELECT id, 'R-' || left(tirage, 4) || '-' || right(tirage, 4), departement, 'qualifie', 'faire_face', 'de_3_a_6',
        '{rupture_tresorerie}', 12, 'de_200k_a_500k', 2
    FROM lignes
"""

ORIENTATIONS = """
    INSERT INTO orientations (id, dossier_id, partenaire_id, emetteur_id, dispositif, departement, jours, categories, etat,
        motif, due_at, prochaine_at, creee_at, envoyee_at, recue_at, repondue_at, reponse_jours, demarree_at, close_at,
        modifiee_at, version)
    SELECT id, id, partenaire_id, partenaire_id, dispositif, departement, 5, '{identite,contact}', etat,
        CASE WHEN etat IN ('declinee', 'non_aboutie')
            THEN ('{sans_capacite,non_eligible,hors_territoire,injoignable,autre}'::text[])[1 + floor(b * 5)::int] END,
        envoyee + interval '7 days',
        CASE WHEN etat IN ('envoyee', 'recue', 'complement_demande') THEN
            CASE WHEN i <= $2::int THEN $1::timestamptz - i * interval '1 second'
                ELSE $1::timestamptz + interval '1 hour' + b * interval '5 days' END END,
        envoyee - interval '2 days', CASE WHEN etat <> 'brouillon' THEN envoyee END,
        CASE WHEN etat NOT IN ('brouillon', 'envoyee', 'expiree') THEN envoyee + b * interval '1 day' END,
        CASE WHEN repondue THEN envoyee + (1 + b * 8) * interval '1 day' END, CASE WHEN repondue THEN 1 + floor(b * 7)::int END,
        CASE WHEN etat IN ('demarree', 'aboutie', 'non_aboutie') THEN envoyee + interval '10 days' END,
        CASE WHEN etat IN ('aboutie', 'non_aboutie', 'retiree', 'expiree') THEN envoyee + (10 + b * 20) * interval '1 day' END,
        $1::timestamptz, 3
    FROM (
        SELECT *, etat IN ('acceptee', 'demarree', 'aboutie', 'non_aboutie', 'declinee') AS repondue,
            $1::timestamptz - CASE WHEN close THEN (31 + a * 330) * interval '1 day'
                WHEN etat IN ('acceptee', 'demarree') THEN (11 + a * 60) * interval '1 day'
                ELSE a * interval '14 days' END AS envoyee
        FROM (
            SELECT *, CASE WHEN close THEN
                    ('{aboutie,aboutie,aboutie,aboutie,non_aboutie,non_aboutie,declinee,declinee,retiree,expiree}'
                        ::text[])[c]
                ELSE ('{envoyee,envoyee,envoyee,recue,recue,recue,complement_demande,acceptee,demarree,brouillon}'
                        ::text[])[c] END AS etat
            FROM lignes
        ) avec_etat
    ) datees
"""


@dataclass(frozen=True, slots=True)
class Paire:
    """A partner that receives referrals of a département for one of its dispositifs."""

    partenaire_id: UUID
    dispositif: str
    departement: str


async def remplir(
    connection: asyncpg.Connection, paires: Sequence[Paire], now: Any, *, ouvertes: int, closes: int, dues: int = 0
) -> None:
    """Put in so many open and closed referrals, the first `dues` of which time asks something of; then gather statistics."""
    # The pages of a commit that is not yet on disk are not known to be visible, and no index alone would be read.
    await connection.execute("SET synchronous_commit = on")
    async with connection.transaction():
        colonnes = zip(*((p.partenaire_id, p.dispositif, p.departement) for p in paires), strict=True)
        await connection.execute(PAIRES, *map(list, colonnes))
        await connection.execute(LIGNES, ouvertes, ouvertes + closes)
        await connection.execute(DOSSIERS)
        await connection.execute(ORIENTATIONS, now, dues)
    await connection.execute("VACUUM ANALYZE orientations")
    await connection.execute("VACUUM ANALYZE dossiers")
