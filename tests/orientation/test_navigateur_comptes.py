"""Changed accounts and removals undone, in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser

from common.clock import utc_now
from orientation.connexion.attentes import AUDIENCE, DUREE, Attente
from tests.browser import LARGEURS, surveillee
from tests.orientation.equipe import lignes
from tests.orientation.monde import ISSUER, MANAGER, ident
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_comptes import compte, signaler


@pytest.mark.parametrize("largeur", LARGEURS)
def test_a_changed_account_and_a_removal(site: Site, navigateur: Browser, largeur: int) -> None:
    sub = f"nouveau-{largeur}"
    for sql in ("DELETE FROM comptes_changes RETURNING id", "UPDATE membres SET issuer = :i RETURNING id"):
        site.faire(lignes(site.hub, sql, **({"i": ISSUER} if ":i" in sql else {})))
    assert site.faire(signaler(site.hub, sub=sub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, MANAGER)
        page.goto(f"{site.origine}/orientation/equipes/{ident('fonds')}")
        montrer(page, "comptes-equipe")
        page.get_by_role("link", name="Vérifier le compte de").click()
        montrer(page, "comptes-avertissement")
        page.get_by_role("button", name="Confirmer, je l’ai vérifié").click()
        page.get_by_text("Le nouveau compte est confirmé.").wait_for()
        page.goto(f"{site.origine}/orientation/equipes/{ident('fonds')}/comptes/{site.faire(compte(site.hub))}")
        montrer(page, "comptes-decide")
        page.goto(f"{site.origine}/orientation/equipes/{ident('fonds')}")
        page.get_by_role("link", name="Retirer Agent Martin").click()
        montrer(page, "retrait-annulable")
        page.get_by_role("button", name="Retirer de l’équipe").click()
        page.get_by_text("Vous pouvez l’annuler ci-dessous.").wait_for()
        montrer(page, "retrait-recent")
        page.get_by_role("button", name="Annuler le retrait de Agent Martin").click()
        page.get_by_text("Le retrait est annulé.").wait_for()
    with surveillee(navigateur, site.origine, largeur) as page:
        attente = Attente(issuer=f"{site.origine}/idp", sub="seule", nom="Ana", siret="73282932000074", suite="/orientation/")
        scelle = site.hub.app.state.sceau.seal({"qui": attente.model_dump(mode="json")}, AUDIENCE, utc_now(), DUREE)
        page.context.add_cookies([{"name": "relais-identite", "value": scelle, "url": site.origine}])
        page.goto(f"{site.origine}/orientation/adhesions")
        assert page.get_by_label("Numéro SIRET").input_value() == "73282932000074"
        page.get_by_text("Selon Compte professionnel, votre organisation a le SIRET").wait_for()
        montrer(page, "siret-du-fournisseur")
