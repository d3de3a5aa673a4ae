"""What the policies ask is part of every plan: pages still walk in their indexes among many cases of other territories."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from common.actor import Actor
from common.codes import Finalite
from common.database import Database
from signalement.consentements import store
from tests.isolation import entered
from tests.plans import heard, plan, read_whole, rows_of
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.monde import Monde, personne, peupler

Lire = Callable[[Actor, str], Awaitable[float]]
MANY, HERE = 12_000, 300
# Of each case one row in each of these tables, most of them in another territory.
FILL = """
    INSERT INTO dossiers (id, reference, origine, motif_tiers, etat, departement, region, indicateurs, besoin, note, depose_le,
            version) SELECT gen_random_uuid(), 'REL-' || n, 'self', '', 'depose', CASE WHEN n <= {here} THEN '34' ELSE '67' END,
            '76', '{{}}', '', '', now(), 1
        FROM generate_series(1, {many}) n;
    INSERT INTO associations (dossier_id, nom, nom_compare, siren, code_postal, commune)
        SELECT id, reference, lower(reference), lpad(row_number() OVER ()::text, 9, '0'), '34000', 'x' FROM dossiers d
        WHERE NOT EXISTS (SELECT FROM associations a WHERE a.dossier_id = d.id);
    INSERT INTO contacts (dossier_id, nom, prenom, fonction, courriel, telephone)
        SELECT id, 'N', 'P', 'F', 'x@x.example', '0' FROM dossiers d
        WHERE NOT EXISTS (SELECT FROM contacts c WHERE c.dossier_id = d.id);
    INSERT INTO personnes (id, dossier_id, prenom, nom, fonction, courriel, droits, responsable, depuis)
        SELECT id, id, 'P', 'N', 'F', 'x@x.example', '{{lire,consentir,valider}}', true, now() FROM dossiers d
        WHERE NOT EXISTS (SELECT FROM personnes p WHERE p.id = d.id);
    INSERT INTO messages (id, dossier_id, cote, auteur_id, auteur, attend_reponse, texte, envoye_le)
        SELECT gen_random_uuid(), id, 'cellule', 'x', 'x', true, 'x', now() FROM dossiers, generate_series(1, 3);
    INSERT INTO acces (id, dossier_id, personne_id, modele, demande_le, essais)
        SELECT gen_random_uuid(), id, id, 'acces', now(), 0 FROM dossiers;
    INSERT INTO consentements (id, dossier_id, destinataire_id, finalite, categories, etat, texte, texte_version,
            texte_empreinte, demande_le, version)
        SELECT gen_random_uuid(), id, gen_random_uuid(), 'orientation', '{{identite}}', 'demande', 'x', '1', '0', now(), 0
        FROM dossiers;
    INSERT INTO audit_entries (id, acteur_id, acteur_role, action, objet_id, dossier_id, at)
        SELECT gen_random_uuid(), 'x', 'agent', 'x', 'x', id, now() FROM dossiers, generate_series(1, 3);
"""
# What everybody's page may read from end to end: the directory, and what holds a handful of rows here.
SMALL = {
    "partenaires",
    "dispositifs",
    "orientations",
    "diagnostics",
    "documents",
    "documents_morceaux",
    "declarants",
    "recuperations",
    "sessions",
}


@pytest.fixture
async def garni(signalement_db: Database) -> Monde:
    """A few cases with everything in them among thousands."""
    monde = await peupler(signalement_db)
    bare = await signalement_db.connect()
    await bare.execute(FILL.format(many=MANY, here=HERE))
    await bare.execute("VACUUM ANALYZE")
    await bare.close()
    return monde


BIG = ("dossiers", "associations", "personnes", "messages", "consentements", "audit_entries", "acces")


@pytest.fixture
def lire(garni: Monde, ouvrir: Ouvrir, signalement_db: Database) -> Lire:
    """Ask for a page, and explain each statement of it as its actor: how many rows of large tables were read."""

    async def read(actor: Actor, path: str) -> float:
        with heard() as sent:
            answer = await ouvrir(actor).get(path)
        assert answer.status_code == 200, answer.text
        queries = [(statement, values) for statement, values in sent if statement.lstrip().startswith(("SELECT", "WITH"))]
        assert queries
        total = 0.0
        async with entered(signalement_db, actor) as bare:
            for statement, values in queries:
                nodes = await plan(bare, statement, values)
                assert read_whole(nodes) <= SMALL, (path, statement, nodes)
                total += rows_of(nodes, *BIG)
        return total

    return read


@pytest.mark.parametrize(
    "path", ["/dossiers", "/dossiers?recherche=REL-1", "/api/v1/dossiers", "/recuperations", "/dossiers/{id}"]
)
async def test_an_animateur_reads_the_territory_and_no_more(lire: Lire, garni: Monde, path: str) -> None:
    """A numbered list counts its territory, each case with its association; what is new is compared with its département."""
    # The list alone compares what is new, for which the territory is read once more, each case with its association.
    times = 10 if path.partition("?")[0] == "/dossiers" else 8
    assert await lire(f.ANIMATEUR, f"/signalement{path}".format(id=garni.ici.id)) < times * HERE


@pytest.mark.parametrize("path", ["", "/messages", "/personnes", "/documents"])
async def test_an_association_reads_its_own_case_and_no_more(lire: Lire, garni: Monde, path: str) -> None:
    actor = personne(garni.ici, garni.ici.id)
    assert await lire(actor, f"/signalement/espace{path}") < 300


@pytest.mark.parametrize("questions", [1, 10, 100])
async def test_whether_consents_are_given_reads_those_asked_about_and_no_more(signalement_db: Database, questions: int) -> None:
    """However old what PostgreSQL knows of the table is: here it was never told that it grew."""
    bare = await signalement_db.connect(systeme=True)
    await bare.execute(FILL.format(many=MANY, here=HERE))
    await bare.execute("UPDATE consentements SET etat = 'donne', mode = 'en_ligne', expire_le = now() + interval '1 year'")
    given = await bare.fetch("SELECT dossier_id, destinataire_id FROM consentements LIMIT $1", questions)
    asked = [(row["dossier_id"], row["destinataire_id"], Finalite.orientation) for row in given]
    explained: list[int] = []

    async def fetch(statement: str, *values: Any) -> Any:
        nodes = await plan(bare, statement, values)
        assert not read_whole(nodes), nodes
        explained.append(round(rows_of(nodes, *BIG)))
        return await bare.fetch(statement, *values)

    try:
        answers = await store.active(fetch, [*asked, (uuid4(), uuid4(), Finalite.orientation)], datetime.now(UTC))
    finally:
        await bare.close()
    assert answers == [True] * questions + [False]
    assert explained == [questions]
