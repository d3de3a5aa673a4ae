"""The dashboard and the filtered lists in a real browser, on a telephone and a screen, full and empty."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from common.clock import utc_now
from tests.bench.remplir import remplir
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, Hub, ident
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_listes import PAIRES


async def beaucoup(hub: Hub) -> None:
    """A year of referrals, of which one partner declines many."""
    bare = await hub.database.connect()
    for table in ("complements", "orientations", "dossiers"):
        await bare.execute(f"TRUNCATE {table} CASCADE")
    await remplir(bare, PAIRES, utc_now(), ouvertes=260, closes=300)
    refus = "UPDATE orientations SET etat = 'declinee', close_at = NULL, motif = 'sans_capacite' WHERE partenaire_id = $1"
    await bare.execute(f"{refus} AND etat IN ('acceptee', 'aboutie') AND reponse_jours < 5", ident("fonds"))
    await bare.execute("UPDATE orientations SET due_at = $1 WHERE etat = 'recue' AND jours = 5", utc_now() + timedelta(hours=2))
    await bare.close()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_dashboard(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(beaucoup(site.hub))
    for actor, nom in ((AGENT, "partenaire"), (ANIMATEUR, "animateur")):
        with surveillee(navigateur, site.origine, largeur) as page:
            entrer(page, site, actor)
            page.goto(f"{site.origine}/orientation/tableau")
            montrer(page, f"tableau-{nom}")
            page.locator(".relais-cles a").first.click()
            page.get_by_role("heading", level=1).wait_for()
            montrer(page, f"tableau-{nom}-liste")
            page.get_by_role("link", name="Page suivante").click()
            page.get_by_role("link", name="Revenir au début").wait_for()
            page.goto(f"{site.origine}/orientation/tableau?depuis=2026-02-01&jusque=2026-01-01")
            page.get_by_text("La fin de la période précède son début.").first.wait_for()
            montrer(page, f"tableau-{nom}-erreur")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_an_empty_dashboard(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, AGENT_APPUI)
        page.goto(f"{site.origine}/orientation/tableau?depuis=2019-01-01&jusque=2019-02-01")
        page.get_by_text("Rien dans cette période").wait_for()
        montrer(page, "tableau-vide")
