"""Appointments in a real browser, on a telephone and a screen."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from common.clock import utc_now
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, ANIMATEUR
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_complements_http import recue
from tests.orientation.test_rendez_vous_http import confirme, propose


def remplir(page: Page, n: int, jours: int) -> None:
    jour, groupe = utc_now() + timedelta(days=jours), page.get_by_role("group", name=f"Créneau {n}")
    for partie, valeur in (("Jour", jour.day), ("Mois", jour.month), ("Année", jour.year)):
        groupe.get_by_label(partie).fill(str(valeur))
    groupe.get_by_label("À quelle heure ?").fill("14:30")
    groupe.get_by_label("Combien de temps ?").select_option("45 minutes")
    groupe.get_by_label("Sur place").check()
    groupe.get_by_label("Adresse, lien ou numéro").fill("2, place de l’Église, Lodève")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_proposing(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        page.get_by_role("link", name="Prendre ou voir un rendez-vous").click()
        montrer(page, "rendez-vous-aucun")
        page.get_by_role("link", name="Proposer un rendez-vous").click()
        page.get_by_role("button", name="Proposer ce créneau").click()
        page.get_by_text("Choisissez une durée.").first.wait_for()
        montrer(page, "rendez-vous-proposer-erreurs")
        remplir(page, 1, 4)
        page.get_by_role("button", name="Ajouter un créneau").click()
        remplir(page, 2, 5)
        montrer(page, "rendez-vous-proposer")
        page.get_by_role("button", name="Proposer ces créneaux").click()
        page.get_by_text("Le rendez-vous est proposé.").wait_for()
        montrer(page, "rendez-vous-propose")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_confirming(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    site.faire(propose(site.hub, orientation_id))
    site.faire(confirme(site.hub, orientation_id))
    site.faire(propose(site.hub, orientation_id))
    with surveillee(navigateur, site.origine, largeur, accept_downloads=True) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}/rendez-vous")
        page.get_by_role("button", name="Confirmer ce créneau").click()
        page.get_by_text("Choisissez un des créneaux proposés.").first.wait_for()
        montrer(page, "rendez-vous-sans-choix")
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Confirmer ce créneau").click()
        page.get_by_text("Le rendez-vous est confirmé.").wait_for()
        montrer(page, "rendez-vous-confirme")
        with page.expect_download() as attente:
            page.get_by_role("link", name="Ajouter à mon agenda").first.click()
        assert attente.value.suggested_filename == "rendez-vous.ics"
        page.get_by_text("Annuler ce rendez-vous").first.click()
        page.get_by_label("Proposé par erreur").first.check()
        montrer(page, "rendez-vous-annuler")
        page.get_by_role("button", name="Annuler ce rendez-vous").first.click()
        page.get_by_text("Le rendez-vous est annulé.").wait_for()
        montrer(page, "rendez-vous-annule")
