"""A case with a value of its own in every free field, lived on a running hub through its interfaces."""

from datetime import timedelta
from typing import Any

from stdnum import luhn

from common.actor import Role
from common.clock import utc_now
from relais.hub import Hub
from tests.access.world import eventually
from tests.people import member, organisation, signed_in

PARTNER = "france-active-occitanie"
SIREN = "8314159" + "2"
SIREN += luhn.calc_check_digit(SIREN)
VALUES = {
    "name": "Zorbalunedesgraves",
    "siren": SIREN,
    "town": "Trifouillisdelamer",
    "contact": "Quintefeuilbrune",
    "first name": "Xylophanique",
    "position": "Grandtimonieriste",
    "mail": "boite-plantee-partout",
    "telephone": "0465711987",
    "need": "besoinsecretissimal",
    "why a third party worries": "motifinavouablement",
    "who filed": "Declarantombrageux",
    "their organisation": "Organisationombrageuse",
    "message of the cell": "messagedelacellulette",
    "message of the association": "messagedelassociette",
    "document": "grandlivreclandestin",
    "content of the document": "soldebancairecache",
    "person invited": "Tresoriereinvitee",
    "mail of the person invited": "tresoriere-plantee",
    "another address": "adresse-de-rechange-plantee",
    "mail of a colleague": "collegue-plantee",
    "question": "questionindiscretement",
    "answer": "reponseconfidentiale",
    "place": "ruedusecretbiengarde",
    "link of a meeting": "visio-plantee.example",
    "diagnostic": "diagnosticintimement",
    "budget": "41987654",
}
OWN = {"description of a webhook": "descriptionduwebhookplantee"}
"""What a manager writes for itself: shown to it, in no mail, message or log."""


def filed(hub: Hub) -> str:
    """A case filed by a third party, with something in each field."""
    body = {
        "origine": "tiers",
        "declarant": {
            "nom": VALUES["who filed"],
            "courriel": f"{VALUES['who filed'].lower()}@tiers.example",
            "organisation": VALUES["their organisation"],
        },
        "motif_tiers": VALUES["why a third party worries"],
        "association": {
            "nom": VALUES["name"],
            "siren": SIREN,
            "departement": "34",
            "code_postal": "34000",
            "commune": VALUES["town"],
        },
        "contact": {
            "nom": VALUES["contact"],
            "prenom": VALUES["first name"],
            "fonction": VALUES["position"],
            "courriel": f"{VALUES['mail']}@asso.example",
            "telephone": VALUES["telephone"],
        },
        "etp": 7,
        "budget": int(VALUES["budget"]),
        "mois_avant_rupture": 4,
        "indicateurs": ["rupture_tresorerie"],
        "besoin": VALUES["need"],
    }
    answer = signed_in(hub, None).post("/signalement/api/v1/signalements", json=body)
    assert answer.status_code == 201, answer.text
    dossier_id: str = answer.json()["dossier_id"]
    return dossier_id


def in_the_space(space: Any, animateur: Any, dossier_id: str) -> None:
    """Messages both ways, a document, one more person, another address."""
    texte = {"texte": VALUES["message of the association"], "attend_reponse": "true"}
    assert space.post("/signalement/espace/messages", data=texte).status_code == 303
    texte = {"texte": VALUES["message of the cell"], "attend_reponse": "true"}
    assert animateur.post(f"/signalement/dossiers/{dossier_id}/messages", data=texte).status_code == 303
    content = f"{VALUES['content of the document']};1".encode()
    sent = {"fichier": (f"{VALUES['document']}.csv", content, "text/csv")}
    assert space.post("/signalement/espace/documents", files=sent).status_code == 303
    invited = {"prenom": "Nina", "nom": VALUES["person invited"], "fonction": "trésorière"}
    invited |= {"courriel": f"{VALUES['mail of the person invited']}@asso.example"}
    assert space.post("/signalement/espace/personnes/inviter", data=invited).status_code == 303
    page = space.get("/signalement/espace/personnes").text
    personne = page.split("/espace/personnes/")[1].split('"')[0]
    another = {"courriel": f"{VALUES['another address']}@asso.example", "verification": "rappel"}
    path = f"/signalement/dossiers/{dossier_id}/personnes/{personne}/adresse"
    assert animateur.post(path, data=another).status_code == 303


