"""Filing in a real browser, with and without a script: put aside half way, resumed elsewhere, read again, sent."""

import re

import pytest
from playwright.sync_api import Browser, Page

from common.database import Database
from common.requests import AdresseBrouillon
from tests.browser import TELEPHONE, surveillee, verifier_page
from tests.conftest import owner_url
from tests.sessions import now
from tests.signalement.site import Site
from tests.signalement.test_mise_de_cote import mail, path


def last_mail(site: Site) -> AdresseBrouillon:
    """What the last mail about a form set aside holds."""

    async def read() -> AdresseBrouillon:
        database = Database(owner_url(site.database_url), service="signalement")
        try:
            return await mail(database)
        finally:
            await database.close()

    result: AdresseBrouillon = now(read())
    return result


def begin(page: Page, site: Site) -> None:
    """The first steps, the third one half typed and wrong, and away."""
    page.goto(f"{site.origine}/signalement/signaler")
    page.get_by_label("Pour mon association").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom de l’association").fill("Café des Possibles")
    page.get_by_label("Code postal").fill("34000")
    page.get_by_label("Commune").fill("Montpellier")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Salariés").fill("beaucoup")
    page.get_by_label("Racontez en quelques phrases").fill("Deux déficits de suite.")
    page.get_by_role("button", name="Mettre de côté").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_form_is_put_aside_resumed_read_again_and_sent(site: Site, navigateur: Browser, script: bool) -> None:
    courriel = f"m.ferrand.{script}@cafe.example".lower()
    with surveillee(navigateur, site.origine, TELEPHONE, java_script_enabled=script) as page:
        begin(page, site)
        page.get_by_role("button", name="M’envoyer le lien").click()
        assert page.get_by_text("Indiquez l’adresse à laquelle envoyer le lien.").first.is_visible()
        page.get_by_label("Votre adresse de courriel").fill(courriel)
        page.get_by_role("button", name="M’envoyer le lien").click()
        assert page.get_by_role("heading", name="Votre signalement est mis de côté").is_visible()
        if script:
            verifier_page(page)
    adresse = last_mail(site)
    assert adresse.courriel == courriel
    with surveillee(navigateur, site.origine, TELEPHONE, java_script_enabled=script) as page:
        page.goto(site.origine + path(adresse))
        page.get_by_label("Code à huit chiffres").fill("1")
        page.get_by_role("button", name="Reprendre mon signalement").click()
        assert page.get_by_text("Ce code est faux").first.is_visible()
        page.get_by_label("Code à huit chiffres").fill(adresse.code)
        page.get_by_role("button", name="Reprendre mon signalement").click()
        assert page.get_by_label("Salariés").input_value() == "beaucoup"
        page.get_by_label("Salariés").fill("6,5")
        page.get_by_label("Déficit récurrent").check()
        page.get_by_role("button", name="Continuer").click()
        for label, value in (("Prénom", "Maëlle"), ("Nom", "Ferrand"), ("Fonction", "présidente")):
            page.get_by_label(label, exact=True).fill(value)
        page.get_by_label("Adresse de courriel").fill("m.ferrand@cafe.example")
        page.get_by_label("Téléphone").fill("04 99 00 12 34")
        page.get_by_role("button", name="Continuer").click()
        assert page.get_by_role("heading", name="Relisez avant d’envoyer").is_visible()
        page.get_by_role("link", name="Modifier Salariés").click()
        page.get_by_label("Salariés").fill("7")
        page.get_by_role("button", name="Enregistrer et revenir à la relecture").click()
        assert "7 ETP" in page.locator("main").inner_text()
        page.get_by_role("button", name="Envoyer le signalement").click()
        said = page.locator("main").inner_text()
        assert re.search(r"R-\w{4}-\w{4}", said)
        assert "moins de six semaines après ce signalement" in said
        if script:
            verifier_page(page)
