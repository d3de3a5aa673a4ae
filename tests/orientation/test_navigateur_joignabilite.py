"""What is late or does not arrive, in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import ANIMATEUR, MANAGER
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_appels import declarer
from tests.orientation.test_joignabilite import EQUIPE, apprendre, membres
from tests.orientation.test_pages import reculer


@pytest.fixture(scope="module")
def orientation_id(site: Site) -> str:
    """A referral that is late, at a partner whose people mails do not reach."""
    qui = site.faire(membres(site.hub))
    for role in ("agent", "manager"):
        site.faire(apprendre(site.hub, qui[role], 1))
    late: str = site.faire(site.hub.envoyee())
    site.faire(reculer(site.hub, late))
    return late


@pytest.mark.parametrize("largeur", LARGEURS)
def test_whom_to_call(site: Site, navigateur: Browser, orientation_id: str, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        expect(page.get_by_text("Les courriels n’arrivent à personne de Organisation fonds")).to_be_visible()
        montrer(page, "injoignable-orientation")
        page.goto(f"{site.origine}/orientation/tableau")
        expect(page.get_by_role("heading", name="À appeler")).to_be_visible()
        montrer(page, "appels-tableau")
        page.goto(f"{site.origine}/orientation/aujourd-hui")
        expect(page.get_by_text("Aucun numéro de téléphone n’est connu")).to_be_visible()
        montrer(page, "appels-journee")
        page.goto(f"{site.origine}/orientation/orientations")
        montrer(page, "appels-liste")
        if largeur == LARGEURS[-1]:
            site.faire(declarer(site.hub, "0467000000"))
            page.reload()
            expect(page.get_by_role("link", name="04 67 00 00 00")).to_have_attribute("href", "tel:0467000000")
            montrer(page, "appels-liste-numero")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_team_reads_who(site: Site, navigateur: Browser, orientation_id: str, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        page.goto(f"{site.origine}/orientation{EQUIPE}")
        expect(page.get_by_text("Les courriels n’arrivent pas à Agent Martin")).to_be_visible()
        montrer(page, "injoignable-equipe")
