"""The console and the page for developers in a real browser, on a telephone and a screen."""

from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import LARGEURS, TELEPHONE, surveillee, verifier_accessibilite, verifier_largeur
from tests.emptying import empty
from tests.notifications.banc import Receiver, an_orientation, delivering, hear, member, received, receiving, settled
from tests.notifications.site import Site, entrer, garder, montrer, sans_script

from common.actor import Role
from common.clock import new_id


async def something_happens(site: Site, partenaire: UUID, receiver: Receiver) -> None:
    await hear(site.database, received(an_orientation(partenaire_id=partenaire)))
    async with delivering(site.database):
        await settled(site.database)


@pytest.mark.parametrize(("largeur", "javascript"), [*((largeur, True) for largeur in LARGEURS), (TELEPHONE, False)])
def test_the_console_shows_what_happens_without_reload(site: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    partenaire = new_id()
    site.faire(empty(site.database))
    listening = receiving()
    receiver = site.faire(listening.__aenter__())
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=javascript) as page:
        entrer(page, site, member(Role.manager, organisation=partenaire))
        page.goto(f"{site.origine}/notifications/webhooks/nouveau")
        page.get_by_label("Adresse de votre système").fill(receiver.url)
        page.get_by_role("button", name="Créer le webhook").click()
        secret = page.get_by_label("Secret de signature").input_value()
        page.get_by_role("link", name="J’ai copié le secret").click()
        page.get_by_role("link", name="Les suivre en direct").click()
        expect(page.get_by_text("Rien encore.")).to_be_visible()
        if javascript:
            page.get_by_text("En direct : la page se complète").wait_for()
        site.faire(something_happens(site, partenaire, receiver))
        if not javascript:
            page.reload()
        passage = page.locator(".relais-passage").filter(has_text="Une orientation vous est envoyée")
        expect(passage.get_by_text("Livrée")).to_be_visible(timeout=3000)
        expect(page.get_by_text("Rien encore.")).to_be_hidden()
        passage.locator("summary").click()
        page.get_by_role("button", name="Envoyer un message d’essai").click()
        essai = page.locator(".relais-passage").first
        expect(essai).to_contain_text("Message d’essai")
        essai.locator("summary").click()
        site.faire(_delivered(site))
        if not javascript:
            page.reload()
        expect(essai.get_by_text("Livrée")).to_be_visible(timeout=3000)
        if javascript:
            expect(essai.get_by_text('"type": "essai"')).to_be_visible()
        (montrer if javascript else sans_script)(page, "webhook-direct")
        assert secret not in page.content()
    site.faire(listening.__aexit__(None, None, None))


async def _delivered(site: Site) -> None:
    async with delivering(site.database):
        await settled(site.database)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_page_for_developers_in_both_languages(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(f"{site.origine}/notifications/developpeurs")
        page.locator("summary").filter(has_text="orientation.acceptee").click()
        montrer(page, "developpeurs")
        page.get_by_role("link", name="Read this page in English").click()
        page.get_by_role("heading", name="Connect your system").wait_for()
        verifier_accessibilite(page)
        verifier_largeur(page)
        garder(page, "developers")
