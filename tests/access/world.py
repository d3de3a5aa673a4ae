"""One case in Occitanie with everything in it, made on a running hub through its interfaces: what strangers must not reach."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from relais.demo import directory
from relais.hub import Hub
from tests.access.written import ask_to_join, come_back_changed, withdrawn
from tests.people import dirigeant, member, organisation, signed_in
from tests.sessions import now

SECRET_NAME = "Les Passeurs de Lune Invisible"
PARTNER = "france-active-occitanie"
ANIMATEUR = member("cellule-occitanie", Role.animateur)
INSIDERS = {
    "animateur": ANIMATEUR,
    "editeur": replace(ANIMATEUR, roles=frozenset({Role.animateur, Role.catalogue})),
    "agent": member(PARTNER, Role.agent),
    "manager": member(PARTNER, Role.manager),
}


@dataclass(frozen=True, slots=True)
class World:
    """The ids of the case, by the names that the routes give their parameters, and who may reach it."""

    ids: dict[str, str]
    insiders: dict[str, Actor]

    @property
    def every_id(self) -> dict[str, str]:
        """The ids for every route: also those that name no row of the case, and are nowhere."""
        unknown = dict.fromkeys(("etape", "emetteur", "lien"), "x") | {"partenaire_id": self.ids["organisation"]}
        return {"acces_id": self.ids["dossier_id"]} | unknown | self.ids


def strangers() -> dict[str, Actor | None]:
    """Nobody, and every kind of somebody who has nothing to do with the case."""
    other = member("france-active-bretagne", Role.agent)
    return {
        "nobody": None,
        "agent of another partner": other,
        "manager of another partner": member("france-active-bretagne", Role.manager),
        "link of another referral": Actor(
            str(new_id()), frozenset({Role.lien}), other.organisation_id, orientation_id=new_id()
        ),
        "machine of another partner": Actor("si-other", frozenset({Role.machine}), other.organisation_id),
        "animateur of another region": member("cellule-bretagne", Role.animateur),
        "dirigeant of another case": dirigeant(new_id()),
        "national": member("cellule-nationale", Role.national),
        "auditeur": member("cellule-nationale", Role.auditeur),
    }


def eventually(attempt: Callable[[], Any], seconds: float = 20) -> Any:
    """What `attempt` gives once it gives something true; events take a moment."""
    deadline = time.monotonic() + seconds
    while not (found := attempt()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)
    return found


def build(hub: Hub) -> World:
    """File, qualify, refer, consent, send, and begin a diagnostic; register a webhook that fails at once."""
    partner = organisation(PARTNER)
    animateur, manager = signed_in(hub, INSIDERS["animateur"]), signed_in(hub, INSIDERS["manager"])
    day = {"jour": "1", "mois": "2", "annee": str(utc_now().year + 1)}
    away = {f"{end}-{part}": value for end in ("du", "au") for part, value in day.items()}
    assert manager.post("/orientation/mon-organisation/absences/nouvelle", data=away).status_code == 303
    sheet = manager.get("/orientation/mon-organisation", headers={"Accept": "text/html"}).text
    filed = signed_in(hub, None).post("/signalement/api/v1/signalements", json=FILING).raise_for_status().json()
    dossier_id = filed["dossier_id"]
    leader = dirigeant(UUID(dossier_id))
    space = signed_in(hub, leader)
    hook = {"url": "http://127.0.0.1:9/nobody-listens", "types": ["orientation.*"]}
    webhook_id = manager.post("/notifications/api/v1/webhooks", json=hook).raise_for_status().json()["webhook_id"]
    qualified = {"niveau": "faire_face"}
    animateur.post(f"/signalement/api/v1/dossiers/{dossier_id}/qualification", json=qualified).raise_for_status()

    def refer() -> Any:
        body = {
            "dossier_id": dossier_id,
            "partenaire_id": partner["id"],
            "dispositif": partner["dispositifs"][0],
            "categories": ["identite", "contact"],
        }
        answer = animateur.post("/orientation/api/v1/orientations", json=body)
        return answer.json()["orientation_id"] if answer.status_code == 201 else None

    orientation_id = eventually(refer)
    diagnostic_id = eventually(lambda: _diagnostic(animateur, dossier_id))
    written = {"sections": dict.fromkeys(("strategie", "gestion", "gouvernance", "finances", "plan"), SECRET_NAME)}
    path = f"/cellule/api/v1/diagnostics/{diagnostic_id}"
    animateur.put(path, json=written, headers={"If-Match": "0"}).raise_for_status()
    consents = eventually(lambda: _consents(space, 2))
    consent = next(one for one in consents if one["finalite"] == "orientation")
    given = {"texte_version": consent["texte_version"]}
    space.post(f"/signalement/api/v1/consentements/{consent['id']}/donner", json=given).raise_for_status()
    send = f"/orientation/api/v1/orientations/{orientation_id}/actions/envoyer"
    eventually(lambda: animateur.post(send, json={}).status_code == 200)
    rendez_vous_id = _appointment(signed_in(hub, INSIDERS["agent"]), animateur, orientation_id)
    session_page = animateur.get("/orientation/mes-sessions").text
    log = f"/notifications/api/v1/webhooks/{webhook_id}/livraisons"
    delivery = eventually(lambda: manager.get(log).json()["elements"])[0]
    replay = f"/notifications/api/v1/webhooks/{webhook_id}/rejeux"
    replayed = manager.post(replay, json={"depuis": "2020-01-01T00:00:00Z"}).raise_for_status().json()
    personne_id = _invited(space)
    now(withdrawn(hub.database_url("notifications"), UUID(consent["id"]), UUID(dossier_id), UUID(partner["id"])))
    ids = {
        "dossier_id": dossier_id,
        "personne_id": personne_id,
        "recuperation_id": _recovery(animateur, dossier_id, personne_id),
        "document_id": _document(space),
        "orientation_id": orientation_id,
        "consentement_id": consent["id"],
        "rendez_vous_id": rendez_vous_id,
        "transfert_id": _transfer(signed_in(hub, INSIDERS["agent"]), orientation_id),
        "reponse": "refus",
        "lot_id": _lot(animateur, orientation_id),
        "diagnostic_id": diagnostic_id,
        "session_id": session_page.split("/mes-sessions/")[1].split("/")[0],
        "webhook_id": webhook_id,
        "seq": eventually(lambda: _line_of_the_feed(signed_in(hub, INSIDERS["agent"]))),
        "rejeu_id": replayed["rejeu_id"],
        "livraison_id": next(value for key, value in delivery.items() if key in ("livraison_id", "id")),
        "jeton": "x" * 43,
        **_team(hub, manager, partner),
        "absence_id": sheet.split("/absences/")[1].split("/")[0],
        "dispositif": partner["dispositifs"][0],
        "code": partner["dispositifs"][0],
        "action": "accepter",
    }
    return World(ids, INSIDERS | {"dirigeant": leader})


def _invited(space: Any) -> str:
    """One more person in the association's space."""
    invited = {"prenom": "Autre", "nom": "Personne", "fonction": "trésorière", "courriel": "tresor@asso.example"}
    assert space.post("/signalement/espace/personnes/inviter", data=invited).status_code == 303
    page = space.get("/signalement/espace/personnes").text
    return str(page.split("/espace/personnes/")[1].split('"')[0])


