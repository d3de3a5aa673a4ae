"""What the policies ask is part of the plan of each page: pages still walk in their indexes among many others' rows."""

from uuid import UUID

import pytest
from tests.isolation import entered
from tests.notifications.banc import Client
from tests.notifications.test_isolation import AGENT, AGENT_APPUI, ANIMATEUR, FONDS, MANAGER, RENVOYE, SUD, peupler
from tests.plans import heard, plan, read_whole, rows_of

from common.actor import Actor
from common.database import Database

MANY, HERE = 20_000, 400
FILL = f"""
    INSERT INTO territoires (dossier_id, departement, reference)
        SELECT gen_random_uuid(), CASE WHEN n <= {HERE} THEN '34' ELSE '67' END, 'R-' || n FROM generate_series(10, {MANY}) n;
    INSERT INTO courriels (event_id, modele, destinataire, organisation_id, roles, sauf, objet_id, dossier_id, etat, tentatives,
            remis, envoyes, refuses, cree_le)
        SELECT gen_random_uuid(), 'x', 'membres', CASE WHEN n % 50 = 0 THEN '{FONDS}'::uuid ELSE gen_random_uuid() END,
            '{{agent,manager}}', '{{}}', gen_random_uuid(), '{RENVOYE}', 'fil', 0, '{{}}', 0, 0, now()
        FROM generate_series(1, {MANY}) n;
    INSERT INTO retraits (consentement_id, dossier_id, destinataire_id, retire_le, etat, etapes, confirme_le)
        SELECT gen_random_uuid(), dossier_id, gen_random_uuid(), now(), 'confirme', 0, now() FROM territoires;
    INSERT INTO retraits (consentement_id, dossier_id, destinataire_id, retire_le, etat, etapes, due_at)
        SELECT gen_random_uuid(), dossier_id, gen_random_uuid(), now(), 'a_confirmer', 0, now()
        FROM territoires WHERE reference LIKE 'R-%99';
    INSERT INTO orientations_suivies (orientation_id, dossier_id, partenaire_id, emetteur_id, etat, envoyee, sequence)
        SELECT gen_random_uuid(), dossier_id, gen_random_uuid(), '{SUD}', 'envoyee', true, 1 FROM territoires;
    INSERT INTO webhooks (webhook_id, partenaire_id, url, types, secret, etat, cree_le, description)
        SELECT gen_random_uuid(), gen_random_uuid(), 'https://x.example', '{{*}}', 's', 'actif', now(), ''
        FROM generate_series(1, 300);
    INSERT INTO livraisons (webhook_id, event_id, type, corps, etat, tentatives, creee_le)
        SELECT webhook_id, gen_random_uuid(), 'x', '{{}}', 'livree', 1, now() FROM webhooks, generate_series(1, 60);
    INSERT INTO tentatives (livraison_seq, le, numero, latence_ms, reponse)
        SELECT seq, now(), 2, 1, '' FROM livraisons;
"""
# The directory's organisations, and what a member has read: a handful here.
SMALL = {"cellules", "organisations", "lecteurs", "lectures", "desinscriptions", "rejeux"}
BIG = ("courriels", "territoires", "retraits", "orientations_suivies", "livraisons", "tentatives", "webhooks")


@pytest.fixture
async def garnie(notifications_db: Database) -> Database:
    """A few rows of each of our actors among thousands of others."""
    await peupler(notifications_db)
    bare = await notifications_db.connect()
    await bare.execute(FILL)
    await bare.execute("VACUUM ANALYZE")
    await bare.close()
    return notifications_db


PAGES = {
    "/fil": AGENT,
    "/fil?reference=R-1": AGENT,
    "/fil?non_lus=true": MANAGER,
    "/webhooks": MANAGER,
    "/webhooks/{webhook}": MANAGER,
    "/webhooks/{webhook}/direct": MANAGER,
    "/retraits": AGENT_APPUI,
    # Where the withdrawals that wait are of all territories.
    "/retraits?fait=confirme": ANIMATEUR,
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_reads_little_of_many(garnie: Database, client: Client, path: str) -> None:
    actor: Actor = PAGES[path]
    bare = await garnie.connect()
    webhook: UUID = await bare.fetchval("SELECT webhook_id FROM webhooks WHERE partenaire_id = $1 LIMIT 1", FONDS)
    await bare.close()
    with heard() as sent:
        answer = await client(actor).get(f"/notifications{path}".format(webhook=webhook))
    assert answer.status_code == 200, answer.text
    queries = [(statement, values) for statement, values in sent if statement.lstrip().startswith(("SELECT", "WITH"))]
    assert queries
    async with entered(garnie, actor) as connection:
        for statement, values in queries:
            nodes = await plan(connection, statement, values)
            assert read_whole(nodes) <= SMALL, (statement, nodes)
            assert rows_of(nodes, *BIG) < 5 * HERE, (statement, nodes)
