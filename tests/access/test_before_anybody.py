"""What may be asked before anybody has signed in is a list that somebody has read: a new route fails here until it is on it."""

import httpx2
import pytest

from common.actor import Role
from relais.hub import Hub
from tests.access.before import ASKED_WITHIN, OPEN
from tests.access.routes import Route, routes
from tests.access.test_matrix import refused
from tests.access.world import World
from tests.people import signed_in

pytestmark = pytest.mark.timeout(600)

BEFORE = {route.name for route in routes() if route.roles is None}


def test_every_route_before_a_sign_in_is_known() -> None:
    assert BEFORE - set(OPEN) - set(ASKED_WITHIN) == set(), "write in tests/access/before.py why anybody may ask this"
    assert set(OPEN) | set(ASKED_WITHIN) == BEFORE, "a route of tests/access/before.py is not there, or asks who it is now"
    assert not set(OPEN) & set(ASKED_WITHIN)


def test_every_other_route_names_a_role() -> None:
    """Or any member, for one's own sessions alone: nothing else is shared by all roles."""
    everybody = {route.path for route in routes() if route.roles == frozenset(Role)}
    own_sessions = {
        f"/{service}/mes-sessions{page}"
        for service in ("orientation", "signalement")
        for page in ("", "/fin", "/{session_id}/fin")
    }
    assert everybody == own_sessions
    assert all(route.roles for route in routes() if route.name not in BEFORE)


def test_nobody_is_told_anything_of_a_case(hub: Hub, world: World) -> None:
    """Asked with the ids of things that are there; `test_matrix` asks all others."""
    planted = [value for key, value in world.ids.items() if key.endswith("_id")]
    client: httpx2.Client
    with signed_in(hub, None) as client:
        for route in routes():
            if route.name not in BEFORE or "jeton" in route.identifiers:
                continue
            answer = _ask(client, route, world)
            assert answer.status_code < 500, f"{route.name}: {answer.status_code}"
            assert route.name in OPEN or refused(answer), f"{route.name}: {answer.status_code}"
            # An answer may repeat the id that was in its own address.
            told = [value for value in planted if value in answer.text and value not in str(answer.request.url)]
            assert not told, f"{route.name} tells {told}"


def _ask(client: httpx2.Client, route: Route, world: World) -> httpx2.Response:
    return route.send(client, world.every_id)
