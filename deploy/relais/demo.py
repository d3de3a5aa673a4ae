"""The demo data: who can sign in, which systems are connected, and what the hub holds at its first start."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2

from relais.binaries import DEPLOY
from relais.errors import RunnerError
from relais.programs import MACHINE_SCOPE
from relais.recovery import marker

if TYPE_CHECKING:
    from relais.hub import Hub

DIRECTORY = DEPLOY / "demo" / "partenaires.json"
SANDBOX = DEPLOY / "demo" / "bac-a-sable.json"
ASSOCIATIONS = DEPLOY / "demo" / "journey.jsonl"
# Enough that the animateurs of the demo find something to do, few enough that the first start stays quick.
CASES = 24
# The accounts that `relais up` prints; the sign-in page has all of them.
SHOWN = ("national", "animateur.occitanie", "manager.france-active-occitanie", "agent.france-active-occitanie")
NATIONAL = "cellule-nationale"
ROLES = {
    "national": "cellule nationale",
    "auditeur": "auditeur",
    "administrateur": "administrateur",
    "animateur": "animateur",
    "catalogue": "éditeur du catalogue",
    "manager": "responsable",
    "agent": "conseiller",
}


@dataclass(frozen=True)
class Account:
    """A person that the development identity provider knows; `role` and `organisation` are labels shown at sign-in."""

    sub: str
    given_name: str
    family_name: str
    email: str
    role: str
    organisation: str


@dataclass(frozen=True)
class Machine:
    """A partner's system: an OAuth client that signs in with its own secret."""

    client_id: str
    scope: str


@cache
def directory() -> list[dict[str, Any]]:
    """The invented organisations, as `deploy/demo/partenaires.json` has them."""
    organisations: list[dict[str, Any]] = json.loads(DIRECTORY.read_text(encoding="utf-8"))
    return organisations


@cache
def sandbox() -> dict[str, Any]:
    """The organisation with which a partner's developers try their system; no case of the demo goes to it."""
    organisation: dict[str, Any] = json.loads(SANDBOX.read_text(encoding="utf-8"))
    return organisation


def accounts(*, empty: bool) -> list[Account]:
    """Everybody who can sign in; in an empty hub the national cell alone, which can fill the directory."""
    return [
        Account(
            sub=member["sub"],
            given_name=member["prenom"],
            family_name=member["nom"],
            email=member["courriel"],
            role=", ".join(ROLES[role] for role in member["roles"]),
            organisation=organisation["nom"],
        )
        for organisation in (*directory(), sandbox())
        if not empty or organisation["code"] == NATIONAL
        for member in organisation["membres"]
    ]


def shown_accounts(*, empty: bool) -> list[Account]:
    """The few accounts worth printing: one of each kind."""
    return [account for account in accounts(empty=empty) if account.email.split("@")[0] in SHOWN]


def machines(*, empty: bool) -> list[Machine]:
    """The partners' systems; none in an empty hub."""
    if empty:
        return []
    known = (*directory(), sandbox())
    return [Machine(client["client_id"], MACHINE_SCOPE) for organisation in known for client in organisation["clients"]]


def load(hub: "Hub") -> None:
    """Fill a running hub: the directory, then some signalements through the public API, once even after an interruption.

    A hub that is to stay empty gets the national cell, without which nobody could sign in.
    """
    if hub.empty:
        load_directory(hub, [organisation for organisation in directory() if organisation["code"] == NATIONAL])
        return
    load_directory(hub, [*directory(), sandbox()])
    lines = ASSOCIATIONS.read_text(encoding="utf-8").splitlines()[-CASES:]
    with httpx2.Client(base_url=hub.url, timeout=30, trust_env=False) as client:
        for line in map(json.loads, lines):
            key = {"Idempotency-Key": f"demo-signalement-{line['numero']}"}
            client.post("/signalement/api/v1/signalements", json=filing(line), headers=key).raise_for_status()


def load_directory(hub: "Hub", organisations: list[dict[str, Any]]) -> None:
    """Load organisations, with their members and systems, by the service's own command; raises RunnerError."""
    file = hub.layout.run / "directory.json"
    file.write_text(json.dumps(organisations), encoding="utf-8")
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | marker(hub.layout.data)
    environment = base | hub.service_environment("orientation")
    command = [sys.executable, "-m", "orientation.charger", str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RunnerError(f"The demo directory could not be loaded: {(done.stderr.strip() or 'no message').splitlines()[-1]}")


def filing(line: dict[str, Any]) -> dict[str, Any]:
    """What the API is sent for one line of the invented associations."""
    tells = line["origine"] != "self"
    return {
        "origine": line["origine"],
        "motif_tiers": line["motif_tiers"],
        "declarant": {"nom": "Camille Exemple", "courriel": "camille.exemple@relais.example"} if tells else None,
        "association": {key: line[key] for key in ("nom", "siren", "siret", "rna", "departement", "code_postal", "commune")},
        "contact": line["contact"],
        "etp": line["etp"],
        "budget": line["budget"],
        "mois_avant_rupture": line["horizon_mois"],
        "indicateurs": line["indicateurs"],
        "besoin": line["besoin"],
    }
