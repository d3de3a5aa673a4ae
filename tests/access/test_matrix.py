"""Who may reach what, for every route of every service: the routes are read from the applications, none is left out."""

from contextlib import ExitStack, nullcontext
from typing import Any

import httpx2
import pytest

from common.actor import Actor
from common.clock import new_id
from common.sessions import LIMITES, Jeton
from common.streams import SERVICES
from relais.hub import Hub
from tests.access.before import OPEN
from tests.access.routes import routes
from tests.access.world import SECRET_NAME, World, strangers
from tests.people import signed_in

pytestmark = pytest.mark.timeout(600)

# A partner may manage webhooks of its own: this creates one for the stranger, and shows it nothing else.
OWN_THINGS = {"POST /notifications/api/v1/webhooks", "POST /notifications/webhooks/nouveau"}
# What it reads and what it wants by mail are each member's own.
OWN_THINGS |= {"POST /notifications/preferences", "POST /notifications/fil/lu"}
# What anybody looks for, it finds among its own: see the tests of both searches.
OWN_THINGS |= {"POST /orientation/recherche", "POST /signalement/recherche", "POST /signalement/api/v1/dossiers/recherche"}
# Another animateur may ask what would happen to referrals that are not there: nothing would.
OWN_THINGS |= {f"POST /orientation/{kind}orientations/lots/apercu" for kind in ("api/v1/", "")}
# So is the sheet of its own organisation, whose address names no other.
OWN_SHEET = "/orientation/mon-organisation"
OWN_THINGS |= {f"POST {OWN_SHEET}/{page}" for page in ("fiche", "horaires", "engagement", "absences/nouvelle")}
OWN_THINGS |= {f"{method} {OWN_SHEET}/offres/{{dispositif}}" for method in ("GET", "POST")}
# So are one's own sessions; whoever ends them is signed out, so that these are asked in a session of their own.
OWN_SESSIONS = {f"POST /{service}/mes-sessions/fin" for service in ("orientation", "signalement")}
OWN_THINGS |= OWN_SESSIONS
# And so are one's own calendar and its own systems.
OWN_THINGS |= {f"POST /orientation/mon-agenda{suite}" for suite in ("", "/renouvellement", "/fin")}
OWN_THINGS |= {"POST /orientation/machines", "POST /orientation/api/v1/machines"}
# The auditor reads who did what to which id, in every territory: that is the office. No name is there.
BY_OFFICE = {("auditeur", "GET /cellule/api/v1/audit"), ("auditeur", "GET /cellule/journal")}

CLOSED = [route for route in routes() if route.name not in OPEN]


def refused(answer: httpx2.Response) -> bool:
    """Whether the answer is a refusal: 401, 403, 404, or being led to a sign-in."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith(("/orientation/connexion", "/signalement/espace/acces"))
    return answer.status_code in (401, 403, 404)


def shows(answer: httpx2.Response, ids: dict[str, str]) -> list[str]:
    """What of the case is in an answer."""
    planted = [value for key, value in ids.items() if key.endswith("_id")]
    return [value for value in (*planted, SECRET_NAME) if value in answer.text]


def test_the_routes_are_all_there() -> None:
    assert len(CLOSED) > 30
    assert {route.path.split("/")[1] for route in CLOSED} == set(SERVICES)


@pytest.mark.parametrize("stranger", strangers())
def test_strangers_reach_nothing(stranger: str, hub: Hub, world: World) -> None:
    actor: Actor | None = strangers()[stranger]
    before = state(hub, world)
    with signed_in(hub, actor) as client:
        for route in CLOSED:
            with signed_in(hub, actor) if route.name in OWN_SESSIONS else nullcontext(client) as asking:
                answer = route.send(asking, world.ids)
            about_the_case = "{" in route.path or route.method != "GET"
            if actor is None or (about_the_case and route.name not in OWN_THINGS):
                assert refused(answer), f"{stranger}: {route.name} answered {answer.status_code}"
            else:
                assert refused(answer) or answer.status_code in (200, 201, 303, 422), f"{route.name}: {answer.status_code}"
            # Asking by an id repeats it in the address only; an answer that is no refusal must not hold any of the case.
            if (stranger, route.name) not in BY_OFFICE:
                assert refused(answer) or not shows(answer, world.ids), f"{stranger}: {route.name} shows the case"
            assert SECRET_NAME not in answer.text
    assert state(hub, world) == before, f"{stranger} changed something"


def test_a_stranger_cannot_tell_what_exists(hub: Hub, world: World) -> None:
    nowhere = {key: str(new_id()) if key.endswith("_id") else value for key, value in world.ids.items()}
    with signed_in(hub, strangers()["animateur of another region"]) as client:
        for route in CLOSED:
            if route.method == "GET" and "{" in route.path:
                there, absent = route.send(client, world.ids), route.send(client, nowhere)
                assert there.status_code == absent.status_code, route.name


def test_its_own_people_reach_the_case(hub: Hub, world: World) -> None:
    """Or else the refusals above would prove nothing."""
    reads = [route for route in CLOSED if route.method == "GET" and "{" in route.path]
    with ExitStack() as stack:
        clients = {name: stack.enter_context(signed_in(hub, actor)) for name, actor in world.insiders.items()}
        for route in reads:
            answers = {name: route.send(client, world.ids) for name, client in clients.items()}
            # A page that comes too early leads back to the case: that is reaching it too.
            assert not all(map(refused, answers.values())), f"{route.name}: {answers}"


def test_a_forged_or_unknown_session_is_nobody(hub: Hub, world: World) -> None:
    with signed_in(hub, None) as client:
        unknown = [Jeton.new(owner).cookie for owner in LIMITES]
        for cookie in ("x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "a.b.c", *unknown):
            answer = client.get("/signalement/api/v1/dossiers", headers={"Cookie": f"relais={cookie}"})
            assert answer.status_code == 401
        for header in ("Bearer x", "Basic eDp5", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."):
            assert client.get("/signalement/api/v1/dossiers", headers={"Authorization": header}).status_code == 401


def test_a_form_from_elsewhere_is_refused(hub: Hub, world: World) -> None:
    with signed_in(hub, world.insiders["animateur"]) as client:
        path = f"/signalement/api/v1/dossiers/{world.ids['dossier_id']}/cloture"
        for origin in ("https://evil.example", "null", ""):
            answer = client.post(path, json={"issue": "sans_suite"}, headers={"Origin": origin})
            assert answer.status_code == 403, origin


def state(hub: Hub, world: World) -> dict[str, Any]:
    """The case as its own people see it."""
    with signed_in(hub, world.insiders["animateur"]) as client:
        dossier = client.get(f"/signalement/api/v1/dossiers/{world.ids['dossier_id']}").json()
        orientation = client.get(f"/orientation/api/v1/orientations/{world.ids['orientation_id']}").json()
        diagnostic = client.get(f"/cellule/api/v1/diagnostics/{world.ids['diagnostic_id']}").json()
    return {
        "dossier": (dossier["etat"], dossier["version"]),
        "orientation": (orientation["etat"], orientation["version"]),
        "diagnostic": (diagnostic["etat"], diagnostic["numero"]),
    }
