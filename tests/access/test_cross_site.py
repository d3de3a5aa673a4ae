"""No page of another site has a signed-in browser change anything: every route that changes something, of every service."""

from dataclasses import dataclass

import httpx2
import pytest

from common.actor import Actor, Role
from common.clock import new_id
from common.csrf import ELSEWHERE, OLD, SAFE_METHODS
from common.sessions import Jeton
from common.streams import SERVICES
from relais.hub import Hub
from tests.access.before import ASKED_WITHIN, OPEN
from tests.access.crossings import moved, rows
from tests.access.routes import Route, routes
from tests.access.world import World
from tests.people import member, session_token
from tests.sessions import COOKIE, Browser

pytestmark = pytest.mark.timeout(600)

CHANGING = [route for route in routes() if route.method not in SAFE_METHODS]
FOREIGN = "https://ailleurs.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Attack:
    """What a browser says of a request that another site had it send; in place of `own` nothing of ours is there."""

    headers: dict[str, str]
    refusal: str
    token: str = "own"


def attacks(origin: str) -> dict[str, Attack]:
    """Each wrong in one thing only, so that each of the three defences is seen to hold by itself."""
    return {
        "foreign origin": Attack({"Origin": FOREIGN}, ELSEWHERE),
        "opaque origin": Attack({"Origin": "null"}, ELSEWHERE),
        "cross-site": Attack({"Origin": origin, "Sec-Fetch-Site": "cross-site"}, ELSEWHERE),
        "same-site": Attack({"Origin": origin, "Sec-Fetch-Site": "same-site"}, ELSEWHERE),
        "no token": Attack({"Origin": origin}, OLD, ""),
        "token of another session": Attack({"Origin": origin}, OLD, Jeton.new("orientation").csrf),
    }


def of(route: Route, world: World) -> Actor:
    """Somebody whom this route would let through. What asks for nobody is tried by somebody who is signed in all the same."""
    people = [*world.insiders.values(), *(member("cellule-nationale", role) for role in (Role.national, Role.auditeur))]
    people.append(Actor(str(new_id()), frozenset({Role.administrateur}), people[-1].organisation_id))
    for actor in people:
        if route.roles is None or actor.roles & route.roles:
            return actor
    raise AssertionError(f"nobody may ask {route.name}")


def form(route: Route, browser: httpx2.Client, world: World, csrf: str) -> httpx2.Response:
    """The request that a page can have sent without asking us first: a form, with or without a token."""
    url = route.filled(world.every_id)
    body = f"csrf={csrf}" if csrf else ""
    accept = {"Accept": "application/json" if route.is_api else "text/html"}
    return browser.request(route.method, url, headers=accept | FORM, content=body, follow_redirects=False)


@pytest.fixture(scope="module")
def tokens(hub: Hub, world: World) -> dict[Actor, Jeton]:
    """A session of each person."""
    found = {}
    for actor in {of(route, world) for route in CHANGING}:
        jeton = Jeton.read(session_token(hub, actor))
        assert jeton is not None
        found[actor] = jeton
    return found


def refused_as(answer: httpx2.Response, refusal: str) -> bool:
    """Whether it is refused, and for this reason: a role or an id that is wrong would be another."""
    return answer.status_code == 403 and refusal.partition(".")[0] in answer.text


def test_every_service_and_most_roles_are_tried(world: World) -> None:
    assert len(CHANGING) > 120
    assert {route.path.split("/")[1] for route in CHANGING} == set(SERVICES)
    tried = {role for route in CHANGING for role in of(route, world).roles}
    assert tried >= {Role.dirigeant, Role.agent, Role.manager, Role.animateur}


@pytest.mark.parametrize("name", attacks(""))
def test_a_signed_in_browser_is_not_made_to_act(name: str, hub: Hub, world: World, tokens: dict[Actor, Jeton]) -> None:
    attack = attacks(hub.url)[name]
    before = rows(hub)
    with httpx2.Client(base_url=hub.url, headers=attack.headers, timeout=30, trust_env=False) as browser:
        for route in CHANGING:
            if attack.refusal == OLD and route.roles is None:
                continue  # What asks for nobody has no token to ask for.
            jeton = tokens[of(route, world)]
            browser.cookies.set(COOKIE, jeton.cookie)
            answer = form(route, browser, world, jeton.csrf if attack.token == "own" else attack.token)
            assert refused_as(answer, attack.refusal), f"{name}: {route.name} answered {answer.status_code} {answer.text[:200]}"
    after = rows(hub)
    assert after == before, f"{name} moved {moved(before, after)}"


@pytest.mark.parametrize("name", [name for name, attack in attacks("").items() if attack.refusal == ELSEWHERE])
def test_json_of_a_session_from_elsewhere_is_refused(name: str, hub: Hub, world: World, tokens: dict[Actor, Jeton]) -> None:
    """No page elsewhere can send it without asking first, and we never agree; if one could, it would be refused."""
    attack = attacks(hub.url)[name]
    for route in CHANGING:
        if route.is_api and route.roles is not None:
            cookies = {COOKIE: tokens[of(route, world)].cookie}
            with Browser(base_url=hub.url, cookies=cookies, headers=attack.headers, timeout=30, trust_env=False) as browser:
                answer = route.send(browser, world.ids)
            assert refused_as(answer, ELSEWHERE), f"{name}: {route.name} answered {answer.status_code}"


@pytest.mark.parametrize("name", [name for name, attack in attacks("").items() if attack.refusal == ELSEWHERE])
def test_what_anybody_may_send_comes_from_our_own_pages(name: str, hub: Hub, world: World) -> None:
    """Also before a sign-in, where there is no session and no token."""
    with httpx2.Client(base_url=hub.url, headers=attacks(hub.url)[name].headers, timeout=30, trust_env=False) as browser:
        for route in CHANGING:
            if route.name in OPEN or route.name in ASKED_WITHIN:
                answer = form(route, browser, world, "")
                assert refused_as(answer, ELSEWHERE), f"{name}: {route.name} answered {answer.status_code}"


def test_we_never_agree_that_another_site_sends_more_than_a_form(hub: Hub, world: World) -> None:
    asked = {"Origin": FOREIGN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    with httpx2.Client(base_url=hub.url, headers=asked, timeout=30, trust_env=False) as browser:
        for path in {route.filled(world.every_id) for route in CHANGING}:
            answer = browser.options(path)
            assert not [name for name in answer.headers if name.startswith("access-control-")], path
