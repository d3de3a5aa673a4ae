"""A partner without an account in a real browser: from the link to the end, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation import greffe
from tests.orientation.monde import ANIMATEUR
from tests.orientation.site import Site, entrer, montrer


@pytest.mark.parametrize("script", [True, False], ids=["script", "sans-script"])
@pytest.mark.parametrize("largeur", LARGEURS)
def test_from_the_link_to_the_answer(site: Site, navigateur: Browser, largeur: int, script: bool) -> None:
    site.faire(greffe.installer(site.hub))
    orientation_id = site.faire(site.hub.envoyee(site.faire(site.hub.dossier()), greffe.GREFFE))
    secret = site.faire(greffe.jeton(site.hub, orientation_id))
    # axe is a script itself.
    voir = montrer if script else lambda page, nom: None
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=script) as page:
        page.goto(f"{site.origine}/orientation/lien/{secret}")
        voir(page, "lien")
        page.get_by_role("button", name="Recevoir un code par courriel").click()
        page.get_by_text("Un code part à l’adresse enregistrée").wait_for()
        voir(page, "lien-code")
        page.get_by_label("Code reçu par courriel").fill("00000000")
        page.get_by_role("button", name="Continuer").click()
        page.get_by_role("alert").get_by_text("Ce code est inexact").wait_for()
        voir(page, "lien-erreur")
        page.get_by_label("Code reçu par courriel").fill(site.faire(greffe.code(site.hub, orientation_id)))
        page.get_by_role("button", name="Continuer").click()
        page.wait_for_url(f"**/orientation/orientations/{orientation_id}")
        assert secret not in page.content()
        voir(page, "lien-orientation")
        page.get_by_role("button", name="Ouvrir le dossier").click()
        page.get_by_text("Les Amis du Pont Rouge").wait_for()
        voir(page, "lien-dossier")
        page.get_by_text("Décliner", exact=True).first.click()
        page.get_by_label("Hors du territoire d’intervention").check()
        page.get_by_role("button", name="Décliner").click()
        page.get_by_text("Merci, c’est terminé").wait_for()
        voir(page, "lien-fin")
        page.goto(f"{site.origine}/orientation/lien/{secret}")
        page.get_by_text("Ce lien n’est plus valable").wait_for()
        voir(page, "lien-clos")
        page.goto(f"{site.origine}/orientation/lien")
        voir(page, "lien-accueil")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_what_the_sender_decides(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(greffe.installer(site.hub))
    orientation_id = site.faire(site.hub.envoyee(site.faire(site.hub.dossier()), greffe.GREFFE))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        montrer(page, "lien-emetteur")
        page.get_by_role("button", name="Retirer le lien").click()
        page.get_by_text("Le lien est retiré").wait_for()
        montrer(page, "lien-emetteur-retire")
        page.get_by_role("button", name="Envoyer un autre lien").click()
        page.get_by_text("Un autre lien part à l’adresse du partenaire.").wait_for()
