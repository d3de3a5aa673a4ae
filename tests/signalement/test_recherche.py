"""Looking for a case: by name, number or reference, within one's territory, and never in an address."""

from uuid import UUID

import pytest
import structlog.testing
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from common.database import Database
from common.limites import Limite, Quota
from common.recherche import RESULTATS_MAX
from signalement.recherche.domain import MOTS_MAX, identifiant, mots
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, texte

RECHERCHE = "/signalement/recherche"
API = "/signalement/api/v1/dossiers/recherche"


@given(st.text(max_size=100))
def test_anything_may_be_typed(saisie: str) -> None:
    assert len(mots(saisie)) <= MOTS_MAX
    assert isinstance(identifiant(saisie), UUID | None)


@pytest.mark.parametrize("saisie", ["732829320", "732 829 320", "732.829.320", "732 829 320 00074", " 73282932000074"])
def test_a_number_is_one_word_however_it_is_spaced(saisie: str) -> None:
    assert mots(saisie) == ("732829320",)


@pytest.mark.parametrize(
    "saisie",
    [
        "étang",
        "JARDINS etang",
        "jardins de l’étang",
        "73282",
        "732 829 320",
        "reference",
        "debut",
        "sans tirets",
        "identifiant",
    ],
)
async def test_a_case_is_found_by_what_people_know_of_it(ouvrir: Ouvrir, signalement_db: Database, saisie: str) -> None:
    voulu = await f.deposer(signalement_db)
    autre = await f.deposer(signalement_db, association={"nom": "Autre chose", "siren": None, "siret": None, "rna": None})
    demande = {
        "reference": voulu.reference,
        "debut": voulu.reference[:6].lower(),
        "sans tirets": voulu.reference.replace("-", "").lower(),
        "identifiant": str(voulu.id),
    }.get(saisie, saisie)
    page = await ouvrir(f.ANIMATEUR).post(RECHERCHE, data={"recherche": demande})
    assert page.status_code == 200
    assert f"/signalement/dossiers/{voulu.id}" in page.text
    assert f"/signalement/dossiers/{autre.id}" not in page.text
    assert (await actions(signalement_db))[-1] == "dossiers.lister"


async def test_another_territory_finds_nothing(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    browser = ouvrir(f.AUTRE_ANIMATEUR)
    for saisie in ("étang", "732829320", dossier.reference, str(dossier.id)):
        page = await browser.post(RECHERCHE, data={"recherche": saisie})
        assert "Aucun dossier de votre territoire ne correspond" in texte(page)
        assert f"/dossiers/{dossier.id}" not in page.text
        found = (await browser.post(API, json={"recherche": saisie})).json()
        assert found == {"elements": [], "suivant": None}


@pytest.mark.parametrize("actor", [None, f.AGENT, f.dirigeant(UUID(int=1))])
async def test_nobody_else_may_look(ouvrir: Ouvrir, signalement_db: Database, actor: Actor | None) -> None:
    await f.deposer(signalement_db)
    browser = ouvrir(actor)
    for answer in (
        await browser.post(RECHERCHE, data={"recherche": "étang"}),
        await browser.post(API, json={"recherche": "étang"}),
        await browser.get(RECHERCHE),
    ):
        assert answer.status_code in (303, 401, 403)
        assert "Étang" not in answer.text


async def test_an_address_looks_for_nothing(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await f.deposer(signalement_db)
    browser = ouvrir(f.ANIMATEUR)
    page = await browser.get(RECHERCHE, params={"recherche": "étang"})
    assert page.status_code == 200
    assert "Les Jardins" not in page.text
    everything = await browser.get("/signalement/dossiers", params={"recherche": "introuvable"})
    assert "Les Jardins" in everything.text
    assert 'name="recherche"' not in everything.text.replace('method="post"', "").split("<main")[1]


async def test_at_most_twenty_are_shown(ouvrir: Ouvrir, signalement_db: Database) -> None:
    for _ in range(RESULTATS_MAX + 1):
        await f.deposer(signalement_db)
    page = await ouvrir(f.ANIMATEUR).post(RECHERCHE, data={"recherche": "étang"})
    assert page.text.count('class="relais-carte"') == RESULTATS_MAX
    assert "Précisez votre recherche" in texte(page)
    found = (await ouvrir(f.ANIMATEUR).post(API, json={"recherche": "étang"})).json()
    assert len(found["elements"]) == RESULTATS_MAX
    assert found["suivant"]


async def test_what_is_wrong_is_kept_and_said(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(f.ANIMATEUR)
    for saisie in ("x" * 101, "a", "", " "):
        page = await browser.post(RECHERCHE, data={"recherche": saisie})
        assert page.status_code == 422
        assert f'value="{saisie}"' in page.text or not saisie.strip()
    for saisie in ("%%", "__", "'; --", "\x00xy"):
        assert (await browser.post(RECHERCHE, data={"recherche": saisie})).status_code == 200


async def test_a_person_searches_so_often(app: FastAPI, ouvrir: Ouvrir, signalement_db: Database) -> None:
    app.state.limite_recherche = Limite(Quota(3, nom="recherche"))
    browser = ouvrir(f.ANIMATEUR)
    for _ in range(2):
        assert (await browser.post(RECHERCHE, data={"recherche": "étang"})).status_code == 200
    assert (await browser.post(API, json={"recherche": "étang"})).status_code == 200
    refus = await browser.post(RECHERCHE, data={"recherche": "étang"})
    assert refus.status_code == 429
    assert int(refus.headers["retry-after"]) > 0
    assert (await ouvrir(f.AUTRE_ANIMATEUR).post(RECHERCHE, data={"recherche": "étang"})).status_code == 200


async def test_no_log_has_what_was_typed(ouvrir: Ouvrir, signalement_db: Database) -> None:
    with structlog.testing.capture_logs() as lignes:
        await ouvrir(f.ANIMATEUR).post(RECHERCHE, data={"recherche": "Jardins secrets"})
    assert lignes
    assert "secrets" not in repr(lignes)
