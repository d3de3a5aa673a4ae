"""Following a referral and passing it on, in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import ANIMATEUR
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_complements_http import recue
from tests.orientation.test_transferts import membre, propose


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_partner(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    manager = site.faire(membre(site.hub, "fonds-manager"))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, manager)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        montrer(page, "transferts-orientation")
        page.get_by_role("link", name="Personne ne la suit encore").click()
        montrer(page, "transferts-suivi-personne")
        page.get_by_role("button", name="Je m’en occupe").click()
        page.get_by_text("Vous suivez cette orientation.").wait_for()
        page.get_by_label("À qui ?").select_option("Agent Martin")
        page.get_by_role("button", name="Confier").click()
        page.locator("strong", has_text="Agent Martin").wait_for()
        montrer(page, "transferts-suivi")
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}/transfert")
        page.get_by_role("button", name="Proposer ce transfert").click()
        page.get_by_text("Choisissez à qui passer l’orientation.").first.wait_for()
        montrer(page, "transferts-erreurs")
        page.get_by_label("Dispositif local d’accompagnement (DLA)").check()
        page.get_by_label("L’association ne remplit pas les critères").check()
        page.get_by_role("button", name="Proposer ce transfert").click()
        page.get_by_text("Le transfert est proposé à l’animateur.").wait_for()
        montrer(page, "transferts-propose")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_sender(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    site.faire(propose(site.hub, orientation_id))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        page.get_by_role("link", name="Lire sa proposition et répondre").click()
        montrer(page, "transferts-a-repondre")
        page.get_by_role("button", name="Accepter le transfert").click()
        page.get_by_text("Le transfert est accepté.").wait_for()
        montrer(page, "transferts-accepte")
        page.get_by_role("link", name="Voir l’orientation qui suit").click()
        page.get_by_text("L’association n’a pas encore répondu.").first.wait_for()
