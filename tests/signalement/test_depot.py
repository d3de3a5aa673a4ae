"""The form in steps, without a script: what was typed is kept, and sending it twice opens one case."""

import re
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from common.database import Database
from signalement.signalements.models import Association, Declarant, Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import evenements, texte

BASE = "/signalement/signaler"
VOUS = {"origine": "self"}
ASSOCIATION = {"nom": "Café des Possibles", "code_postal": "34000", "commune": "Montpellier", "numero": "732 829 320"}
SITUATION = {"indicateurs": ["deficit_recurrent"], "etp": "6,5", "budget": "320 000", "besoin": "Deux\r\nlignes"}
CONTACT = {
    "prenom": "Maëlle",
    "nom": "Ferrand",
    "fonction": "présidente",
    "courriel": "m.ferrand@cafe.example",
    "telephone": "04 99 00 12 34",
}
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("vous", VOUS),
    ("association", ASSOCIATION),
    ("situation", SITUATION),
    ("contact", CONTACT),
]


async def fill(browser: httpx2.AsyncClient, **changes: dict[str, str]) -> httpx2.Response:
    """Type every step, with these changes, and come to the last page."""
    for number, (etape, values) in enumerate(STEPS):
        response = await browser.post(f"{BASE}/{etape}", data=values | changes.get(etape, {}))
        suite = STEPS[number + 1][0] if number < 3 else "verification"
        assert (response.status_code, response.headers.get("location")) == (303, f"{BASE}/{suite}"), texte(response)
    return await browser.get(f"{BASE}/verification")


async def test_a_form_filled_in_steps_opens_a_case(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    recap = await fill(browser)
    shown = texte(recap).replace("\u00a0", " ").replace("\u202f", " ")
    for part in ("Café des Possibles", "732 829 320", "320 000 €", "6,5 ETP", "04 99 00 12 34", "Hérault"):
        assert part in shown
    sent = await browser.post(f"{BASE}/verification")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{BASE}/envoye")
    page = texte(await browser.get(f"{BASE}/envoye"))
    reference = re.search(r"R-\w{4}-\w{4}", page)
    assert reference
    async with signalement_db.transaction() as session:
        dossier = (await session.exec(select(Dossier))).one()
        association = (await session.exec(select(Association))).one()
    assert dossier.reference == reference.group()
    assert (dossier.etp, dossier.budget, dossier.departement) == (6.5, 320_000, "34")
    assert association.siren == "732829320"
    events = await evenements(signalement_db)
    assert [event.fact for event in events] == ["depose", "entree", "demande"]
    assert events[2].modele == "acces"


async def test_sending_twice_opens_one_case(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    await fill(browser)
    for _ in range(2):
        assert (await browser.post(f"{BASE}/verification")).headers["location"] == f"{BASE}/envoye"
    async with signalement_db.transaction() as session:
        assert len((await session.exec(select(Dossier))).all()) == 1


async def test_the_next_form_begins_empty(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    await fill(browser)
    await browser.post(f"{BASE}/verification")
    assert "Café des Possibles" not in (await browser.get(f"{BASE}/association")).text
    assert (await browser.get(f"{BASE}/verification")).headers["location"] == f"{BASE}/vous"


async def test_a_step_keeps_what_was_typed_also_when_one_comes_back(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    await fill(browser)
    page = (await browser.get(f"{BASE}/situation")).text
    assert 'value="320 000"' in page
    assert re.search(r'value="deficit_recurrent"[^>]*checked', page)


@pytest.mark.parametrize(
    ("etape", "values", "said"),
    [
        ("vous", {}, "Dites-nous qui vous êtes."),
        ("vous", {"origine": "tiers", "tiers_nom": "Ana"}, "Cette information est nécessaire"),
        ("association", ASSOCIATION | {"numero": "732829321"}, "Vérifiez ce numéro"),
        ("association", ASSOCIATION | {"rna": "34"}, "Le numéro RNA commence par W"),
        ("association", ASSOCIATION | {"code_postal": "99999"}, "Le code postal compte cinq chiffres"),
        ("association", ASSOCIATION | {"code_postal": "01200"}, "choisissez le vôtre"),
        ("situation", SITUATION | {"etp": "beaucoup"}, "Saisissez un nombre"),
        ("contact", CONTACT | {"courriel": "m.ferrand"}, "Indiquez une adresse électronique complète"),
    ],
)
async def test_a_mistake_is_shown_with_what_was_typed(ouvrir: Ouvrir, etape: str, values: dict[str, str], said: str) -> None:
    response = await ouvrir(None).post(f"{BASE}/{etape}", data=values)
    assert response.status_code == 422
    assert said in texte(response)
    for name, value in values.items():
        if name in ("nom", "numero", "courriel", "rna", "tiers_nom"):
            assert f'value="{value}"' in response.text


async def test_a_shared_postal_code_asks_which_departement(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    first = await browser.post(f"{BASE}/association", data=ASSOCIATION | {"code_postal": "01200"})
    assert '<option value="74"' in first.text
    await fill(browser, association={"code_postal": "01200", "departement": "74"})
    await browser.post(f"{BASE}/verification")
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Dossier.departement))).one() == "74"


async def test_a_third_party_says_who_and_why_and_the_association_is_told(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    tiers = {"origine": "tiers", "tiers_nom": "Ana Roux", "tiers_courriel": "ana@roux.example", "tiers_motif": "Bénévole."}
    # What another answer would have asked is left out, whatever a browser without script sends with it.
    recap = await fill(browser, vous=tiers | {"partenaire_courriel": "pas une adresse"})
    assert "Ana Roux" in texte(recap)
    await browser.post(f"{BASE}/verification")
    async with signalement_db.transaction() as session:
        declarant = (await session.exec(select(Declarant))).one()
        dossier = (await session.exec(select(Dossier))).one()
    assert (declarant.nom, dossier.motif_tiers) == ("Ana Roux", "Bénévole.")
    mail = (await evenements(signalement_db))[-1]
    assert (mail.modele, mail.dossier_id) == ("signale_par_autrui", dossier.id)
    page = texte(await ouvrir(f.dirigeant(dossier.id)).get("/signalement/espace"))
    assert "Ana Roux" in page
    assert "Bénévole." in page


async def test_another_browser_sees_nothing_of_it(ouvrir: Ouvrir) -> None:
    await fill(ouvrir(None))
    other = ouvrir(None)
    other.cookies.set("relais-brouillon", "devine")
    assert "Café des Possibles" not in (await other.get(f"{BASE}/association")).text


async def test_what_was_typed_can_be_erased(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    await fill(browser)
    assert (await browser.post(f"{BASE}/effacer")).headers["location"] == "/signalement/"
    assert (await browser.get(f"{BASE}/verification")).headers["location"] == f"{BASE}/vous"


async def test_the_home_page_offers_two_ways_in(ouvrir: Ouvrir) -> None:
    page = (await ouvrir(None).get("/signalement/")).text
    assert 'href="/signalement/signaler"' in page
    assert 'href="/orientation/connexion"' in page


async def test_an_unknown_step_is_no_page(ouvrir: Ouvrir) -> None:
    assert (await ouvrir(None).get(f"{BASE}/inconnue")).status_code == 404
