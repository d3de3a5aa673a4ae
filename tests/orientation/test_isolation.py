"""Without any `visible_to`: what PostgreSQL itself gives each actor of each table, read, held, changed and removed."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import select
from sqlmodel import col

from common.actor import Actor, Role
from common.clock import new_id
from common.codes import EtatOrientation
from common.database import Database
from orientation.dispositifs.models import BrouillonRow
from orientation.dispositifs.store import visible_to as brouillons_visibles
from orientation.dossiers.models import DossierRow
from orientation.dossiers.store import visible_to as dossiers_visibles
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import visible_to as orientations_visibles
from orientation.tables import metadata
from tests.isolation import Rows, entered, tables_of
from tests.orientation.lignes import peupler
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
    personne,
)

MANAGER_APPUI = personne(Role.manager, "appui")
EDITEUR = Actor(
    str(ident("editeur")), frozenset({Role.animateur, Role.catalogue}), ident("cellule-est"), frozenset({"67"}), None, "X"
)
ADMINISTRATEUR = personne(Role.administrateur, "cellule-est")
ACTEURS: list[Actor | None] = [
    *(AGENT, MANAGER, MACHINE, AGENT_APPUI, MANAGER_APPUI, ANIMATEUR, ANIMATEUR_EST, EDITEUR, NATIONAL, AUDITEUR, DIRIGEANT),
    *(ADMINISTRATEUR, None),
]

# For each table, from its owner's view: the key, and each partner and département for which a row is.
SENT = "CASE WHEN o.envoyee_at IS NOT NULL THEN o.partenaire_id END AS organisation, o.departement"
OF_REFERRAL = "SELECT t.id::text, {sent} FROM {table} t JOIN orientations o ON o.id = t.orientation_id"
CONFIDENTIAL = {
    "orientations": f"SELECT o.id::text, {SENT} FROM orientations o",
    "dossiers": f"""SELECT d.id::text, {SENT.replace("o.departement", "d.departement")}
        FROM dossiers d LEFT JOIN orientations o ON o.dossier_id = d.id""",
    "consentements": """SELECT c.id::text, c.destinataire_id, d.departement
        FROM consentements c JOIN dossiers d ON d.id = c.dossier_id""",
    **{table: OF_REFERRAL.format(sent=SENT, table=table) for table in ("complements", "rendez_vous", "transferts", "liens")},
    "creneaux": f"""SELECT c.id::text, {SENT} FROM creneaux c JOIN rendez_vous r ON r.id = c.rendez_vous_id
        JOIN orientations o ON o.id = r.orientation_id""",
    "affectations": OF_REFERRAL.format(sent=SENT.replace("o.departement", "NULL"), table="affectations"),
}
PUBLIC = ("partenaires", "offres", "fiches", "absences", "dispositifs", "dispositifs_sources", "dispositifs_etat")
OWN_SHEET = dict.fromkeys(("offres", "fiches", "absences"), "partenaire_id")
OF_ACTOR = {"lots": "acteur_id", "idempotence": "actor_id", "sessions": "acteur_id", "calendriers": "membre_id::text"}
# People and systems: colleagues read, their manager decides; the administrateur decides about people everywhere.
PEOPLE = ("membres", "invitations", "adhesions", "clients", "comptes_changes")
HUB_ALONE = ("jetons_vus", "outbox", "inbox", "relay_state", "in_hand", "dead_letters", "audit_entries")
BY_EDITORS = ("dispositifs_sources", "dispositifs_etat", "dispositifs_brouillons")


async def permises(bare: Any, actor: Actor | None, table: str, key: str) -> set[str] | None:
    """The rows that are this actor's by the owner's account of them; None where all may be read."""
    if table in CONFIDENTIAL:
        organisation = actor.organisation_id if actor and actor.has(Role.agent, Role.manager, Role.machine) else None
        departements = actor.departements if actor and actor.has(Role.animateur) else frozenset()
        rows = await bare.fetch(CONFIDENTIAL[table])
        return {r[0] for r in rows if (organisation and r[1] == organisation) or (r[2] and r[2] in departements)}
    if table in OF_ACTOR:
        query = f"SELECT {key} FROM {table} WHERE {OF_ACTOR[table]} = $1"
        return {r[0] for r in await bare.fetch(query, actor.id if actor else "-")}
    if table in HUB_ALONE:
        return set()
    if table in PEOPLE:
        return await _toutes(bare, f"{table} WHERE {personnes_de(actor, table, lire=True)}", key)
    if table == "dispositifs_brouillons":
        return await _toutes(bare, table, key) if actor is EDITEUR else set()
    assert table in PUBLIC, f"{table}: say here whose its rows are"
    return None


def personnes_de(actor: Actor | None, table: str, *, lire: bool = False) -> str:
    """Whose people and systems this actor decides about, or reads."""
    if actor and actor.has(Role.administrateur) and table != "clients":
        return "true"
    if actor is None or actor.organisation_id is None or not (actor.has(Role.manager) or (lire and table == "membres")):
        return "false"
    return f"partenaire_id = '{actor.organisation_id}'"


async def _toutes(bare: Any, table: str, key: str) -> set[str]:
    return {row[0] for row in await bare.fetch(f"SELECT {key} FROM {table}")}


async def modifiables(bare: Any, actor: Actor | None, table: str, key: str, lisibles: set[str]) -> set[str]:
    """The rows that this actor may change at most: what is public, its own manager or the editors of the catalogue."""
    if table == "partenaires":
        condition = personnes_de(actor, table).replace("partenaire_id", "id")
        return await _toutes(bare, f"partenaires WHERE {condition}", key)
    if table in PEOPLE:
        return await _toutes(bare, f"{table} WHERE {personnes_de(actor, table)}", key)
    if table in OWN_SHEET:
        if actor is None or not actor.has(Role.manager):
            return set()
        query = f"SELECT {key} FROM {table} WHERE {OWN_SHEET[table]} = $1"
        return {row[0] for row in await bare.fetch(query, actor.organisation_id)}
    if table in BY_EDITORS:
        return lisibles if actor is EDITEUR else set()
    return set() if table == "dispositifs" else lisibles


@pytest.mark.parametrize("actor", ACTEURS, ids=lambda a: f"{sorted(a.roles)}-{a.organisation_id}" if a else "nobody")
async def test_the_database_itself_gives_each_only_its_own(hub: Hub, actor: Actor | None) -> None:
    await peupler(hub)
    tables = await tables_of(hub.database)
    assert set(tables) == set(metadata.tables)
    bare = await hub.database.connect()
    async with entered(hub.database, actor) as connection:
        for table, keys in tables.items():
            rows = Rows(connection, table, keys)
            toutes = await _toutes(bare, table, rows.key)
            assert toutes, f"{table}: nothing to be seen or not"
            lisibles = await permises(bare, actor, table, rows.key)
            assert await rows.read() == (toutes if lisibles is None else lisibles), table
            au_plus = await modifiables(bare, actor, table, rows.key, toutes if lisibles is None else lisibles)
            for verbe in (rows.change, rows.hold, rows.remove):
                assert await verbe() <= au_plus, (table, verbe.__name__)
    await bare.close()


@pytest.mark.parametrize("actor", [a for a in ACTEURS if a], ids=lambda a: f"{sorted(a.roles)}-{a.organisation_id}")
async def test_the_policies_and_the_queries_agree(hub: Hub, actor: Actor) -> None:
    """What `visible_to` lets through is there without it: neither lock hides what the other shows."""
    await peupler(hub)
    web = Database(hub.app.state.database.url, service="orientation", pool=2)
    for key, visible in (
        (col(OrientationRow.id), orientations_visibles(actor)),
        (col(DossierRow.id), dossiers_visibles(actor)),
        (col(BrouillonRow.code), brouillons_visibles(actor)),
    ):
        async with hub.database.transaction() as session:
            wanted = set((await session.execute(select(key).where(visible))).scalars())
        async with web.transaction(actor) as session:
            assert set((await session.execute(select(key).where(visible))).scalars()) == wanted
            assert set((await session.execute(select(key))).scalars()) >= wanted
    await web.close()


async def test_nobody_adds_a_referral_elsewhere(hub: Hub) -> None:
    await peupler(hub)
    async with hub.database.transaction() as session:
        row = (await session.execute(select(OrientationRow).where(col(OrientationRow.departement) == "67"))).scalar_one()
        modele = row.model_dump() | {"etat": EtatOrientation.retiree.value, "exclusif": False}
    web = Database(hub.app.state.database.url, service="orientation", pool=2)
    for actor in (None, AGENT, AGENT_APPUI, ANIMATEUR, NATIONAL, AUDITEUR):
        with pytest.raises(Exception, match="row-level security"):
            async with web.transaction(actor) as session:
                session.add(OrientationRow(**modele | {"id": new_id()}))
    async with web.transaction(ANIMATEUR_EST) as session:
        session.add(OrientationRow(**modele | {"id": new_id()}))
    await web.close()


async def test_nobody_makes_itself_a_member_elsewhere(hub: Hub) -> None:
    """Nor moves somebody there, nor opens a session, nor asks in anybody's name: that is the hub's own."""
    await peupler(hub)
    fonds, appui = ident("fonds"), ident("appui")
    devient = "INSERT INTO membres (id, partenaire_id, issuer, sub, nom, prenom, courriel, roles, actif)"
    entre = f"{devient} VALUES (gen_random_uuid(), '{{}}', 'https://x.example', 'x', 'N', 'P', '', ARRAY['manager'], true)"
    ouvre = (
        "INSERT INTO sessions (id, empreinte, acteur_id, claims, ouverte_at, vue_at) "
        "VALUES (gen_random_uuid(), '', '{}', '{{}}', now(), now())"
    )
    refused: list[tuple[Actor | None, str]] = [
        (actor, entre.format(fonds)) for actor in ACTEURS if actor not in (MANAGER, ADMINISTRATEUR)
    ]
    refused += [(MANAGER, entre.format(appui)), (MANAGER, f"UPDATE membres SET partenaire_id = '{appui}'")]
    refused += [
        (MANAGER, f"UPDATE clients SET partenaire_id = '{appui}'"),
        (ADMINISTRATEUR, "UPDATE partenaires SET libelle = ''"),
    ]
    refused += [(AGENT, ouvre.format(AGENT.id)), (MANAGER, f"UPDATE adhesions SET partenaire_id = '{appui}'")]
    for actor, statement in refused:
        async with entered(hub.database, actor) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(statement)
    for actor in (MANAGER, ADMINISTRATEUR):
        async with entered(hub.database, actor) as connection:
            await connection.execute(entre.format(fonds))
