"""Who may reach what, for every route of every service: the routes are read from the applications, none is left out."""

import importlib
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
import pytest
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from common.actor import Actor
from common.clock import new_id
from common.coffre import new_coffre_key
from common.keys import new_signing_key
from common.sessions import LIMITES, Jeton
from common.streams import SERVICES
from relais.hub import Hub
from tests.access.world import SECRET_NAME, World, build, strangers
from tests.people import signed_in

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(600)]

# What anybody may ask: nothing about any case is behind these. A new route is closed until it is written here.
PUBLIC = re.compile(
    r"/\w+/(openapi\.json|static|__\w+__|$)"
    r"|/signalement/(api/v1/signalements|signaler(/.*)?|confidentialite|accessibilite|espace/acces(/\{acces_id\})?)$"
    r"|/orientation/(api/v1/eligibilite|simulateur|api/v1/partenaires(/\{partenaire_id\})?|connexion(/retour(/\{emetteur\})?)?)$"
    r"|/orientation/deconnexion(/retour|/fournisseur/\{emetteur\})?$"
    r"|/orientation/invitation/\{jeton\}$"
    r"|/orientation/calendriers/\{jeton\}\.ics$"
    r"|/orientation/couverture$"
    r"|/orientation/(api/v1/)?dispositifs(/export\.zip|/\{code\}(\.yaml)?)?$"
    r"|/orientation/api/v1/annuaire/(data-inclusion|csv)$"
    r"|/orientation/annuaire(/partenaires/\{partenaire_id\})?$"
    r"|/notifications/developpeurs$"
    r"|/notifications/desinscription/\{jeton\}$"
)
NOWHERE = "01900000-0000-7000-8000-000000000000"
EQUIPE = "/orientation/api/v1/equipes/{organisation}"
RENDEZ_VOUS = "/orientation/api/v1/orientations/{orientation_id}/rendez-vous"
CRENEAUX = {"creneaux": [{"debut": "2099-01-01T09:00:00Z", "minutes": 30, "mode": "visio"}]}
# Lists that more than the case's own people may read; what they get must not hold the case.
BODIES: dict[str, Any] = {
    "/signalement/api/v1/dossiers/recherche": {"recherche": "Passeurs"},
    "/signalement/api/v1/dossiers/{dossier_id}/qualification": {"niveau": "anticiper"},
    "/signalement/api/v1/dossiers/{dossier_id}/cloture": {"issue": "sans_suite"},
    "/signalement/api/v1/consentements/{consentement_id}/donner": {"texte_version": "1"},
    "/orientation/api/v1/orientations": {
        "dossier_id": "{dossier_id}",
        "partenaire_id": "900a09d5-58fa-5e3c-871f-3c93dc1a346c",
        "dispositif": "trajectoire",
        "categories": ["identite"],
    },
    "/orientation/api/v1/orientations/{orientation_id}/complements": {"questions": [{"intitule": "x"}]},
    "/orientation/api/v1/orientations/{orientation_id}/complements/reponses": {"reponses": []},
    "/orientation/api/v1/orientations/{orientation_id}/responsable": {"responsable_id": None},
    "/orientation/api/v1/orientations/{orientation_id}/transferts": {
        "partenaire_id": "900a09d5-58fa-5e3c-871f-3c93dc1a346c",
        "dispositif": "dla",
        "motif": "autre",
    },
    "/orientation/api/v1/orientations/lots/apercu": {"action": "annuler", "orientations": [NOWHERE]},
    "/orientation/api/v1/orientations/lots": {
        "lot_id": "{lot_id}",
        "action": "relancer",
        "orientations": [{"orientation_id": NOWHERE, "version": 1}],
    },
    f"{EQUIPE}/invitations": {"courriel": "x@relais.example", "roles": ["manager"]},
    f"{EQUIPE}/membres/{{membre_id}}/roles": {"roles": ["manager"]},
    f"{EQUIPE}/adhesions/{{adhesion_id}}/acceptation": {"roles": ["manager"]},
    RENDEZ_VOUS: CRENEAUX,
    f"{RENDEZ_VOUS}/{{rendez_vous_id}}/proposition": CRENEAUX,
    f"{RENDEZ_VOUS}/{{rendez_vous_id}}/confirmation": {"creneau_id": "{rendez_vous_id}"},
    f"{RENDEZ_VOUS}/{{rendez_vous_id}}/annulation": {"motif": "erreur"},
    "/cellule/api/v1/diagnostics": {"dossier_id": "{dossier_id}"},
    "/cellule/api/v1/diagnostics/{diagnostic_id}": {
        "sections": dict.fromkeys(("strategie", "gestion", "gouvernance", "finances", "plan"), "x")
    },
    "/cellule/api/v1/diagnostics/{diagnostic_id}/validation": {"empreinte": "0" * 64},
    "/notifications/api/v1/webhooks": {"url": "http://127.0.0.1:9/x", "types": ["orientation.*"]},
    "/notifications/api/v1/webhooks/{webhook_id}": {"url": "http://127.0.0.1:9/x", "types": ["orientation.*"]},
    "/notifications/api/v1/webhooks/{webhook_id}/etat": {"etat": "en_pause"},
    "/notifications/api/v1/webhooks/{webhook_id}/rejeux": {"depuis": "2020-01-01T00:00:00Z"},
}
FORMS: dict[str, dict[str, str]] = {
    "/orientation/connexion/organisation": {"membre": NOWHERE},
    "/orientation/recherche": {"recherche": "Passeurs"},
    "/signalement/recherche": {"recherche": "Passeurs"},
    "/orientation/adhesions": {"organisation": "{organisation}", "siret": "73282932000074"},
    "/orientation/orientations/lots/apercu": {"action": "annuler", "orientations": NOWHERE},
    "/orientation/orientations/lots": {"lot": "{lot_id}", "action": "relancer", "lignes": f"{NOWHERE}:1"},
    "/signalement/dossiers/{dossier_id}/qualification": {"niveau": "anticiper"},
    "/signalement/dossiers/{dossier_id}/cloture": {"issue": "sans_suite"},
    "/orientation/orientations/nouvelle": {"dossier": "{dossier_id}", "dossier_id": "{dossier_id}"},
    "/cellule/diagnostics": {"dossier_id": "{dossier_id}"},
    "/cellule/diagnostics/{diagnostic_id}/validation": {"empreinte": "0" * 64},
    "/cellule/diagnostics/{diagnostic_id}/redaction": {"strategie": "x", "numero": "1"},
}
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


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path."""

    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        return "/api/" in self.path

    def send(self, client: httpx2.Client, ids: dict[str, str]) -> httpx2.Response:
        """Send a request to it that is well formed, so that only who asks can be wrong."""
        url = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], self.path)
        if self.path == "/orientation/orientations/nouvelle":
            url += f"?dossier={ids['dossier_id']}"
        if self.path == "/cellule/api/v1/diagnostics" and self.method == "GET":
            url += f"?dossier_id={ids['dossier_id']}"
        headers = {"Accept": "application/json" if self.is_api else "text/html"}
        if self.method == "PUT":
            headers["If-Match"] = "1"
        body: dict[str, Any] = {}
        if self.method not in ("GET", "HEAD", "DELETE"):
            values = (BODIES if self.is_api else FORMS).get(self.path, {})
            filled = {key: ids.get(str(value).strip("{}"), value) for key, value in values.items()}
            body = {"json": filled} if self.is_api else {"data": filled}
        if self.path.endswith("/flux"):
            # A stream does not end: that it begins is enough.
            with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code != 200:
                    answer.read()
            return answer
        return client.request(self.method, url, headers=headers, follow_redirects=False, **body)


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the four applications."""
    return tuple(route for service in SERVICES for route in _routes_of(service))


