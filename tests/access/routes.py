"""Every route of the four applications, read from them, with who is let through by its dependencies; and how to ask it well."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from common.actor import Role
from common.auth import require_actor
from common.coffre import new_coffre_key
from common.keys import new_signing_key
from common.streams import SERVICES
from orientation.dispositifs.edition_pages import editeur
from signalement.espace.entree import require_dirigeant

IDENTIFIERS = ("organisation", "seq", "jeton")
NOWHERE = "01900000-0000-7000-8000-000000000000"
EQUIPE = "/orientation/api/v1/equipes/{organisation}"
RENDEZ_VOUS = "/orientation/api/v1/orientations/{orientation_id}/rendez-vous"
CRENEAUX = {"creneaux": [{"debut": "2099-01-01T09:00:00Z", "minutes": 30, "mode": "visio"}]}
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


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path. `roles` are those that its dependencies let through; None where they ask for nobody at all."""

    method: str
    path: str
    roles: frozenset[Role] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The parameters that name a row, and not a page, a code or an action."""
        return tuple(name for name in re.findall(r"\{(\w+)\}", self.path) if name.endswith("_id") or name in IDENTIFIERS)

    @property
    def is_api(self) -> bool:
        return "/api/" in self.path

    def filled(self, ids: dict[str, str]) -> str:
        """Its path with these ids in it."""
        return re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], self.path)

    def send(self, client: httpx2.Client, ids: dict[str, str]) -> httpx2.Response:
        """Send a request to it that is well formed, so that only who asks can be wrong."""
        url = self.filled(ids)
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
            yield Route(method, str(context.path), _roles_of(getattr(context.route, "dependant", None)))


def _roles_of(dependant: Dependant | None) -> frozenset[Role] | None:
    """Whom the dependencies let through, all of them together."""
    asked = [_asked_by(each.call) for each in _dependencies(dependant) if each.call]
    found = [roles for roles in asked if roles is not None]
    return frozenset.intersection(*found) if found else None


def _dependencies(dependant: Dependant | None) -> Iterator[Dependant]:
    for each in dependant.dependencies if dependant else ():
        yield each
        yield from _dependencies(each)


def _asked_by(call: Any) -> frozenset[Role] | None:
    """The roles that one dependency lets through; every one where it only asks that somebody is signed in."""
    if call is require_actor:
        return frozenset(Role)
    if call is require_dirigeant:
        return frozenset({Role.dirigeant})
    if call is editeur:
        return frozenset({Role.catalogue})
    return frozenset(call.roles) if hasattr(call, "roles") else None
