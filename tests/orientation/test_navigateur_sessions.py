"""The page of one's own sessions in a real browser, at both widths, with JavaScript and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from common import sessions_store
from common.actor import Actor
from common.clock import utc_now
from common.sessions import Jeton
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT
from tests.orientation.site import Site, montrer
from tests.sessions import COOKIE


async def ouvrir(site: Site, actor: Actor, minutes: int) -> Jeton:
    async with site.hub.database.transaction() as session:
        return await sessions_store.open_session(session, actor, utc_now() - timedelta(minutes=minutes))


async def ouverte(site: Site, jeton: Jeton) -> bool:
    async with site.hub.database.transaction() as session:
        return await sessions_store.is_open(session, jeton)


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("script", [True, False], ids=["script", "sans-script"])
def test_ones_own_sessions(site: Site, navigateur: Browser, largeur: int, script: bool) -> None:
    here, there = [site.faire(ouvrir(site, AGENT, minutes)) for minutes in (1, 47)]
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=script) as page:
        page.context.add_cookies([{"name": COOKIE, "value": here.cookie, "url": site.origine}])
        page.goto(f"{site.origine}/orientation/annuaire")
        page.get_by_role("link", name="Mes sessions ouvertes").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mes sessions ouvertes")
        expect(page.get_by_role("article")).to_have_count(2)
        expect(page.get_by_role("article").first).to_contain_text("Celle-ci")
        if script:
            montrer(page, "mes-sessions")
        page.get_by_role("article").last.get_by_role("button").click()
        expect(page.get_by_role("article")).to_have_count(1)
        expect(page.get_by_text("La session est terminée")).to_be_visible()
        if script:
            montrer(page, "mes-sessions-terminee")
        page.get_by_role("button", name="Se déconnecter partout").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
        assert COOKIE not in {cookie["name"] for cookie in page.context.cookies()}
    for jeton in (here, there):
        assert not site.faire(ouverte(site, jeton))
