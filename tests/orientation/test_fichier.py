"""The directory as one JSON list: sheets and absences come with it, and it leaves alone what a manager set in the portal."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from common.calendrier import date_locale
from common.clock import utc_now
from common.database import Database
from common.errors import DonneeInvalide
from orientation.donnees.fichier import importer_liste
from orientation.fiches import store as fiches
from orientation.fiches.domain import AbsenceChevauche
from orientation.partenaires import offres_store
from orientation.partenaires.domain import Delais
from tests.orientation.monde import ISSUER, MANAGER, Hub, ident, organisation
from tests.orientation.test_annuaire import DEMO
from tests.orientation.test_fiches import ICI
from tests.orientation.test_pages import envoyer

FICHE = {"presentation": "Des prêts.", "horaires": "Mo-Fr 09:00-12:00", "commune": "Sète"}
OFFRE = {"dispositif": "trajectoire", "capacite": 10, "periode": "annee", "delai_reponse": 9}
FONDS = organisation("fonds", "france_active", ["34", "67", "974"], ["trajectoire"], ["manager"]) | {
    "delai_jours_ouvres": 7,
    "delai_lecture": 3,
    "offres": [OFFRE],
    "fiche": FICHE,
}
APPUI = organisation("appui", "dla", ["34"], ["dla"], [])
LECTURE = {
    "partenaires": "SELECT delai_jours_ouvres, delai_lecture FROM partenaires WHERE id = :id",
    "offres": "SELECT capacite, periode, delai_reponse FROM offres WHERE partenaire_id = :id",
    "fiches": "SELECT presentation, horaires, commune FROM fiches WHERE partenaire_id = :id",
}


async def charge(database: Database, *organisations: dict[str, Any]) -> int:
    async with database.transaction() as session:
        return await importer_liste(session, json.dumps(organisations).encode(), ISSUER, utc_now())


async def dit(database: Database, table: str) -> tuple[Any, ...]:
    async with database.transaction() as session:
        return tuple((await session.execute(text(LECTURE[table]), {"id": ident("fonds")})).one())


async def test_a_sheet_comes_with_its_organisation_and_a_file_corrects_it(orientation_db: Database) -> None:
    assert await charge(orientation_db, FONDS) == 1
    assert await dit(orientation_db, "fiches") == ("Des prêts.", "Mo-Fr 09:00-12:00", "Sète")
    assert await charge(orientation_db, FONDS) == 0
    assert await charge(orientation_db, FONDS | {"fiche": {"commune": "Agde"}}) == 1
    assert await dit(orientation_db, "fiches") == ("Des prêts.", "Mo-Fr 09:00-12:00", "Agde")


@pytest.mark.parametrize(
    ("adresse", "saisie", "table", "attendu"),
    [
        ("engagement", {"delai_jours_ouvres": "4", "delai_lecture": ""}, "partenaires", (4, None)),
        ("offres/trajectoire", {"capacite": "2", "periode": "mois"}, "offres", (2, "mois", None)),
        ("offres/trajectoire", {}, "offres", (None, None, None)),
        ("fiche", {"presentation": "Le nôtre.", "version": "1"}, "fiches", ("Le nôtre.", "Mo-Fr 09:00-12:00", "")),
        ("horaires", {"lundi": "14h-16h", "version": "1"}, "fiches", ("Des prêts.", "Mo 14:00-16:00", "Sète")),
    ],
)
async def test_what_a_manager_set_in_the_portal_wins_over_the_file(
    hub: Hub, adresse: str, saisie: dict[str, str], table: str, attendu: tuple[Any, ...]
) -> None:
    await charge(hub.database, FONDS)
    avant = {nom: await dit(hub.database, nom) for nom in LECTURE}
    reponse = await envoyer(hub, MANAGER, f"{ICI}/{adresse}", saisie)
    assert reponse.status_code == 303, reponse.text
    for fichier in (FONDS, FONDS | {"nom": "Un autre nom"}):
        await charge(hub.database, fichier)
        assert await dit(hub.database, table) == attendu
    # What the manager did not touch is still the file's.
    assert {nom: await dit(hub.database, nom) for nom in LECTURE if nom != table} == {
        nom: valeurs for nom, valeurs in avant.items() if nom != table
    }
    assert (await hub.get(None, f"/api/v1/partenaires/{ident('fonds')}")).json()["libelle"] == "Un autre nom"


async def test_deadlines_follow_the_manager_after_the_file_is_loaded_again(hub: Hub) -> None:
    await charge(hub.database, FONDS | {"offres": []})
    await envoyer(hub, MANAGER, f"{ICI}/engagement", {"delai_jours_ouvres": "2", "delai_lecture": "1"})
    await envoyer(hub, MANAGER, f"{ICI}/offres/trajectoire", {"delai_reponse": "3"})
    await charge(hub.database, FONDS)
    async with hub.database.transaction() as session:
        assert await offres_store.delais(session, ident("fonds"), "trajectoire") == Delais(1, 3)


async def test_an_absence_is_counted_from_the_loading_and_taken_once(orientation_db: Database) -> None:
    absence = {"dans": -1, "jours": 3, "remplacant": "appui"}
    jour = date_locale(utc_now(), "34")
    await charge(orientation_db, FONDS | {"absences": [absence]}, APPUI)
    async with orientation_db.transaction() as session:
        absents = await fiches.absents(session, "34", jour)
        found = absents[ident("fonds")]
        assert (found.absence.du, found.absence.au) == (jour - timedelta(1), jour + timedelta(1))
        assert found.remplacant
        assert found.remplacant.id == ident("appui")
        await session.execute(text("DELETE FROM absences"))
    await charge(orientation_db, FONDS | {"absences": [absence]}, APPUI)
    async with orientation_db.transaction() as session:
        assert await fiches.absents(session, "34", jour) == {}


@pytest.mark.parametrize(
    "absences",
    [
        [{"dans": -9, "jours": 2}],
        [{"dans": 0, "jours": 5}, {"dans": 4, "jours": 1}],
        [{"dans": 0, "jours": 5, "remplacant": "fonds"}],
        [{"dans": 0, "jours": 5, "remplacant": "personne"}],
    ],
)
async def test_an_absence_that_cannot_be_stops_the_whole_file(orientation_db: Database, absences: list[Any]) -> None:
    with pytest.raises((DonneeInvalide, AbsenceChevauche)):
        await charge(orientation_db, APPUI, FONDS | {"absences": absences})
    async with orientation_db.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM partenaires"))).scalar_one() == 0


@pytest.mark.parametrize("fiche", [{"horaires": "le matin"}, {"siret": "123"}, {"presentation": "x" * 1001}])
async def test_a_bad_sheet_is_refused(orientation_db: Database, fiche: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        await charge(orientation_db, FONDS | {"fiche": fiche})


async def test_the_demonstration_declares_places_sheets_and_an_absence(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        await importer_liste(session, DEMO.read_bytes(), ISSUER, utc_now())
        places = await offres_store.places_par_offre(session, utc_now())
        assert 0.4 < sum(p is not None for p in places.values()) / len(places) < 0.6
        assert any(p.is_atteinte for p in places.values() if p)
        absents = await fiches.absents(session, "34", date_locale(utc_now(), "34"))
        (absent,) = absents.values()
        assert absent.remplacant
    document = (await hub.get(None, "/api/v1/annuaire/data-inclusion?departement=34")).json()
    assert document["nombre_ecartees"] == 0
    assert sum("horaires_accueil" in s for s in document["structures"]) >= 12
