"""A team's pages in a real browser, on a telephone and a screen: inviting, roles, leaving, systems, asking to join."""

import re

import pytest
from playwright.sync_api import Browser

from common.clock import utc_now
from orientation.fiches.models import FicheRow
from tests.browser import LARGEURS, surveillee
from tests.orientation.equipe import ADMIN, identifie, lien, lignes
from tests.orientation.monde import MANAGER, ident
from tests.orientation.site import Site, entrer, montrer

SIRET = "73282932000074"


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_team(site: Site, navigateur: Browser, largeur: int) -> None:
    courriel, sub = f"ana{largeur}@fonds.example", f"ana-{largeur}"
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        page.goto(f"{site.origine}/orientation/mon-organisation")
        page.get_by_role("link", name="Gérer l’équipe").click()
        montrer(page, "equipe-debut")
        page.get_by_role("link", name="Inviter quelqu’un").click()
        page.get_by_label("Adresse électronique professionnelle").fill("ana")
        page.get_by_role("button", name="Envoyer l’invitation").click()
        montrer(page, "invitation-erreurs")
        page.get_by_label("Adresse électronique professionnelle").fill(courriel)
        page.get_by_label("Agent").check()
        page.get_by_role("button", name="Envoyer l’invitation").click()
        page.get_by_text("L’invitation part par courriel.").wait_for()
        montrer(page, "equipe-invitation")
        (row,) = site.faire(lignes(site.hub, "SELECT id FROM invitations WHERE courriel = :c", c=courriel))
        jeton = site.faire(lien(site.hub, str(row.id)))
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(f"{site.origine}/orientation/invitation/{jeton}")
        assert jeton not in page.url
        montrer(page, "invitation-lien")
        for nom, valeur in identifie(site.hub, sub, suite="/orientation/invitation").items():
            page.context.add_cookies([{"name": nom, "value": valeur, "url": site.origine}])
        page.reload()
        assert page.get_by_label("Prénom").input_value() == "Ana"
        montrer(page, "invitation-confirmer")
        page.get_by_role("button", name="Rejoindre l’organisation").click()
        page.wait_for_url("**/orientation/aujourd-hui")
        page.get_by_role("link", name="Changer d’organisation").click()
        montrer(page, "connexion-organisation")
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        page.goto(f"{site.origine}/orientation/equipes/{ident('fonds')}")
        montrer(page, "equipe")
        page.get_by_role("link", name="Changer les rôles de Ana de la Cruz").click()
        montrer(page, "membre-roles")
        page.get_by_label("Responsable").check()
        page.get_by_role("button", name="Enregistrer les rôles").click()
        page.get_by_text("Les rôles sont à jour.").wait_for()
        page.get_by_role("link", name="Retirer Ana de la Cruz").click()
        montrer(page, "membre-retrait")
        page.get_by_role("button", name="Retirer de l’équipe").click()
        page.get_by_text("La personne ne fait plus partie de l’équipe.").wait_for()
        page.goto(f"{site.origine}/orientation/machines")
        montrer(page, "machines")
        page.get_by_role("link", name=re.compile("Révoquer")).first.click()
        montrer(page, "machine-revocation")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_asking_to_join(site: Site, navigateur: Browser, largeur: int) -> None:
    async def publier() -> None:
        async with site.hub.database.transaction() as session:
            await session.merge(FicheRow(partenaire_id=ident("fonds"), siret=SIRET, modifiee_at=utc_now()))

    site.faire(publier())
    with surveillee(navigateur, site.origine, largeur) as page:
        qui = identifie(site.hub, f"seule-{largeur}", courriel="ana@fonds.example")
        page.context.add_cookies([{"name": nom, "value": valeur, "url": site.origine} for nom, valeur in qui.items()])
        page.goto(f"{site.origine}/orientation/adhesions")
        page.get_by_label("Numéro SIRET").fill("732 829 320 00074")
        page.get_by_role("button", name="Chercher l’organisation").click()
        montrer(page, "adhesion-trouvee")
        page.get_by_role("button", name="Demander à la rejoindre").click()
        page.get_by_text("En attente").wait_for()
        montrer(page, "adhesion-attente")
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        page.goto(f"{site.origine}/orientation/equipes/{ident('fonds')}")
        montrer(page, "equipe-adhesion")
        page.get_by_role("link", name="Accepter Ana de la Cruz").first.click()
        montrer(page, "adhesion-accepter")
        page.get_by_label("Agent").check()
        page.get_by_role("button", name="Accepter dans l’équipe").click()
        page.get_by_text("La personne fait partie de l’équipe.").wait_for()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_administrateur(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ADMIN)
        page.goto(f"{site.origine}/orientation/")
        page.get_by_role("heading", name="Équipes des organisations").wait_for()
        montrer(page, "equipes")
        page.get_by_role("link", name="Organisation cellule-est").click()
        montrer(page, "equipe-cellule")