def referred(hub: Hub, animateur: Any, space: Any, dossier_id: str) -> str:
    """A referral that was opened, asked about, answered, met about and accepted."""
    partner, agent = organisation(PARTNER), signed_in(hub, member(PARTNER, Role.agent))
    body = {
        "dossier_id": dossier_id,
        "partenaire_id": partner["id"],
        "dispositif": partner["dispositifs"][0],
        "categories": ["identite", "contact", "situation", "finances"],
    }

    def refer() -> Any:
        answer = animateur.post("/orientation/api/v1/orientations", json=body)
        return answer.json()["orientation_id"] if answer.status_code == 201 else None

    def asked() -> Any:
        known = space.get("/signalement/api/v1/espace").json()["consentements"]
        return next((c for c in known if c["destinataire_id"] == partner["id"]), None)

    base = f"/orientation/api/v1/orientations/{eventually(refer)}"
    consent = eventually(asked)
    given = {"texte_version": consent["texte_version"]}
    space.post(f"/signalement/api/v1/consentements/{consent['id']}/donner", json=given).raise_for_status()
    eventually(lambda: animateur.post(f"{base}/actions/envoyer", json={}).status_code == 200)
    opened = agent.post(f"{base}/ouverture").raise_for_status()
    assert VALUES["name"] in opened.text
    asking, answering = {"texte": VALUES["question"]}, {"texte": VALUES["answer"]}
    agent.post(f"{base}/actions/complement-demander", json=asking).raise_for_status()
    animateur.post(f"{base}/actions/complement-fournir", json=answering).raise_for_status()
    for place, mode in ((VALUES["place"], "sur_place"), (f"https://{VALUES['link of a meeting']}/x", "visio")):
        debut = (utc_now() + timedelta(days=7)).isoformat()
        slot = {"debut": debut, "minutes": 30, "mode": mode, "lieu": place}
        agent.post(f"{base}/rendez-vous", json={"creneaux": [slot]}).raise_for_status()
        proposed = animateur.get(f"{base}/rendez-vous").json()["elements"][0]
        taken = {"creneau_id": proposed["creneaux"][0]["creneau_id"]}
        meeting = f"{base}/rendez-vous/{proposed['rendez_vous_id']}"
        animateur.post(f"{meeting}/confirmation", json=taken).raise_for_status()
    agent.post(f"{meeting}/annulation", json={"motif": "erreur"}).raise_for_status()
    agent.post(f"{base}/actions/accepter", json={}).raise_for_status()
    return str(consent["id"])


def diagnosed(animateur: Any, space: Any, dossier_id: str) -> None:
    """A diagnostic that both sides validated."""
    made = eventually(lambda: _made(animateur, dossier_id))
    path = f"/cellule/api/v1/diagnostics/{made['diagnostic_id']}"
    sections = dict.fromkeys(("strategie", "gestion", "gouvernance", "finances", "plan"), VALUES["diagnostic"])
    written = animateur.put(path, json={"sections": sections}, headers={"If-Match": f'"{made["numero"]}"'})
    seal = {"empreinte": written.raise_for_status().json()["empreinte"]}
    for side in (space, animateur):
        side.post(f"{path}/validation", json=seal).raise_for_status()


def _made(animateur: Any, dossier_id: str) -> Any:
    answer = animateur.post("/cellule/api/v1/diagnostics", json={"dossier_id": dossier_id})
    return answer.json() if answer.status_code == 201 else None


def mistaken(hub: Hub, animateur: Any, dossier_id: str) -> None:
    """What people do with names in addresses and in forms that are refused: none of it may end in a log."""
    for service in ("signalement", "orientation", "cellule", "notifications"):
        for value in (VALUES["name"], SIREN, f"{VALUES['mail']}@asso.example"):
            assert animateur.get(f"/{service}/{value}", params={"q": value}).status_code == 404
    for page in ("/signalement/dossiers", "/orientation/orientations", "/orientation/annuaire"):
        assert animateur.get(page, params={"recherche": VALUES["name"]}).status_code == 200
    animateur.get("/notifications/fil", params={"reference": VALUES["name"]}).raise_for_status()
    refused = {"association": {"nom": VALUES["name"], "siren": f"{SIREN}9"}, "besoin": VALUES["need"] * 2000}
    assert signed_in(hub, None).post("/signalement/api/v1/signalements", json=refused).status_code == 422
    broken, as_json = f'{{"nom": "{VALUES["name"]}"'.encode(), {"Content-Type": "application/json"}
    answer = signed_in(hub, None).post("/signalement/api/v1/signalements", content=broken, headers=as_json)
    assert answer.status_code == 422
    absurd = {"texte": VALUES["message of the cell"] * 5000}
    assert animateur.post(f"/signalement/dossiers/{dossier_id}/messages", data=absurd).status_code == 422


def invited(hub: Hub) -> None:
    """A colleague of the partner, by mail."""
    colleague = {"courriel": f"{VALUES['mail of a colleague']}@partenaire.example", "roles": ["agent"]}
    path = f"/orientation/api/v1/equipes/{organisation(PARTNER)['id']}/invitations"
    signed_in(hub, member(PARTNER, Role.manager)).post(path, json=colleague).raise_for_status()
