"""One's own calendar in a real browser, on a telephone and a screen, with and without scripts."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_calendriers import entrees, membre


@pytest.mark.parametrize("largeur", LARGEURS)
def test_from_the_footer_to_an_agenda_and_back(site: Site, navigateur: Browser, largeur: int) -> None:
    agent, orientation_id = site.faire(membre(site.hub)), site.faire(site.hub.envoyee())
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=largeur > 400) as page:
        entrer(page, site, agent)
        page.goto(f"{site.origine}/orientation/orientations")
        page.get_by_role("contentinfo").get_by_role("link", name="Mon agenda").click()
        page.get_by_role("button", name="Créer mon lien").click()
        adresse = page.get_by_label("Lien à donner à votre agenda").input_value()
        assert adresse.startswith(f"{site.origine}/orientation/calendriers/")
        abonnement = page.get_by_role("link", name="S’abonner avec l’agenda de cet appareil").get_attribute("href")
        assert abonnement == adresse.replace("http://", "webcal://")
        chemin = adresse.removeprefix(f"{site.origine}/orientation")
        assert orientation_id in site.faire(entrees(site.hub, chemin))
        page.get_by_role("link", name="J’ai copié le lien").click()
        page.get_by_role("link", name="Renouveler le lien").click()
        page.get_by_role("button", name="Renouveler le lien").click()
        assert page.get_by_label("Lien à donner à votre agenda").input_value() != adresse
        page.get_by_role("link", name="J’ai copié le lien").click()
        page.get_by_role("link", name="Révoquer le lien").click()
        page.get_by_role("button", name="Révoquer le lien").click()
        page.get_by_text("Le lien ne sert plus.").wait_for()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_how_it_looks(site: Site, navigateur: Browser, largeur: int) -> None:
    agent = site.faire(membre(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, agent)
        page.goto(f"{site.origine}/orientation/mon-agenda")
        montrer(page, "agenda-aucun")
        page.get_by_role("button", name="Créer mon lien").click()
        montrer(page, "agenda-lien")
        page.get_by_role("link", name="J’ai copié le lien").click()
        page.get_by_text("Ce que votre agenda saura").click()
        montrer(page, "agenda")
        page.get_by_role("link", name="Renouveler le lien").click()
        montrer(page, "agenda-renouvellement")
        page.get_by_role("link", name="Mon agenda").first.click()
        page.get_by_role("link", name="Révoquer le lien").click()
        montrer(page, "agenda-fin")
        page.get_by_role("button", name="Révoquer le lien").click()
        montrer(page, "agenda-revoque")
