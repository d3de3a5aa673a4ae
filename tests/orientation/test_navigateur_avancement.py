"""The stages in a real browser: side by side on a screen, one after the other on a telephone, full and empty."""

import pytest
from playwright.sync_api import Browser, expect

from common.clock import new_id
from tests.browser import LARGEURS, ORDINATEUR, surveillee
from tests.orientation.monde import ANIMATEUR, ANIMATEUR_EST, depose, entendre
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_avancement import garnir


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_stages(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(garnir(site.hub, 150))
    for reference in ("R-7F3K-9Q2M", "R-9P2X-4KTD"):
        site.faire(entendre(site.hub.database, depose(new_id(), reference=reference), 1))
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=False) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/avancement")
        boites = [section.bounding_box() for section in page.locator(".relais-colonnes > section").all()]
        hauts = {round(boite["y"]) for boite in boites if boite}
        assert len(boites) == 6
        assert len(hauts) == (1 if largeur == ORDINATEUR else 6)
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/avancement")
        montrer(page, "avancement")
        page.get_by_role("link", name="autres : orientés").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dossiers\u00a0: orientés")
        montrer(page, "avancement-liste")
        page.goto(f"{site.origine}/orientation/avancement/liste?phase=orientes&page=90")
        montrer(page, "avancement-liste-vide")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_a_territory_without_a_case_teaches(site: Site, navigateur: Browser, largeur: int) -> None:
    async def vider() -> None:
        bare = await site.hub.database.connect()
        await bare.execute("TRUNCATE orientations, dossiers CASCADE")
        await bare.close()

    site.faire(vider())
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR_EST)
        page.goto(f"{site.origine}/orientation/avancement")
        expect(page.get_by_role("heading", name="Aucun dossier en cours")).to_be_visible()
        montrer(page, "avancement-vide")
