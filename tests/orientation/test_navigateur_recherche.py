"""The field of the header in a real browser: on a telephone and a screen, without JavaScript, by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import LARGEURS, TELEPHONE, surveillee
from tests.orientation.monde import AGENT
from tests.orientation.site import Site, entrer, montrer


def chercher(page: Page, largeur: int, texte: str) -> None:
    if largeur == TELEPHONE:
        page.get_by_text("Menu", exact=True).click()
    champ = page.get_by_label("Chercher une orientation").locator("visible=true")
    champ.fill(texte)
    champ.press("Enter")


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("javascript", [True, False])
def test_the_field_finds_and_leaves_no_trace(site: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    hub = site.hub
    orientation_id = site.faire(hub.envoyee(site.faire(hub.dossier(reference="R-7F3K-9Q2M"))))
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=javascript) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/orientations")
        chercher(page, largeur, "7f3k9q")
        page.get_by_role("link", name="R-7F3K-9Q2M").first.wait_for()
        assert page.url == f"{site.origine}/orientation/recherche"
        if javascript:
            montrer(page, "recherche")
        page.get_by_role("link", name="R-7F3K-9Q2M").first.click()
        expect(page).to_have_url(f"{site.origine}/orientation/orientations/{orientation_id}")
        chercher(page, largeur, "Les Amis du Pont Rouge")
        page.get_by_role("heading", name="Rien ne correspond").wait_for()
        assert "Pont" not in page.url
        if javascript:
            montrer(page, "recherche-vide")
    site.faire(vider(site))


def test_an_error_takes_the_focus(site: Site, navigateur: Browser) -> None:
    with surveillee(navigateur, site.origine) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/recherche")
        champ = page.locator("#recherche")
        champ.fill("x" * 101)
        champ.press("Enter")
        expect(page.locator(".govuk-error-summary")).to_be_focused()
        expect(champ).to_have_value("x" * 101)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(champ).to_be_focused()
        montrer(page, "recherche-erreur")


async def vider(site: Site) -> None:
    bare = await site.hub.database.connect()
    await bare.execute("TRUNCATE orientations, dossiers CASCADE")
    await bare.close()
