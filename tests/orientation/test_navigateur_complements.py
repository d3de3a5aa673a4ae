"""The thread in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, ANIMATEUR
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_complements_http import QUESTIONS, recue


@pytest.mark.parametrize("largeur", LARGEURS)
def test_asking(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        page.get_by_text("Demander un complément", exact=True).first.click()
        page.get_by_role("link", name="Poser plusieurs questions").click()
        page.get_by_label("Votre question").fill("Quel est le solde de trésorerie à ce jour ?")
        page.get_by_label("Quelle réponse attendez-vous ?").select_option("Un montant en euros")
        page.get_by_role("button", name="Ajouter une question").click()
        seconde = page.get_by_role("group", name="Question 2")
        seconde.get_by_label("Quelle réponse attendez-vous ?").select_option("Un choix dans une liste")
        seconde.get_by_label("Votre question").fill("Quelle banque ?")
        montrer(page, "complements-demande")
        page.get_by_role("button", name="Envoyer les questions").click()
        page.get_by_text("Proposez de 2 à 10 réponses, une par ligne.").first.wait_for()
        montrer(page, "complements-demande-erreurs")
        seconde.get_by_label("Réponses proposées").fill("Une seule\nPlusieurs")
        page.get_by_role("button", name="Envoyer les questions").click()
        page.get_by_text("Votre question est transmise à l’animateur.").wait_for()
        montrer(page, "complements-demandes")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_replying(site: Site, navigateur: Browser, largeur: int) -> None:
    orientation_id = site.faire(recue(site.hub))
    site.faire(site.hub.agir(AGENT, orientation_id, "complement-demander", texte="Où en est l’association ?"))
    site.faire(site.hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte="Elle reprend."))
    path = f"/api/v1/orientations/{orientation_id}/complements"
    site.faire(site.hub.post(AGENT, path, {"questions": QUESTIONS}))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/{orientation_id}")
        montrer(page, "complements-a-repondre")
        page.get_by_role("link", name="Répondre au partenaire").click()
        montrer(page, "complements-reponse")
        page.get_by_label("Quel est le solde de trésorerie ?").fill("mille")
        page.get_by_role("button", name="Transmettre au partenaire").click()
        page.get_by_text("Saisissez un montant en euros").first.wait_for()
        montrer(page, "complements-reponse-erreurs")
        page.get_by_label("Quel est le solde de trésorerie ?").fill("-1 250,50")
        page.get_by_label("Combien de salariés ?").fill("12")
        for partie, valeur in (("Jour", "31"), ("Mois", "12"), ("Année", "2025")):
            page.get_by_label(partie).fill(valeur)
        page.get_by_label("Oui").check()
        page.get_by_label("Plusieurs").check()
        page.get_by_role("button", name="Transmettre au partenaire").click()
        page.get_by_text("Votre réponse est transmise au partenaire.").wait_for()
        montrer(page, "complements-fil")
