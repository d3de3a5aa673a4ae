"""Forms and confirmations by keyboard alone: everything is reached, in the order in which it is read, and is seen to be."""

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import LARGEURS, ORDINATEUR, surveillee
from tests.clavier import a_atteindre, parcourir, verifier_clavier


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("adresse", ["/maquette/", "/maquette/vide"])
def test_everything_is_reached_in_the_order_of_reading(navigateur: Browser, origine: str, adresse: str, largeur: int) -> None:
    with surveillee(navigateur, origine, largeur, reduced_motion="reduce") as page:
        page.goto(origine + adresse)
        assert verifier_clavier(page) >= 2


def test_going_back_is_the_same_way(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, ORDINATEUR, reduced_motion="reduce") as page:
        page.goto(f"{origine}/maquette/vide")
        attendus = a_atteindre(page)
        page.locator("#contenu").focus()
        aller = [lieu["rang"] for lieu in parcourir(page)]
        retour = [lieu["rang"] for lieu in parcourir(page, "Shift+Tab")]
        assert aller == attendus
        assert retour == attendus[::-1]


def test_a_confirmation_does_not_begin_on_its_danger(navigateur: Browser, origine: str) -> None:
    """Whoever presses Enter at once has confirmed nothing; the way back is one Tab after the danger."""
    with surveillee(navigateur, origine, ORDINATEUR) as page:
        page.goto(f"{origine}/maquette/vide")
        expect(page.get_by_role("button", name="Oui, retirer mon accord")).not_to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{origine}/maquette/vide")
        page.locator("#contenu").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Oui, retirer mon accord")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Non, revenir")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{origine}/maquette/")


@pytest.mark.parametrize("javascript", [True, False])
def test_errors_come_first_and_lead_to_their_fields(navigateur: Browser, origine: str, javascript: bool) -> None:
    with surveillee(navigateur, origine, ORDINATEUR, java_script_enabled=javascript, reduced_motion="reduce") as page:
        page.goto(f"{origine}/maquette/")
        page.get_by_role("button", name="Continuer").focus()
        page.keyboard.press("Enter")
        resume = page.locator(".govuk-error-summary")
        resume.wait_for()
        # The page of all pieces has a banner too, which takes the focus from the summary: see the tests of the search.
        page.locator("#contenu").focus()
        page.keyboard.press("Tab")
        premier = resume.get_by_role("link").first
        expect(premier).to_be_focused()
        cible = (premier.get_attribute("href") or "#").removeprefix("#")
        page.keyboard.press("Enter")
        if javascript:
            expect(page.locator(f"[id='{cible}']")).to_be_focused()
        else:
            assert page.url.endswith(f"#{cible}")


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, LARGEURS[0], java_script_enabled=False) as page:
        page.goto(f"{origine}/maquette/vide")
        menu = page.locator("summary.relais-menu__bouton")
        menu.focus()
        page.keyboard.press("Enter")
        champ = page.get_by_role("searchbox")
        expect(champ).to_be_visible()
        page.keyboard.press("Tab")
        expect(champ).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Chercher")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Ce qui m’attend").locator("visible=true")).to_be_focused()
        menu.focus()
        page.keyboard.press("Space")
        expect(champ).to_be_hidden()
