"""Without any `visible_to`: what PostgreSQL itself lets each actor read, hold, change, add and remove in each table."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg
import pytest
from tests.isolation import Droits, common_rights, demand, entered, fill_common_tables, tables_of

from common.actor import SYSTEM, Actor, Role
from common.database import Database

FONDS, APPUI, SUD, EST = (UUID(int=n) for n in (1, 2, 3, 4))
# Whose case is known to whom: a referral to the first partner, a withdrawal by the second, and one in the other territory.
RENVOYE, RETIRE, AILLEURS = (UUID(int=n) for n in (11, 12, 13))
# The withdrawal that a link was mailed for, and one of which a cell wrote down the end.
ACCORD, DIT = UUID(int=21), UUID(int=22)


def _membre(role: Role, organisation_id: UUID | None, *departements: str) -> Actor:
    return Actor(str(UUID(int=hash_of(role, organisation_id))), frozenset({role}), organisation_id, frozenset(departements))


def hash_of(role: Role, organisation_id: UUID | None) -> int:
    """A number of each member's own."""
    return 1000 * (list(Role).index(role) + 1) + (organisation_id.int if organisation_id else 0)


AGENT, MANAGER, MACHINE = (_membre(role, FONDS) for role in (Role.agent, Role.manager, Role.machine))
AGENT_APPUI, MANAGER_APPUI = (_membre(role, APPUI) for role in (Role.agent, Role.manager))
ANIMATEUR, ANIMATEUR_EST = _membre(Role.animateur, SUD, "34", "30"), _membre(Role.animateur, EST, "67")
MANAGER_SUD = _membre(Role.manager, SUD)
OTHERS = tuple(_membre(role, EST) for role in (Role.national, Role.auditeur, Role.administrateur))
LIEN = Actor(str(ACCORD), frozenset({Role.lien}), APPUI)
DIRIGEANT = Actor("dirigeant:x", frozenset({Role.dirigeant}), None, dossier_id=RENVOYE)
ACTORS: tuple[Actor, ...] = (
    *(AGENT, MANAGER, MACHINE, AGENT_APPUI, MANAGER_APPUI, ANIMATEUR, ANIMATEUR_EST, MANAGER_SUD, *OTHERS, DIRIGEANT, LIEN),
)

