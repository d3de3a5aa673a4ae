"""From files to versions: loading is idempotent, what the portal published wins, and every process knows within a request."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.actor import Actor, Role
from common.clock import utc_now
from common.database import Database
from orientation.dispositifs import store
from orientation.dispositifs.courant import courant, libelle_dispositif
from orientation.dispositifs.format import Document
from orientation.dispositifs.lecture import Catalogue, catalogue_des_fichiers
from orientation.dispositifs.models import Origine
from orientation.dispositifs.service import Bilan, annoncer, charger_catalogue, nouvelle, publier_les_fichiers

FICHIERS = catalogue_des_fichiers()
AGENT = Actor(id="membre-1", roles=frozenset({Role.animateur, Role.catalogue}))


def avec(libelle: str) -> Catalogue:
    """The files, where the DLA is called otherwise."""
    dla = FICHIERS.fiches["dla"].model_copy(update={"libelle": libelle})
    return replace(FICHIERS, fiches={**FICHIERS.fiches, "dla": dla})


async def charger(database: Database, catalogue: Catalogue = FICHIERS) -> Bilan:
    async with database.transaction() as session:
        return await charger_catalogue(session, catalogue, utc_now())


async def du_portail(database: Database, libelle: str) -> None:
    async with database.transaction() as session:
        await store.verrouiller(session)
        row = nouvelle(avec(libelle).fiches["dla"], (await store.newest(session))["dla"], AGENT, Origine.portail, utc_now())
        await store.publier(session, [row])
        await annoncer(session, [row], AGENT, utc_now())


async def lu(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.transaction() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_files_are_published_once_each_with_its_event_and_its_entry(orientation_db: Database) -> None:
    await publier_les_fichiers(orientation_db, utc_now)
    assert await charger(orientation_db) == Bilan((), ())
    codes = sorted(FICHIERS.fiches)
    assert await lu(orientation_db, "SELECT code, version, origine FROM dispositifs ORDER BY code") == [
        (c, 1, "fichier") for c in codes
    ]
    publies = "SELECT aggregate_id FROM outbox WHERE subject = 'relais.orientation.dispositif.publie.v1' ORDER BY aggregate_id"
    assert [code for (code,) in await lu(orientation_db, publies)] == codes
    assert await lu(orientation_db, "SELECT count(*) FROM audit_entries WHERE action = 'dispositif.publier'") == [(len(codes),)]


async def test_two_workers_that_start_together_publish_once(orientation_db: Database) -> None:
    bilans = await asyncio.gather(charger(orientation_db), charger(orientation_db))
    assert sorted(len(bilan.publies) for bilan in bilans) == [0, len(FICHIERS.fiches)]


async def test_a_changed_file_is_a_new_version_and_the_older_one_stays(orientation_db: Database) -> None:
    await charger(orientation_db)
    assert await charger(orientation_db, avec("DLA 2")) == Bilan(("dla",), ())
    # Going back to what was published before is a publication like any other.
    assert await charger(orientation_db) == Bilan(("dla",), ())
    async with orientation_db.transaction() as session:
        assert [(row.version, row.contenu["libelle"]) for row in await store.versions(session, "dla")] == [
            (3, FICHIERS.fiches["dla"].libelle),
            (2, "DLA 2"),
            (1, FICHIERS.fiches["dla"].libelle),
        ]


async def test_a_file_never_overwrites_the_portal_but_is_put_forward_as_a_draft(orientation_db: Database) -> None:
    await charger(orientation_db)
    await du_portail(orientation_db, "DLA du portail")
    assert await charger(orientation_db) == Bilan((), ())
    assert await charger(orientation_db, avec("DLA du fichier")) == Bilan((), ("dla",))
    assert await charger(orientation_db, avec("DLA du fichier")) == Bilan((), ())
    async with orientation_db.transaction() as session:
        assert (await courant(session)).fiche("dla").libelle == "DLA du portail"
        brouillon = await store.brouillon(session, AGENT, "dla")
    assert brouillon is not None
    assert (brouillon.depuis, brouillon.modifie_par) == (2, "relais")
    assert "libelle: DLA du fichier" in brouillon.texte


async def test_a_draft_that_somebody_writes_is_left_alone_by_the_files(orientation_db: Database) -> None:
    await charger(orientation_db)
    await du_portail(orientation_db, "DLA du portail")
    async with orientation_db.transaction() as session:
        await store.enregistrer(session, "dla", "à moi", depuis=2, version=0, par="membre-1", now=utc_now())
    assert await charger(orientation_db, avec("DLA du fichier")) == Bilan((), ())
    assert await lu(orientation_db, "SELECT texte FROM dispositifs_brouillons") == [("à moi",)]


async def test_what_is_published_is_current_at_the_next_reading(orientation_db: Database) -> None:
    async with orientation_db.transaction() as session:
        assert (await courant(session)).version("dla") == 1
    await charger(orientation_db)
    async with orientation_db.transaction() as session:
        premier = await courant(session)
        assert await courant(session) is premier
        assert premier.dispositifs == {d.code: d for d in FICHIERS.dispositifs()}
    await du_portail(orientation_db, "DLA du portail")
    async with orientation_db.transaction() as session:
        suivant = await courant(session)
    assert (suivant.version("dla"), suivant.fiche("dla").libelle) == (2, "DLA du portail")
    assert suivant.version("nulle-part") is None
    assert libelle_dispositif("dla") == "DLA du portail"
    assert libelle_dispositif("nulle-part") == "nulle-part"


async def test_a_corrected_source_is_current_too(orientation_db: Database) -> None:
    await charger(orientation_db)
    corrige = {**FICHIERS.documents, "rtes": Document(document="RTES", date="2025-07")}
    assert await charger(orientation_db, replace(FICHIERS, documents=corrige)) == Bilan((), ())
    async with orientation_db.transaction() as session:
        assert (await courant(session)).documents["rtes"].date == "2025-07"


@pytest.mark.parametrize("statement", ["UPDATE dispositifs SET version = 9", "DELETE FROM dispositifs"])
async def test_a_published_version_never_changes(orientation_db: Database, statement: str) -> None:
    await charger(orientation_db)
    with pytest.raises(DBAPIError, match="only ever added to"):
        await lu(orientation_db, statement)
