"""The pages of an organisation's sheet in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser

from common.calendrier import date_locale
from common.clock import utc_now
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import MANAGER, ident
from tests.orientation.site import Site, entrer, montrer


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_managers_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        ici = f"{site.origine}/orientation/mon-organisation"
        page.goto(f"{ici}/fiche")
        page.get_by_label("Présentation").fill("Un fonds de prêts pour les associations employeuses du Languedoc.")
        page.get_by_label("Publics accompagnés").fill("Associations d’un salarié au moins, tous secteurs.")
        page.get_by_label("Numéro SIRET").fill("123")
        page.get_by_role("button", name="Enregistrer la fiche").click()
        page.get_by_text("Le numéro SIRET compte quatorze chiffres").first.wait_for()
        montrer(page, "manager-fiche-erreurs")
        page.get_by_label("Numéro SIRET").fill("732 829 320 00074")
        page.get_by_label("Téléphone de l’accueil").fill("04 67 00 00 00")
        page.get_by_role("button", name="Enregistrer la fiche").click()
        page.get_by_text("La fiche est à jour.").wait_for()
        page.goto(f"{ici}/horaires")
        for jour in ("Lundi", "Mardi", "Mercredi"):
            page.get_by_label(jour, exact=True).fill("9h-12h30, 14h-17h")
        montrer(page, "manager-horaires")
        page.get_by_role("button", name="Enregistrer les horaires").click()
        page.get_by_text("Les horaires sont à jour.").wait_for()
        page.goto(f"{ici}/offres/trajectoire")
        page.get_by_label("Capacité").fill("3")
        page.get_by_label("Période").select_option(label="par trimestre")
        montrer(page, "manager-offre")
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Votre déclaration est à jour.").wait_for()
        page.goto(f"{ici}/engagement")
        montrer(page, "manager-engagement")
        page.goto(f"{ici}/absences/nouvelle")
        montrer(page, "manager-absence")
        debut = date_locale(utc_now(), "34")
        for nom in ("du", "au"):
            for partie, valeur in (("jour", debut.day), ("mois", debut.month), ("annee", debut.year)):
                page.locator(f"#{nom}-{partie}").fill(str(valeur))
        page.get_by_label("Qui répond pendant ce temps ?").select_option(label="Organisation appui")
        page.get_by_role("button", name="Annoncer l’absence").click()
        page.get_by_text("L’absence est annoncée.").wait_for()
        montrer(page, "manager-organisation")
        page.goto(f"{site.origine}/orientation/annuaire/partenaires/{ident('fonds')}")
        montrer(page, "partenaire-publique")
        page.goto(f"{site.origine}/orientation/annuaire?departement=34")
        montrer(page, "annuaire-absence")
        page.goto(ici)
        page.get_by_role("link", name="Supprimer l’absence").click()
        page.get_by_role("heading", name="Supprimer l’absence ?").wait_for()
        montrer(page, "manager-suppression")
        page.get_by_role("button", name="Supprimer l’absence").click()
        page.get_by_text("L’absence est supprimée.").wait_for()
