"""The manager's pages in a real browser, on a telephone and a screen: axe, width, French typography."""

import pytest
from playwright.sync_api import Browser
from tests.browser import LARGEURS, surveillee
from tests.notifications.banc import member
from tests.notifications.site import Site, entrer, montrer

from common.actor import Role
from common.clock import new_id


@pytest.mark.parametrize("largeur", LARGEURS)
def test_an_endpoint_is_made_and_its_secret_changed(site: Site, navigateur: Browser, largeur: int) -> None:
    manager = member(Role.manager, organisation=new_id())
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, manager)
        page.goto(f"{site.origine}/notifications/webhooks")
        page.get_by_role("link", name="Créer un webhook").click()
        page.get_by_label("Adresse de votre système").fill("http://127.0.0.1:9/relais")
        page.get_by_label("Description").fill("Production")
        page.get_by_role("button", name="Créer le webhook").click()
        premier = page.get_by_label("Secret de signature").input_value()
        montrer(page, "webhook-cree")
        page.get_by_role("link", name="J’ai copié le secret").click()
        page.get_by_role("link", name="Changer").click()
        montrer(page, "webhook-changement")
        page.get_by_role("button", name="Changer le secret").click()
        assert page.get_by_label("Secret de signature").input_value() != premier
        page.get_by_text("L’ancien reste valable").wait_for()