FILL = """
    INSERT INTO cellules VALUES ('{SUD}', '{{34,30}}'), ('{EST}', '{{67}}');
    INSERT INTO organisations VALUES ('{FONDS}', '34');
    INSERT INTO territoires (dossier_id, departement, reference)
        VALUES ('{RENVOYE}', '34', 'R-1'), ('{RETIRE}', '34', 'R-2'), ('{AILLEURS}', '67', 'R-3');
    INSERT INTO orientations_suivies (orientation_id, dossier_id, partenaire_id, emetteur_id, etat, envoyee, sequence)
        VALUES (gen_random_uuid(), '{RENVOYE}', '{FONDS}', '{SUD}', 'envoyee', true, 1);
    INSERT INTO retraits (consentement_id, dossier_id, destinataire_id, retire_le, etat, etapes, due_at, confirme_le)
        VALUES ('{ACCORD}', '{RETIRE}', '{APPUI}', now(), 'a_confirmer', 0, now(), NULL),
            (gen_random_uuid(), '{RENVOYE}', '{FONDS}', now(), 'confirme', 0, NULL, now()),
            (gen_random_uuid(), '{AILLEURS}', '{EST}', now(), 'a_confirmer', 0, now(), NULL);
    INSERT INTO retraits (consentement_id, dossier_id, destinataire_id, retire_le, etat, etapes, confirme_le, oral)
        VALUES ('{DIT}', '{RENVOYE}', '{APPUI}', now(), 'confirme', 2, now(), true);
    INSERT INTO envois (message_id, genre, personne_id, envoye_le) VALUES ('x', 'membre', gen_random_uuid(), now());
    INSERT INTO joignabilites (personne_id, genre, joint, temporaires, version)
        VALUES (gen_random_uuid(), 'membre', true, 0, 1);
    INSERT INTO faits (event_id, fait) VALUES (gen_random_uuid(), '{{}}');
    INSERT INTO webhooks (webhook_id, partenaire_id, url, types, secret, etat, cree_le, description)
        SELECT gen_random_uuid(), p, 'https://x.example', '{{*}}', 's', 'actif', now(), ''
        FROM unnest(ARRAY['{FONDS}', '{APPUI}', '{FONDS}']::uuid[]) p;
    INSERT INTO livraisons (webhook_id, event_id, type, corps, etat, tentatives, due_at, creee_le)
        SELECT webhook_id, gen_random_uuid(), 'x', '{{}}', 'en_attente', 0, now(), now() FROM webhooks, generate_series(1, 2);
    INSERT INTO tentatives (livraison_seq, le, numero, latence_ms, reponse) SELECT seq, now(), 1, 1, '' FROM livraisons;
    INSERT INTO rejeux SELECT gen_random_uuid(), webhook_id, 'tout', now(), now(), 1, now() FROM webhooks;
    INSERT INTO courriels (event_id, modele, destinataire, organisation_id, roles, sauf, membre_id, acteur_id, objet_id, etat,
            tentatives, remis, envoyes, refuses, cree_le)
        SELECT gen_random_uuid(), 'x', 'membres', o, r, s, m, a, gen_random_uuid(), 'fil', 0, '{{}}', 0, 0, now()
        FROM (VALUES ('{FONDS}'::uuid, '{{agent,manager}}'::varchar[], '{{}}'::varchar[], NULL::uuid, NULL::varchar),
            ('{FONDS}', '{{agent,manager}}', '{{manager}}', NULL, NULL), ('{FONDS}', '{{manager}}', '{{}}', NULL, NULL),
            ('{FONDS}', '{{agent}}', '{{}}', '{AGENT.id}', NULL), ('{FONDS}', '{{agent}}', '{{}}', gen_random_uuid(), NULL),
            ('{FONDS}', '{{agent,manager}}', '{{}}', NULL, '{AGENT.id}'), ('{APPUI}', '{{agent}}', '{{}}', NULL, NULL),
            ('{SUD}', '{{animateur}}', '{{}}', NULL, NULL), ('{EST}', '{{animateur,national}}', '{{}}', NULL, NULL)
        ) v(o, r, s, m, a);
    INSERT INTO courriels
            (event_id, modele, destinataire, objet_id, dossier_id, etat, tentatives, remis, envoyes, refuses, cree_le)
        VALUES (gen_random_uuid(), 'acces', 'dirigeant', gen_random_uuid(), '{RENVOYE}', 'fil', 0, '{{}}', 0, 0, now());
"""
# Of each kind of actor: the notices of its feed, by the number of the row above.
FEED: Mapping[str, tuple[int, ...]] = {
    AGENT.id: (1, 2, 4),
    MANAGER.id: (1, 3, 6),
    AGENT_APPUI.id: (7,),
    ANIMATEUR.id: (8,),
    ANIMATEUR_EST.id: (9,),
    OTHERS[0].id: (9,),
}


async def peupler(database: Database) -> None:
    """A row of everything, for two partners and in two territories."""
    bare = await database.connect()
    names = ("FONDS", "APPUI", "SUD", "EST", "RENVOYE", "RETIRE", "AILLEURS", "AGENT", "ACCORD", "DIT")
    places = {name: globals()[name] for name in names}
    await bare.execute(FILL.format(**places))
    for table, columns in (("lecteurs", "0"), ("lectures", "1"), ("desinscriptions", "'suivi', now()")):
        for actor in ACTORS:
            await bare.execute(f"INSERT INTO {table} VALUES ('{actor.id}', {columns})")
    await bare.close()
    await fill_common_tables(database, *ACTORS)


