"""The choice of an account in a real browser, on a phone and on a computer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from common.oidc.flow import OidcClient
from tests.browser import LARGEURS, surveillee
from tests.orientation.faussaire import emetteur
from tests.orientation.site import Site, montrer

ISSUERS = (
    emetteur("proconnect", "http://127.0.0.1:9/proconnect", label="ProConnect", email_domains=("beta.gouv.fr",)),
    emetteur("keycloak", "http://127.0.0.1:9/keycloak", label="Compte de la cellule régionale", email_domains=("cellule.fr",)),
)


@pytest.fixture
def plusieurs(site: Site) -> Iterator[Site]:
    """The site with two providers instead of its one."""
    state = site.hub.app.state
    avant = state.settings, state.fournisseurs
    state.settings = state.settings.model_copy(update={"oidc_issuers": ISSUERS})
    state.fournisseurs = {one.code: OidcClient(one, "unused") for one in ISSUERS}
    yield site
    state.settings, state.fournisseurs = avant


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("largeur", LARGEURS)
def test_choosing_an_account(plusieurs: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    with surveillee(navigateur, plusieurs.origine, largeur, java_script_enabled=javascript) as page:
        page.goto(f"{plusieurs.origine}/orientation/connexion?suite=/orientation/orientations")
        if javascript:
            montrer(page, "connexion-choix")
        lien = page.get_by_role("link", name="ProConnect")
        assert lien.get_attribute("href") == "/orientation/connexion?emetteur=proconnect&suite=%2Forientation%2Forientations"
        page.get_by_label("Votre adresse électronique professionnelle").fill("ana@ailleurs.fr")
        page.get_by_role("button", name="Continuer").click()
        page.get_by_role("alert").wait_for()
        assert page.get_by_label("Votre adresse électronique professionnelle").input_value() == "ana@ailleurs.fr"
        if javascript:
            montrer(page, "connexion-choix-erreur")
        # The page goes on by itself; an empty answer leaves it there to be looked at.
        page.route("**/orientation/connexion?emetteur=*", lambda route: route.fulfill(status=204))
        page.get_by_label("Votre adresse électronique professionnelle").fill("ana@cellule.fr")
        with page.expect_request("**/orientation/connexion?emetteur=keycloak*"):
            page.get_by_role("button", name="Continuer").click()
        page.get_by_text("Vous allez vous connecter avec « Compte de la cellule régionale ».").wait_for()
        if javascript:
            montrer(page, "connexion-vers")
