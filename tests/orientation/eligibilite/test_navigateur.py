"""The simulator in a real browser, with and without the mouse, on a telephone, a screen and paper."""

import os

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import LARGEURS, surveillee
from tests.orientation.site import Site, montrer


def repondre(page: Page, **reponses: str) -> str:
    """Answer the question that is shown; returns its code."""
    champ = page.locator("input[name=question]").get_attribute("value") or ""
    valeur = reponses.get(champ)
    if valeur is None:
        page.get_by_role("button", name="Je ne sais pas").click()
        return champ
    cases = page.locator(f"input[type=radio][name={champ}], input[type=checkbox][name={champ}]")
    if cases.count():
        page.locator(f"input[name={champ}][value={valeur}]").check()
    elif page.locator(f"select[name={champ}]").count():
        page.locator(f"select[name={champ}]").select_option(valeur)
    else:
        page.locator(f"input[type=text][name={champ}]").fill(valeur)
    page.get_by_role("button", name="Continuer").click()
    return champ


REPONSES = {"statut": "association", "departement": "34", "etp": "5", "risque_cessation": "oui", "mois_avant_cessation": "4"}


@pytest.mark.parametrize("largeur", LARGEURS)
def test_from_the_first_question_to_the_results(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(f"{site.origine}/orientation/simulateur")
        vues = []
        while "Ce qui peut vous aider" not in page.locator("h1").inner_text():
            champ = page.locator("input[name=question]").get_attribute("value")
            montrer(page, f"simulateur-{champ}")
            vues.append(repondre(page, **REPONSES))
            assert page.url == f"{site.origine}/orientation/simulateur"
        assert vues[:2] == ["statut", "departement"]
        assert len(vues) <= 9
        montrer(page, "simulateur-resultats")
        for depliant in page.locator("details").all():
            depliant.evaluate("d => { d.open = true }")
        montrer(page, "simulateur-resultats-ouverts")
        assert page.context.cookies() == []
        page.emulate_media(media="print")
        assert not page.get_by_role("button", name="Signaler la difficulté avec ces réponses").is_visible()
        if dossier := os.environ.get("CAPTURES"):
            page.pdf(path=f"{dossier}/simulateur-{largeur}.pdf")
        page.emulate_media(media="screen")
        page.get_by_role("button", name="Modifier : Département du siège").click()
        assert page.locator("select[name=departement]").input_value() == "34"


def test_with_the_keyboard_alone(site: Site, navigateur: Browser) -> None:
    with surveillee(navigateur, site.origine, LARGEURS[1]) as page:
        page.goto(f"{site.origine}/orientation/simulateur")
        page.locator("input[type=radio]").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.locator("select[name=departement]").wait_for()
        # Enter means « Continuer », and never the way back: without an answer it is asked again, with the error in focus.
        page.locator("select[name=departement]").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        montrer(page, "simulateur-erreur")
        page.locator("select[name=departement]").select_option("34")
        page.locator("select[name=departement]").press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Question précédente").focus()
        page.keyboard.press("Enter")
        page.locator("select[name=departement]").wait_for()
        assert page.locator("select[name=departement]").input_value() == "34"


def test_without_script(site: Site, navigateur: Browser) -> None:
    contexte = navigateur.new_context(java_script_enabled=False)
    page = contexte.new_page()
    page.goto(f"{site.origine}/orientation/simulateur")
    for _ in range(9):
        if page.locator("input[name=question]").count():
            repondre(page, **REPONSES)
    assert "Ce qui peut vous aider" in page.locator("h1").inner_text()
    page.locator("main summary").first.click()
    contexte.close()