def _recovery(animateur: Any, dossier_id: str, personne_id: str) -> str:
    """Another address proposed for that person, which nobody has confirmed yet."""
    body = {"courriel": "nouvelle@asso.example", "verification": "rappel"}
    answer = animateur.post(f"/signalement/dossiers/{dossier_id}/personnes/{personne_id}/adresse", data=body)
    assert answer.status_code == 303
    return str(answer.headers["location"].partition("?")[0].rpartition("/")[2])


def _document(space: Any) -> str:
    """A file that the association added."""
    sent = {"fichier": (f"{SECRET_NAME}.csv", f"{SECRET_NAME};1".encode(), "text/csv")}
    assert space.post("/signalement/espace/documents", files=sent).status_code == 303
    page = space.get("/signalement/espace/documents").text
    return str(page.split("/espace/documents/")[1].split('"')[0])


def _team(hub: Hub, manager: Any, partner: dict[str, Any]) -> dict[str, str]:
    """The partner's own people: a member, somebody invited, somebody who asks, and its system."""
    path = f"/orientation/api/v1/equipes/{partner['id']}"
    invited = {"courriel": "invitee@relais.example", "roles": ["agent"]}
    invitation = manager.post(f"{path}/invitations", json=invited).raise_for_status().json()
    (machine,) = manager.get("/orientation/api/v1/machines").raise_for_status().json()["elements"]
    adhesion_id = now(ask_to_join(hub.database_url("orientation"), UUID(partner["id"]), SECRET_NAME))
    return {
        # Not an id that ends so: the directory shows it to everybody.
        "organisation": partner["id"],
        "membre_id": manager.get(path).json()["membres"][0]["membre_id"],
        "invitation_id": invitation["invitation_id"],
        "adhesion_id": str(adhesion_id),
        "machine_id": machine["machine_id"],
        "compte_id": str(now(come_back_changed(hub.database_url("orientation"), UUID(partner["id"])))),
    }


