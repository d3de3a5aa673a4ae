"""Without any `visible_to`: what PostgreSQL itself lets each actor read, hold, change, add and remove in each table."""

import asyncpg
import pytest
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from common.actor import SYSTEM, Actor, Role
from common.database import Database
from signalement.consentements import store as consentements
from signalement.consentements.models import Consentement
from signalement.recuperations import store as recuperations
from signalement.recuperations.models import Recuperation
from signalement.signalements import store as signalements
from signalement.signalements.models import Dossier
from tests.conftest import service_url
from tests.isolation import Droits, common_rights, demand, entered, tables_of
from tests.signalement.monde import CELLULE_EST, Monde, peupler

OF_A_CASE = (
    *("associations", "contacts", "declarants", "orientations", "diagnostics", "consentements", "documents"),
    *("messages", "acces", "personnes"),
)
# Where each regional cell of these tests works, and its animateurs.
OCCITANIE, EST = "('34', '30', '48')", "('67', '68')"


def droits(actor: Actor | None, monde: Monde) -> dict[str, Droits]:
    """What each table is to let this actor do, said anew and not by the policies."""
    rights: dict[str, Droits] = common_rights(actor) | {key: {"read": "true"} for key in ("partenaires", "dispositifs")}
    if actor is None:
        return rights
    if actor.has(Role.dirigeant):
        sessions = f"acteur_id = '{actor.id}'"
        rights["sessions"] = {"read": sessions, "hold": sessions, "change": sessions}
        cas = next((c for c in (monde.ici, monde.ailleurs) if c.id == actor.dossier_id), None)
        if cas and actor.id in {f"dirigeant:{cas.id}", f"dirigeant:{cas.correspondante}"}:
            rights |= _of_the_association(actor)
    if actor.has(Role.animateur):
        rights |= _of_the_cell(OCCITANIE if "34" in actor.departements else EST, actor)
    if actor == monde.acteurs()["manager of the cell"] or actor.id == f"manager-{CELLULE_EST}":
        rights |= _of_its_manager(EST if actor.organisation_id == CELLULE_EST else OCCITANIE)
    return rights


def _of_the_association(actor: Actor) -> dict[str, Droits]:
    """Its own case, and of changes of address each person its own."""
    sien = f"dossier_id = '{actor.dossier_id}'"
    own: dict[str, Droits] = {table: {"read": sien} for table in OF_A_CASE}
    pieces = f"document_id IN (SELECT id FROM documents WHERE {sien})"
    adresse = f"'dirigeant:' || personne_id = '{actor.id}'"
    return own | {
        "audit_entries": {"read": sien, "add": "true"},
        "dossiers": {"read": f"id = '{actor.dossier_id}'", "hold": f"id = '{actor.dossier_id}'"},
        "consentements": {"read": sien, "hold": sien, "change": sien},
        "personnes": {"read": sien, "hold": sien, "change": sien, "add": sien},
        "documents": {"read": sien, "hold": sien, "change": sien, "add": sien},
        "documents_morceaux": {"read": pieces, "add": pieces},
        "messages": {"read": sien, "add": f"{sien} AND auteur_id = '{actor.id}'"},
        "acces": {"read": sien, "add": sien},
        "recuperations": {"read": adresse, "hold": adresse, "change": adresse},
    }


def _of_the_cell(departements: str, actor: Actor) -> dict[str, Droits]:
    """The cases of the territory: read whole, qualified, closed and written to; ledger and files are the association's."""
    ici = f"dossier_id IN (SELECT id FROM dossiers WHERE departement IN {departements})"
    own: dict[str, Droits] = {table: {"read": ici} for table in OF_A_CASE}
    la = f"departement IN {departements}"
    return own | {
        "audit_entries": {"read": ici, "add": "true"},
        "dossiers": {"read": la, "hold": la, "change": la},
        "personnes": {"read": ici, "hold": ici},
        "documents_morceaux": {"read": f"document_id IN (SELECT id FROM documents WHERE {ici})"},
        "messages": {"read": ici, "add": f"{ici} AND auteur_id = '{actor.id}'"},
        "acces": {"read": ici, "add": ici},
        "recuperations": {"read": ici, "hold": ici, "change": ici, "add": ici},
    }


