"""The coverage and the actors' map in a real browser, on a telephone and a screen."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import ANIMATEUR, ANNUAIRE, organisation
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_acteurs import envoyees
from tests.orientation.test_offres import declarer


async def monde(site: Site) -> None:
    experts = [
        organisation(f"relais-{n}", "conseil", ["34"], ["crib"], [])
        | {"famille": "relais_expert", "nom": f"Centre de ressources et d’information des bénévoles n° {n}"}
        for n in range(4)
    ]
    plein = ANNUAIRE[0] | {"offres": [{"dispositif": "trajectoire", "capacite": 0, "periode": "mois"}]}
    await declarer(site.hub.database, [plein, *experts])
    modele = await site.hub.envoyee()
    for vers, n in (("fonds", 38), ("appui", 17), ("relais-0", 6), ("relais-1", 2), ("relais-2", 9), ("relais-3", 12)):
        await envoyees(site.hub.database, modele, vers, n)
    await envoyees(site.hub.database, modele, "appui", 8, apres=modele)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_territory(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(monde(site))
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(f"{site.origine}/orientation/couverture")
        montrer(page, "couverture-france")
        page.get_by_role("link", name="Occitanie").click()
        page.get_by_role("heading", name="Quel besoin trouve quelqu’un").wait_for()
        montrer(page, "couverture")
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/couverture/detail?departement=34")
        page.get_by_text("Qui est là, besoin par besoin").click()
        montrer(page, "couverture-detail")
        page.get_by_role("link", name="Qui oriente vers qui").click()
        page.get_by_role("heading", name="Qui oriente vers qui").wait_for()
        montrer(page, "acteurs")