def _appointment(agent: Any, animateur: Any, orientation_id: str) -> str:
    """An appointment that was proposed and confirmed."""
    agent.post(f"/orientation/api/v1/orientations/{orientation_id}/actions/recevoir", json={}).raise_for_status()
    path = f"/orientation/api/v1/orientations/{orientation_id}/rendez-vous"
    debut = (utc_now() + timedelta(days=7)).isoformat()
    slot = {"debut": debut, "minutes": 30, "mode": "sur_place", "lieu": SECRET_NAME}
    agent.post(path, json={"creneaux": [slot]}).raise_for_status()
    (proposed,) = animateur.get(path).json()["elements"]
    taken = {"creneau_id": proposed["creneaux"][0]["creneau_id"]}
    animateur.post(f"{path}/{proposed['rendez_vous_id']}/confirmation", json=taken).raise_for_status()
    return str(proposed["rendez_vous_id"])


def _transfer(agent: Any, orientation_id: str) -> str:
    """A proposal to pass the referral on, which waits for its answer."""
    other = next(one for one in directory() if "dla" in one["dispositifs"] and "34" in one["departements"])
    body = {"partenaire_id": other["id"], "dispositif": "dla", "motif": "autre"}
    path = f"/orientation/api/v1/orientations/{orientation_id}/transferts"
    return str(agent.post(path, json=body).raise_for_status().json()["transfert_id"])


def _line_of_the_feed(agent: Any) -> str | None:
    """A line of what the partner's agent is told."""
    page = agent.get("/notifications/fil", headers={"Accept": "text/html"}).text
    found = re.search(r"/notifications/fil/(\d+)/ouvrir", page)
    return found and found[1]


def _lot(animateur: Any, orientation_id: str) -> str:
    """A reminder by hand, as a lot of one."""
    version = animateur.get(f"/orientation/api/v1/orientations/{orientation_id}").json()["version"]
    chosen = [{"orientation_id": orientation_id, "version": version}]
    body = {"lot_id": str(new_id()), "action": "relancer", "orientations": chosen}
    return str(animateur.post("/orientation/api/v1/orientations/lots", json=body).raise_for_status().json()["lot_id"])


def _diagnostic(client: Any, dossier_id: str) -> str | None:
    answer = client.post("/cellule/api/v1/diagnostics", json={"dossier_id": dossier_id})
    return str(answer.json()["diagnostic_id"]) if answer.status_code == 201 else None


def _consents(client: Any, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/signalement/api/v1/espace").json()["consentements"]
    return found if len(found) >= count else []


FILING = {
    "origine": "self",
    "association": {
        "nom": SECRET_NAME,
        "siren": "732829320",
        "departement": "34",
        "code_postal": "34000",
        "commune": "Montpellier",
    },
    "contact": {
        "nom": "Inconnue",
        "prenom": "Personne",
        "fonction": "présidente",
        "courriel": "passeurs@asso.example",
        "telephone": "0465711234",
    },
    "etp": 7,
    "budget": 310000,
    "mois_avant_rupture": 4,
    "indicateurs": ["rupture_tresorerie"],
    "besoin": "Une phrase que personne d’autre ne doit lire.",
}
