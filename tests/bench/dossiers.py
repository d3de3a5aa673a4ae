"""The cases of a filled directory as signalement has them: identity, contact and the first person of each."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from common.codes import Droit

CAS = """
    CREATE TEMP TABLE cas ON COMMIT DROP AS
    SELECT c.*, 1 + ('x' || substr(md5(c.id::text), 1, 4))::bit(16)::int % 8 AS n,
        (100000000 + row_number() OVER (ORDER BY c.id))::text AS siren
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (id, reference, departement)
    WHERE NOT EXISTS (SELECT FROM dossiers d WHERE d.id = c.id)
"""
DOSSIERS = """
    INSERT INTO dossiers (id, reference, origine, motif_tiers, etat, departement, region, indicateurs, etp, budget,
        mois_avant_rupture, rupture_le, besoin, niveau, note, depose_le, version)
    SELECT id, left(reference, 11), 'self', '', 'qualifie', departement, '11', '{rupture_tresorerie}', n, 100000 * n, n,
        ($1::timestamptz + n * interval '30 days')::date, 'Un appui.', 'faire_face', '',
        $1::timestamptz - n * interval '1 day', 2
    FROM cas
"""
ASSOCIATIONS = """
    INSERT INTO associations (dossier_id, nom, nom_compare, siren, code_postal, commune)
    SELECT id, noms[n] || ' de la rue ' || substr(siren, 4), lower(noms[n]) || ' rue ' || substr(siren, 4), siren,
        left(departement || '000', 5), 'Commune'
    FROM cas CROSS JOIN (SELECT '{Jardins,Ateliers,Scènes,Foulées,Voiles,Passerelles,Sources,Moulins}'::text[] AS noms) AS liste
"""
CONTACTS = """
    INSERT INTO contacts (dossier_id, nom, prenom, fonction, courriel, telephone)
    SELECT id, 'Martin', 'Camille', 'présidente', 'c' || siren || '@asso.example', '0465711234' FROM cas
"""
PERSONNES = """
    INSERT INTO personnes (id, dossier_id, nom, prenom, fonction, courriel, droits, responsable, depuis)
    SELECT id, id, 'Martin', 'Camille', 'présidente', 'c' || siren || '@asso.example',
        $2::text[], true, $1 FROM cas
"""


async def remplir_dossiers(connection: asyncpg.Connection, cas: Sequence[Any], now: Any) -> None:
    """Put in those cases (id, reference, departement) that are not there yet, then gather statistics."""
    droits = list(Droit)
    async with connection.transaction():
        await connection.execute(CAS, *map(list, zip(*((c["id"], c["reference"], c["departement"]) for c in cas), strict=True)))
        await connection.execute(DOSSIERS, now)
        await connection.execute(ASSOCIATIONS)
        await connection.execute(CONTACTS)
        await connection.execute(PERSONNES, now, droits)
    for table in ("dossiers", "associations", "contacts", "personnes"):
        await connection.execute(f"VACUUM ANALYZE {table}")