def _of_its_manager(departements: str) -> dict[str, Droits]:
    """Changes of address in its territory, whose they are and in which case."""
    ici = f"dossier_id IN (SELECT id FROM dossiers WHERE departement IN {departements})"
    touches = f"id IN (SELECT personne_id FROM recuperations WHERE {ici})"
    return {
        "recuperations": {"read": ici, "hold": ici, "change": ici},
        "personnes": {"read": touches, "hold": touches},
        "dossiers": {"read": f"id IN (SELECT dossier_id FROM recuperations) AND departement IN {departements}"},
    }


async def test_the_database_itself_lets_each_do_what_is_its_own_only(signalement_db: Database) -> None:
    monde = await peupler(signalement_db)
    for actor in monde.acteurs().values():
        await demand(signalement_db, actor, droits(actor, monde))


async def test_the_hub_itself_sees_every_row(signalement_db: Database) -> None:
    await peupler(signalement_db)
    async with entered(signalement_db, SYSTEM) as hub:
        for table in await tables_of(signalement_db):
            assert await hub.fetchval(f"SELECT count(*) FROM {table}"), table


async def test_the_policies_and_the_queries_agree(signalement_db: Database) -> None:
    """What `visible_to` lets through is there without it: neither lock hides what the other shows."""
    monde = await peupler(signalement_db)
    web = Database(service_url(signalement_db), service="signalement", pool=2)
    for name, actor in monde.acteurs().items():
        if actor is None:
            continue
        conditions: tuple[tuple[type[Dossier | Consentement | Recuperation], ColumnElement[bool]], ...] = (
            (Dossier, signalements.visible_to(actor)),
            (Consentement, consentements.visible_to(actor)),
            (Recuperation, recuperations.visible_to(actor)),
        )
        for table, visible in conditions:
            query = select(col(table.id)).where(visible)
            if table is Recuperation:
                query = query.join(Dossier, col(Dossier.id) == col(Recuperation.dossier_id))
            async with signalement_db.transaction() as session:
                wanted = set((await session.exec(query)).all())
            async with web.transaction(actor) as session:
                assert set((await session.exec(query)).all()) == wanted, name
                assert set((await session.exec(select(col(table.id)))).all()) >= wanted, name
    await web.close()


async def test_a_case_changes_neither_its_territory_nor_its_people_their_case(signalement_db: Database) -> None:
    monde = await peupler(signalement_db)
    moves = {
        "animatrice": "UPDATE dossiers SET departement = '67'",
        "dirigeante": f"UPDATE personnes SET dossier_id = '{monde.ailleurs.id}' WHERE NOT responsable",
        "manager of the cell": "UPDATE personnes SET courriel = 'm@x.example'",
    }
    for name, move in moves.items():
        async with entered(signalement_db, monde.acteurs()[name]) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(move)


async def test_equal_numbers_elsewhere_are_told_to_whoever_has_the_case(signalement_db: Database) -> None:
    """The only thing that anybody learns of another territory: that there is a case, and no name."""
    monde = await peupler(signalement_db)
    told = {}
    for name, actor in monde.acteurs().items():
        async with entered(signalement_db, actor) as connection:
            rows = await connection.fetch("SELECT * FROM doublons_ailleurs($1)", monde.ici.id)
            told[name] = {row["id"] for row in rows}
            assert all(set(row.keys()) <= {"id", "reference", "departement", "etat", "meme_siren", "meme_rna"} for row in rows)
    assert told.pop("animatrice") == {monde.ailleurs.id}
    assert set().union(*told.values()) == set()
