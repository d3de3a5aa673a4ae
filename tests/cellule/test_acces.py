"""Who may call what: every route of the service, for every kind of person and for nobody."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from tests.cellule.conftest import (
    ANIMATRICE,
    AUTRE_DIRIGEANTE,
    COLLEGUE,
    DIRIGEANTE,
    MACHINE,
    PUBLIC_URL,
    TOUS,
    Signalement,
)
from tests.cellule.parcours import DIAGNOSTICS, TEXTES, Clients, redige, valide

from cellule.app import ROUTERS
from common.actor import Actor, Role
from common.codes import Droit
from common.database import Database

ECRIVENT = {Role.animateur, Role.dirigeant}
LISENT = ECRIVENT | {Role.agent, Role.manager}
CHIFFRES = {Role.national, Role.auditeur, Role.animateur}

# Each route with the roles that get past the first check; a route that is not here fails the test.
ATTENDU: dict[tuple[str, str], set[Role]] = {
    ("POST", "/api/v1/diagnostics"): {Role.animateur},
    ("GET", "/api/v1/diagnostics"): LISENT,
    ("GET", "/api/v1/diagnostics/{diagnostic_id}"): LISENT,
    ("PUT", "/api/v1/diagnostics/{diagnostic_id}"): ECRIVENT,
    ("POST", "/api/v1/diagnostics/{diagnostic_id}/validation"): ECRIVENT,
    ("POST", "/api/v1/diagnostics/{diagnostic_id}/partage"): {Role.animateur},
    ("GET", "/api/v1/chiffres"): CHIFFRES,
    ("GET", "/api/v1/audit"): {Role.auditeur},
    ("GET", "/diagnostics"): LISENT,
    ("POST", "/diagnostics"): {Role.animateur},
    ("GET", "/diagnostics/{diagnostic_id}"): LISENT,
    ("GET", "/diagnostics/{diagnostic_id}/versions"): ECRIVENT,
    ("GET", "/diagnostics/{diagnostic_id}/redaction"): ECRIVENT,
    ("POST", "/diagnostics/{diagnostic_id}/redaction"): ECRIVENT,
    ("GET", "/diagnostics/{diagnostic_id}/validation"): ECRIVENT,
    ("POST", "/diagnostics/{diagnostic_id}/validation"): ECRIVENT,
    ("GET", "/diagnostics/{diagnostic_id}/partage"): {Role.animateur},
    ("POST", "/diagnostics/{diagnostic_id}/partage"): {Role.animateur},
    ("GET", "/chiffres"): CHIFFRES,
    ("GET", "/journal"): {Role.auditeur},
}


async def test_the_matrix_names_every_route(app: FastAPI) -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    assert all(isinstance(route, APIRoute) for route in routes)
    operations = {(methode, route.path) for route in routes if isinstance(route, APIRoute) for methode in route.methods or ()}
    assert operations == set(ATTENDU)
    assert {f"/cellule{chemin}" for _, chemin in operations if "/api/" in chemin} <= set(app.openapi()["paths"])


@pytest.mark.parametrize(("methode", "chemin"), ATTENDU)
async def test_wrong_role_or_nobody(client: Clients, methode: str, chemin: str) -> None:
    adresse = f"/cellule{chemin.format(diagnostic_id=UUID(int=1))}"
    corps: dict[str, Any] = {"json": {"sections": TEXTES, "dossier_id": str(UUID(int=1)), "empreinte": "0" * 64}}
    if "/api/" not in chemin:
        corps = {"data": {"base": "0", "plan": "x", "dossier_id": str(UUID(int=1)), "empreinte": "0" * 64}}
    corps = corps if methode in ("POST", "PUT") else {}
    entetes = {"If-Match": "0"}
    assert (await client(None).request(methode, adresse, headers=entetes, **corps)).status_code == 401
    for acteur in TOUS:
        statut = (await client(acteur).request(methode, adresse, headers=entetes, **corps)).status_code
        if acteur.roles.isdisjoint(ATTENDU[methode, chemin]):
            assert statut == 403, acteur.id
        else:
            assert statut in (200, 404), acteur.id


@pytest.mark.parametrize("etranger", [COLLEGUE, AUTRE_DIRIGEANTE], ids=lambda a: a.id)
async def test_another_territory_or_case_finds_nothing(
    client: Clients, cellule_db: Database, signalement: Signalement, etranger: Actor
) -> None:
    identifiant = await valide(client)
    adresse = f"{DIAGNOSTICS}/{identifiant}"
    essais = [
        await client(etranger).get(adresse),
        await client(etranger).put(adresse, json={"sections": TEXTES}, headers={"If-Match": "1"}),
        await client(etranger).post(f"{adresse}/validation", json={"empreinte": "0" * 64}),
        await client(etranger).get(f"/cellule/diagnostics/{identifiant}/versions"),
    ]
    assert [essai.status_code for essai in essais] == [404] * 4
    assert (await client(etranger).get(DIAGNOSTICS)).json()["elements"] == []
    async with cellule_db.transaction() as session:
        traces = await session.execute(text("SELECT count(*) FROM audit_entries WHERE acteur_id = :id"), {"id": etranger.id})
        assert traces.scalar_one() == 0


async def test_of_the_association_only_who_validates_writes(client: Clients, cellule_db: Database) -> None:
    identifiant = await valide(client)
    lectrice = replace(DIRIGEANTE, id="lectrice", droits=frozenset({Droit.lire, Droit.consentir}))
    adresse = f"{DIAGNOSTICS}/{identifiant}"
    lu = (await client(lectrice).get(adresse)).json()
    assert (lu["actions"], lu["etat"]) == ([], "valide")
    ecrits = [
        await client(lectrice).put(adresse, json={"sections": TEXTES}, headers={"If-Match": "1"}),
        await client(lectrice).post(f"{adresse}/validation", json={"empreinte": lu["empreinte"]}),
        await client(lectrice).post(f"/cellule/diagnostics/{identifiant}/validation", data={"empreinte": lu["empreinte"]}),
    ]
    assert [ecrit.status_code for ecrit in ecrits] == [403] * 3
    page = await client(lectrice).get(f"/cellule/diagnostics/{identifiant}/redaction")
    assert (page.status_code, page.headers["location"]) == (303, f"/cellule/diagnostics/{identifiant}")


async def test_the_dirigeant_never_shares(client: Clients, signalement: Signalement) -> None:
    identifiant = await valide(client)
    assert (await client(DIRIGEANTE).post(f"{DIAGNOSTICS}/{identifiant}/partage")).status_code == 403
    assert signalement.questions == []


async def test_a_form_from_elsewhere_is_refused(client: Clients) -> None:
    identifiant = (await client(ANIMATRICE).get(DIAGNOSTICS)).json()["elements"]
    assert identifiant == []
    reponse = await client(ANIMATRICE).post(
        DIAGNOSTICS, json={"dossier_id": str(UUID(int=0xD055))}, headers={"Origin": "https://ailleurs.example"}
    )
    assert reponse.status_code == 403
    assert PUBLIC_URL not in reponse.text


async def test_an_animateur_counts_its_own_territory_only(client: Clients) -> None:
    siens = (await client(ANIMATRICE).get("/cellule/api/v1/chiffres")).json()
    assert siens["dossiers"]["total"] == 1
    assert [ligne["code"] for ligne in siens["dossiers"]["par_departement"]] == ["31"]
    for ailleurs in ({"region": "32"}, {"departement": "59"}):
        assert (await client(ANIMATRICE).get("/cellule/api/v1/chiffres", params=ailleurs)).status_code == 403
    inconnu = await client(ANIMATRICE).get("/cellule/api/v1/chiffres", params={"region": "999"})
    assert inconnu.status_code == 422
    assert (await client(MACHINE).get("/cellule/api/v1/chiffres")).status_code == 403


async def test_the_dirigeant_writes_as_the_association(client: Clients, signalement: Signalement) -> None:
    identifiant = await valide(client)
    await redige(client, identifiant, base=1)
    page = await client(DIRIGEANTE).get(f"/cellule/diagnostics/{identifiant}", headers={"Accept": "text/html"})
    assert "Relire et valider" in page.text
    assert "/partage" not in page.text
