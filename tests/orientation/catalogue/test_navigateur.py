"""The catalogue in a real browser, on a telephone and a screen: reading, editing, the effect, publication."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from common.actor import Role
from common.clock import utc_now
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.dispositifs.service import charger_catalogue
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import ANIMATEUR, Hub
from tests.orientation.site import Site, entrer, montrer

EDITEUR = replace(ANIMATEUR, roles=frozenset({Role.animateur, Role.catalogue}))


# What each width edits, since both work on one database: its name and state, an answer that its rule wants, and the other.
EDITES = (
    ("Trajectoire (France Active)", "en_projet", "non", "oui"),
    ("Prev’Asso (Le Mouvement associatif)", "actif", "oui", "non"),
)


async def publie(hub: Hub) -> None:
    await hub.dossier(reference="R-7F3K-9QX8")
    async with hub.database.transaction() as session:
        await charger_catalogue(session, catalogue_des_fichiers(), utc_now())


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_public_pages_of_the_catalogue(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(publie(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(f"{site.origine}/orientation/dispositifs")
        montrer(page, "catalogue")
        page.get_by_label("Besoin").select_option(label="Gouvernance")
        page.get_by_label("Département").select_option("34")
        page.get_by_role("button", name="Filtrer").click()
        page.get_by_role("heading", name="À vérifier auprès du porteur").wait_for()
        montrer(page, "catalogue-filtre")
        page.goto(f"{site.origine}/orientation/dispositifs/prevasso")
        montrer(page, "catalogue-dispositif")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_editors_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    libelle, etat, reponse, contraire = EDITES[LARGEURS.index(largeur)]
    site.faire(publie(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, EDITEUR)
        page.goto(f"{site.origine}/orientation/catalogue")
        montrer(page, "edition-catalogue")
        page.get_by_role("link", name=libelle).click()
        texte = page.get_by_label("Faits et critères du dispositif")
        depart = texte.input_value()
        texte.fill(depart.replace(f"valeur: {etat}", "valeur: bientôt", 1).replace("besoins: [", "besoins: [argent, "))
        montrer(page, "edition-brouillon")
        page.get_by_role("button", name="Enregistrer et voir l’effet").click()
        page.get_by_role("heading", name="2 points à corriger").wait_for()
        montrer(page, "edition-erreurs")
        texte.fill(depart.replace(f"risque_cessation, attendu: {reponse}", f"risque_cessation, attendu: {contraire}"))
        page.get_by_role("button", name="Enregistrer et voir l’effet").click()
        page.get_by_text(re.compile("verdicts? changerai")).wait_for()
        montrer(page, "edition-apercu")
        page.get_by_role("button", name="Publier la version 2").click()
        page.get_by_text("La nouvelle version est publiée.").wait_for()
        page.get_by_role("link", name=libelle).click()
        page.get_by_role("button", name="Publier de nouveau la version 1").click()
        page.get_by_role("button", name="Publier la version 3").wait_for()
        montrer(page, "edition-reprise")
