"""Without any `visible_to`: what PostgreSQL itself gives each actor of each table, read, held, changed and removed."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from common import audit, sessions_store
from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import EtatOrientation
from common.codes_echanges import ActionLot, Auteur, EtatRendezVous
from common.database import Database
from orientation.adhesions.models import AdhesionRow
from orientation.calendriers.models import CalendrierRow
from orientation.complements.models import ComplementRow
from orientation.comptes.models import CompteRow
from orientation.dispositifs.models import BrouillonRow, DispositifRow, EtatCatalogueRow, SourceRow
from orientation.dispositifs.store import visible_to as brouillons_visibles
from orientation.dossiers.models import DossierRow
from orientation.dossiers.store import visible_to as dossiers_visibles
from orientation.fiches.models import AbsenceRow, FicheRow
from orientation.invitations.models import InvitationRow
from orientation.liens.models import LienRow
from orientation.lots.models import LotRow
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import visible_to as orientations_visibles
from orientation.partenaires.models import ClientRow, MembreRow, OffreRow
from orientation.rendez_vous.models import CreneauRow, RendezVousRow
from orientation.tables import metadata
from orientation.transferts.models import AffectationRow, TransfertRow
from tests.isolation import Rows, entered, tables_of
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
HUB_ALONE = ("jetons_vus", "outbox", "inbox", "relay_state", "dead_letters", "audit_entries")
BY_EDITORS = ("dispositifs_sources", "dispositifs_etat", "dispositifs_brouillons")


def _rendez_vous(orientation_id: UUID, now: datetime) -> list[SQLModel]:
    row = RendezVousRow(
        id=new_id(),
        orientation_id=orientation_id,
        etat=EtatRendezVous.propose.value,
        propose_par=Auteur.partenaire.value,
        propose_at=now,
        creee_at=now,
        modifiee_at=now,
    )
    slot = CreneauRow(id=new_id(), rendez_vous_id=row.id, tour=1, rang=1, debut=now, minutes=30, mode="visio", lieu="ici")
    return [row, slot]


def _calendrier(actor: Actor, now: datetime) -> list[SQLModel]:
    who: dict[str, Any] = {"id": UUID(actor.id), "partenaire_id": actor.organisation_id, "roles": sorted(actor.roles)}
    membre = MembreRow(issuer="x", sub=actor.id, nom="x", prenom="x", courriel="", **who)
    return [
        membre,
        CalendrierRow(membre_id=membre.id, partenaire_id=membre.partenaire_id, empreinte=membre.id.bytes, cree_at=now),
    ]


async def peupler(hub: Hub) -> None:
    """Two cases in two territories, referrals that were sent and one that was not, and a row of everything about each."""
    sud, est = await hub.dossier("34"), await hub.dossier("67", "REL-2026-0002")
    ids = [UUID(await hub.envoyee(sud)), UUID(await hub.brouillon(sud, "appui"))]
    now = utc_now()
    async with hub.database.transaction() as session:
        membres = {row.partenaire_id: row for row in (await session.execute(select(MembreRow))).scalars()}
        modele = (await session.execute(select(OrientationRow).where(col(OrientationRow.id) == ids[0]))).scalar_one()
        ailleurs = modele.model_dump() | {"id": new_id(), "dossier_id": est, "departement": "67", "dispositif": "dla"}
        session.add(OrientationRow(**ailleurs | {"partenaire_id": ident("appui"), "consentement_id": None}))
        await session.flush()
        ids.append(ailleurs["id"])
        for orientation_id in ids:
            session.add(ComplementRow(id=new_id(), orientation_id=orientation_id, question="?", posee_at=now))
            transfert: dict[str, Any] = {
                "partenaire_id": ident("appui"),
                "dispositif": "dla",
                "motif": "autre",
                "propose_at": now,
            }
            session.add(TransfertRow(id=new_id(), orientation_id=orientation_id, **transfert))
            session.add(
                LienRow(id=new_id(), orientation_id=orientation_id, partenaire_id=ident("fonds"), cree_at=now, expire_at=now)
            )
            session.add(AffectationRow(id=new_id(), orientation_id=orientation_id, par="x", at=now))
            for row in _rendez_vous(orientation_id, now):
                session.add(row)
                await session.flush()
        for code in ("fonds", "appui"):
            session.add(FicheRow(partenaire_id=ident(code), modifiee_at=now))
            session.add(OffreRow(partenaire_id=ident(code), dispositif="dla"))
            change: dict[str, Any] = {"sub": "autre", "ancien_sub": "x", "etat": "en_attente", "demande_at": now}
            session.add(CompteRow(id=new_id(), partenaire_id=ident(code), membre_id=membres[ident(code)].id, **change))
            jour = date(2030, 1, 1)
            session.add(AbsenceRow(id=new_id(), partenaire_id=ident(code), du=jour, au=jour + timedelta(days=1)))
            deux: dict[str, Any] = {"partenaire_id": ident(code), "issuer": "https://x.example"}
            session.add(ClientRow(id=new_id(), client_id=f"si-{code}", **deux))
            session.add(AdhesionRow(id=new_id(), sub=code, nom="", courriel="", etat="en_attente", demandee_at=now, **deux))
            invitee: dict[str, Any] = {"courriel": "", "roles": ["agent"], "par": "x", "cree_at": now, "expire_at": now}
            session.add(InvitationRow(id=new_id(), partenaire_id=ident(code), **invitee))
        for actor in (AGENT, AGENT_APPUI, ANIMATEUR):
            for row in _calendrier(actor, now):
                session.add(row)
                await session.flush()
            await sessions_store.open_session(session, actor, now)
            session.add(LotRow(id=new_id(), acteur_id=actor.id, action=ActionLot.relancer.value, lignes=[], at=now))
        publie: dict[str, Any] = {
            "contenu": {},
            "empreinte": "0" * 64,
            "origine": "fichier",
            "publie_par": "x",
            "publie_at": now,
        }
        session.add(DispositifRow(code="dla", version=99, **publie))
        session.add(BrouillonRow(code="dla", texte="x", depuis=1, modifie_par="x", modifie_at=now))
        session.add(SourceRow(cle="une", document="x"))
        await session.merge(EtatCatalogueRow(id=1, jeton=new_id()))
        await audit.write(session, "orientation", AGENT, "essai.lire", ids[0], now=now)
    assert set(membres) >= {ident("fonds"), ident("appui")}
    bare = await hub.database.connect()
    await bare.execute(f"""
        INSERT INTO idempotence (actor_id, cle, empreinte, status, body)
            VALUES ('{AGENT.id}', 'une-cle-a', '', 200, ''), ('{AGENT_APPUI.id}', 'une-cle-b', '', 200, '');
        INSERT INTO relay_state VALUES ('X', 'x');
        INSERT INTO jetons_vus VALUES ('x', now());
        INSERT INTO inbox (consumer, event_id) VALUES ('x', gen_random_uuid());
        INSERT INTO dead_letters (consumer, event_id, subject, body, reason, tries) VALUES ('x', 'x', 'x', '{{}}', 'x', 5)
    """)
    await bare.close()


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