def _routes_of(service: str) -> Iterator[Route]:
    cls = getattr(importlib.import_module(f"{service}.settings"), f"{service.capitalize()}Settings")
    settings = cls(
        mode="development",
        public_url="http://127.0.0.1:8000",
        database_url=SecretStr("postgresql+asyncpg://nobody@/nothing?host=/nowhere"),
        nats_user=service,
        nats_password=SecretStr("unused"),
        oidc_issuer="http://127.0.0.1:8000/idp",
        signing_key=SecretStr(new_signing_key()),
        oidc_client_id="unused",
        oidc_client_secret=SecretStr("unused"),
        mail_from="relais@relais.example",
        webhook_secret_keys=SecretStr(new_coffre_key()),
    )
    app = importlib.import_module(f"{service}.app").create(settings)
    for context in iter_route_contexts(app.routes):
        for method in sorted(set(context.methods or ()) - {"HEAD"}):
            yield Route(method, str(context.path))


CLOSED = [route for route in routes() if not PUBLIC.match(route.path)]


@pytest.fixture(scope="module")
def world(hub: Hub) -> World:
    """The case that strangers must not reach."""
    return build(hub)


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
    for route in reads:
        answers = {}
        for name, actor in world.insiders.items():
            with signed_in(hub, actor) as client:
                answers[name] = route.send(client, world.ids)
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
