"""Lots in a real browser, on a telephone and a screen, also without JavaScript."""

import pytest
from playwright.sync_api import Browser

from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, ANIMATEUR, Hub
from tests.orientation.site import Site, entrer, montrer


async def quatre(hub: Hub) -> None:
    for n in range(3):
        orientation_id = await hub.envoyee(await hub.dossier(reference=f"R-LOT-{n}"))
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "decliner", motif="sans_capacite")


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("javascript", [True, False])
def test_reminding_several(site: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    site.faire(quatre(site.hub))
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=javascript) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations")
        page.get_by_role("link", name="Agir sur plusieurs orientations").click()
        page.get_by_role("link", name="Chez les partenaires").click()
        page.get_by_role("button", name="Voir ce qui se passera").click()
        page.get_by_text("Choisissez au moins une orientation.").first.wait_for()
        if javascript:
            montrer(page, "lots-erreurs")
        page.locator("input[name=orientations]").nth(0).check()
        page.locator("input[name=orientations]").nth(1).check()
        page.get_by_label("Relancer les partenaires").check()
        page.get_by_role("button", name="Voir ce qui se passera").click()
        page.get_by_role("heading", name="Ce qui sera fait").wait_for()
        if javascript:
            montrer(page, "lots-apercu")
        page.get_by_role("button", name="Confirmer").click()
        page.get_by_text("2 orientations relancées.").wait_for()
        if javascript:
            montrer(page, "lots-resultat")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_re_orienting(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(quatre(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations/lots?groupe=closes")
        page.locator("input[name=orientations]").nth(0).check()
        page.get_by_label("Réorienter vers un autre appui").check()
        page.get_by_label("Vers quel appui ?").select_option(index=1)
        montrer(page, "lots-reorienter")
        page.get_by_role("button", name="Voir ce qui se passera").click()
        page.get_by_role("button", name="Confirmer").click()
        page.get_by_text("1 orientation réorientée.").wait_for()
        montrer(page, "lots-reorientees")