def droits(actor: Actor | None) -> dict[str, Droits]:
    """What each table is to let this actor do, said anew and not by the policies."""
    rights = common_rights(actor) | {"cellules": {"read": "true"}}
    if actor is None:
        return rights
    mien, recu = f"membre_id = '{actor.id}'", f"destinataire_id = '{actor.organisation_id or UUID(int=0)}'"
    rights["lecteurs"] = dict.fromkeys(("read", "hold", "change", "add"), mien)
    rights["lectures"] = rights["desinscriptions"] = dict.fromkeys(("read", "add", "remove"), mien)
    rights["courriels"] = {"read": f"seq = ANY (ARRAY{list(FEED.get(actor.id, ()))}::int[])"}
    rights["retraits"] = _retraits(actor, recu)
    rights["territoires"] = {"read": _cas(actor)}
    if actor in (MANAGER, MACHINE, MANAGER_APPUI):
        siens = f"webhook_id IN (SELECT webhook_id FROM webhooks WHERE partenaire_id = '{actor.organisation_id}')"
        rights["webhooks"] = dict.fromkeys(("read", "hold", "change", "add", "remove"), siens)
        rights["livraisons"] = dict.fromkeys(("read", "hold", "change", "add"), siens)
        rights["rejeux"] = dict.fromkeys(("read", "add"), siens)
        rights["tentatives"] = {"read": f"livraison_seq IN (SELECT seq FROM livraisons WHERE {siens})"}
    return rights


def _retraits(actor: Actor, recu: str) -> Droits:
    """Those that its organisation is to take note of, or the one that its link is for.

    An animateur those of its territory that wait for that, or of which a cell wrote down the end: to write that, and no more.
    """
    if actor is ANIMATEUR:
        return dict.fromkeys(("read", "hold"), f"consentement_id IN ('{ACCORD}', '{DIT}')")
    if actor is LIEN:
        recu = f"consentement_id = '{ACCORD}'"
    return dict.fromkeys(("read", "hold", "change"), recu)


def _cas(actor: Actor) -> str:
    """The cases whose reference it may know."""
    if actor is LIEN:
        return f"dossier_id = '{RETIRE}'"
    known = {FONDS: (RENVOYE,), APPUI: (RENVOYE, RETIRE), SUD: (RENVOYE, RETIRE), EST: (AILLEURS,)}
    return " OR ".join(f"dossier_id = '{cas}'" for cas in known[actor.organisation_id]) if actor.organisation_id else "false"


async def test_the_database_itself_lets_each_do_what_is_its_own_only(notifications_db: Database) -> None:
    await peupler(notifications_db)
    for actor in (*ACTORS, None):
        await demand(notifications_db, actor, droits(actor))


async def test_the_hub_itself_sees_every_row(notifications_db: Database) -> None:
    await peupler(notifications_db)
    async with entered(notifications_db, SYSTEM) as hub:
        for table in await tables_of(notifications_db):
            assert await hub.fetchval(f"SELECT count(*) FROM {table}"), table


async def test_nothing_is_moved_to_another_organisation(notifications_db: Database) -> None:
    await peupler(notifications_db)
    bare = await notifications_db.connect()
    foreign = await bare.fetchval("SELECT webhook_id FROM webhooks WHERE partenaire_id = $1", APPUI)
    await bare.close()
    confirme = "UPDATE retraits SET etat = 'confirme', due_at = NULL, confirme_le = now()"
    moves = {
        f"UPDATE webhooks SET partenaire_id = '{APPUI}'": MANAGER,
        f"UPDATE livraisons SET webhook_id = '{foreign}'": MANAGER,
        f"UPDATE retraits SET destinataire_id = '{APPUI}'": AGENT,
        # The cell says of the recipient's withdrawal that it was told, and nothing else.
        f"{confirme} WHERE consentement_id = '{ACCORD}'": ANIMATEUR,
        f"UPDATE retraits SET etapes = 9 WHERE consentement_id = '{ACCORD}'": ANIMATEUR,
        f"UPDATE lecteurs SET membre_id = '{MANAGER.id}x'": AGENT,
    }
    for move, actor in moves.items():
        async with entered(notifications_db, actor) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(move)


async def test_the_cell_writes_down_what_a_recipient_of_its_territory_said(notifications_db: Database) -> None:
    await peupler(notifications_db)
    said = "UPDATE retraits SET etat = 'confirme', due_at = NULL, confirme_le = now(), oral = true WHERE etat = 'a_confirmer'"
    for actor, written in ((ANIMATEUR, [ACCORD]), (MANAGER_SUD, []), (MANAGER, []), (DIRIGEANT, [])):
        async with entered(notifications_db, actor) as connection:
            found = await connection.fetch(f"{said} RETURNING consentement_id")
            assert [row["consentement_id"] for row in found] == written, actor
