"""The second lock alone: with every `visible_to` letting everything through, PostgreSQL itself withholds what is another's."""

from collections.abc import Iterator

import pytest

from common.actor import SYSTEM, Actor
from common.database import Database
from relais.hub import Hub
from tests.access.crossings import crossings, elsewhere, moved, rows, withheld
from tests.access.routes import Route
from tests.access.unfiltered import serving, without_filters
from tests.access.world import World
from tests.people import session_token
from tests.sessions import COOKIE, Browser

pytestmark = pytest.mark.timeout(900)

FILTERS_AT_LEAST = 12


@pytest.fixture(scope="module")
def unfiltered(hub: Hub, world: World) -> Iterator[dict[str, str]]:
    """The addresses of the applications whose queries let everything through."""
    with serving(hub) as addresses, pytest.MonkeyPatch.context() as patch:
        assert without_filters(patch) >= FILTERS_AT_LEAST
        yield addresses


def asked(hub: Hub, addresses: dict[str, str], actor: Actor) -> Iterator[tuple[Route, Browser]]:
    """Each route to be tried by this actor, with a browser at its application. Streams end with their connection only."""
    cookies = {COOKIE: session_token(hub, actor)}
    browsers = {
        service: Browser(base_url=url, cookies=cookies, headers={"Origin": hub.url}, timeout=30, trust_env=False)
        for service, url in addresses.items()
    }
    for route in crossings(actor):
        yield route, browsers[route.path.split("/")[1]]
    for browser in browsers.values():
        browser.close()


@pytest.mark.parametrize("name", elsewhere())
def test_the_database_alone_withholds_what_is_anothers(name: str, hub: Hub, world: World, unfiltered: dict[str, str]) -> None:
    before = rows(hub)
    tried = 0
    for route, browser in asked(hub, unfiltered, elsewhere()[name]):
        wrong = withheld(route.send(browser, world.ids), world, empty=True)
        assert wrong is None, f"{name}: {route.name} {wrong}"
        tried += 1
    assert tried > 5
    after = rows(hub)
    assert after == before, f"{name} moved {moved(before, after)}"


def test_without_it_the_same_requests_do_read_the_case(
    hub: Hub, world: World, unfiltered: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else the refusals above would prove nothing: both locks open, the animateur of another territory reads on."""
    whole = Database.transaction
    monkeypatch.setattr(Database, "transaction", lambda self, acteur=None: whole(self, SYSTEM))
    told = []
    for route, browser in asked(hub, unfiltered, elsewhere()["animateur of another territory"]):
        if route.method == "GET" and not route.path.endswith("/flux"):
            answer = route.send(browser, world.ids)
            if answer.status_code == 200 and world.ids["dossier_id"] in answer.text:
                told.append(route.path)
    assert len(told) > 5, told
