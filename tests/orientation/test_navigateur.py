"""The pages in a real browser, on a telephone and a screen: axe, no sideways scrolling, French typography."""

import pytest
from playwright.sync_api import Browser

from common.clock import new_id
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, ANIMATEUR, Hub, depose, entendre
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_pages import reculer


async def monde(hub: Hub) -> dict[str, str]:
    """A list with something of everything."""
    ids = {}
    for nom, reference in (("calme", "R-7F3K-9QX8"), ("retard", "R-2M4T-6WZA"), ("question", "R-9C8D-1EFG")):
        ids[nom] = await hub.envoyee(await hub.dossier(reference=reference))
    await hub.agir(AGENT, ids["question"], "recevoir")
    await hub.agir(AGENT, ids["question"], "complement-demander", texte="Quel est le dernier bilan arrêté ?")
    await reculer(hub, ids["retard"])
    dossier_id = await hub.dossier(reference="R-5HJK-3LMN")
    ids |= {"dossier": str(dossier_id), "brouillon": await hub.brouillon(dossier_id)}
    ids |= await suivies(hub)
    return ids


async def suivies(hub: Hub) -> dict[str, str]:
    """Referrals that went further: one at work, one that ended without help, and one that waits for the end of another."""
    dossier_id = await hub.dossier(reference="R-6PQR-7STV")
    ids = {"travail": await hub.envoyee(dossier_id)}
    for action in ("recevoir", "accepter", "demarrer"):
        await hub.agir(AGENT, ids["travail"], action)
    ids["suite"] = await hub.brouillon(dossier_id, "appui", apres_id=ids["travail"])
    ids["declinee"] = await hub.envoyee(await hub.dossier(reference="R-8WXY-2ZAB"))
    await hub.agir(AGENT, ids["declinee"], "recevoir")
    await hub.agir(AGENT, ids["declinee"], "decliner", motif="sans_capacite")
    return ids


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_partners_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    ids = site.faire(monde(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/orientations")
        montrer(page, "partenaire-liste")
        page.goto(f"{site.origine}/orientation/orientations/{ids['calme']}")
        montrer(page, "partenaire-orientation")
        page.get_by_role("button", name="Ouvrir le dossier").click()
        page.get_by_text("Les Amis du Pont Rouge").wait_for()
        montrer(page, "partenaire-ouverte")
        page.goto(f"{site.origine}/orientation/orientations/{ids['calme']}")
        page.get_by_text("Décliner", exact=True).first.click()
        page.locator("form[action$='/decliner'] button").click()
        page.get_by_text("Choisissez un motif de la liste.").first.wait_for()
        montrer(page, "partenaire-sans-motif")
        page.get_by_label("Pas de capacité d’accueil actuellement").check()
        page.locator("form[action$='/decliner'] button").click()
        page.get_by_text("Votre réponse est enregistrée.").wait_for()
        montrer(page, "partenaire-declinee")
        page.goto(f"{site.origine}/orientation/orientations/{ids['travail']}")
        page.get_by_text("Revenir à l’étape précédente", exact=True).first.click()
        montrer(page, "partenaire-travail")
        page.get_by_role("button", name="L’accompagnement se poursuit").click()
        page.get_by_text("Nous vous redemanderons des nouvelles").wait_for()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_animateurs_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    ids = site.faire(monde(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations")
        montrer(page, "animateur-liste")
        for nom in ("retard", "question", "brouillon", "suite", "declinee"):
            page.goto(f"{site.origine}/orientation/orientations/{ids[nom]}")
            montrer(page, f"animateur-{nom}")
        page.goto(f"{site.origine}/orientation/orientations/nouvelle?dossier={ids['dossier']}")
        montrer(page, "animateur-nouvelle")
        neuf = new_id()
        site.faire(entendre(site.hub.database, depose(neuf, "34", "REL-2026-0777"), 1))
        page.goto(f"{site.origine}/orientation/orientations/nouvelle?dossier={neuf}")
        page.get_by_role("heading", name="Appuis possibles").wait_for()
        montrer(page, "animateur-appuis")
        page.goto(f"{site.origine}/orientation/orientations/nouvelle?dossier={ids['dossier']}")
        page.get_by_role("button", name="Relire avant de demander l’accord").click()
        page.get_by_text("Choisissez l’appui à proposer.").first.wait_for()
        montrer(page, "animateur-nouvelle-erreurs")
        page.get_by_label("Dispositif local d’accompagnement (DLA)").check()
        page.get_by_label("Identité de l’association").check()
        page.get_by_role("button", name="Relire avant de demander l’accord").click()
        page.get_by_role("heading", name="Relire l’orientation").wait_for()
        montrer(page, "animateur-apercu")
        page.get_by_role("button", name="Demander l’accord de l’association").click()
        page.get_by_text("L’association n’a pas encore répondu.").wait_for()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_public_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        for chemin, nom in (
            ("annuaire?departement=34", "annuaire"),
            ("annuaire", "annuaire-vide"),
            ("connexion/retour?code=x&state=y", "connexion-echec"),
            ("deconnexion", "deconnecte"),
        ):
            page.goto(f"{site.origine}/orientation/{chemin}")
            montrer(page, nom)
