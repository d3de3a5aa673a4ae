"""Who may do what: every endpoint of the API, for every kind of person, by the wrong organisation and by nobody."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from common.actor import Actor
from common.codes import EtatOrientation
from orientation.orientations.domain import COTES, MOTIFS, VERS, Action, Cote, permises
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
)

HUMAINES = [action for action in Action if COTES[action] is not Cote.systeme]
ETRANGERS: dict[str, Actor | None] = {
    "personne": None,
    "dirigeant": DIRIGEANT,
    "national": NATIONAL,
    "auditeur": AUDITEUR,
    "agent d’un autre partenaire": AGENT_APPUI,
    "animateur d’un autre territoire": ANIMATEUR_EST,
}
TRANSFERTS = "/api/v1/orientations/{orientation_id}/transferts"
RENDEZ_VOUS = "/api/v1/orientations/{orientation_id}/rendez-vous"
# The expected refusals of each endpoint, for the strangers in the order above.
REFUS: dict[tuple[str, str], tuple[int, ...]] = {
    ("POST", "/api/v1/orientations"): (401, 403, 403, 403, 403, 404),
    ("GET", "/api/v1/orientations/{orientation_id}"): (401, 403, 403, 403, 404, 404),
    ("POST", "/api/v1/orientations/{orientation_id}/actions/{action}"): (401, 403, 403, 403, 404, 404),
    ("POST", "/api/v1/orientations/{orientation_id}/ouverture"): (401, 403, 403, 403, 404, 403),
    ("GET", "/api/v1/orientations/{orientation_id}/complements"): (401, 403, 403, 403, 404, 404),
    ("POST", "/api/v1/orientations/{orientation_id}/complements"): (401, 403, 403, 403, 404, 403),
    ("POST", "/api/v1/orientations/{orientation_id}/complements/reponses"): (401, 403, 403, 403, 403, 404),
    ("GET", "/api/v1/orientations/{orientation_id}/suites"): (401, 403, 403, 403, 403, 404),
    ("GET", "/api/v1/dossiers/{dossier_id}/cas"): (401, 403, 403, 403, 403, 404),
    ("GET", RENDEZ_VOUS): (401, 403, 403, 403, 404, 404),
    ("POST", RENDEZ_VOUS): (401, 403, 403, 403, 404, 404),
    ("POST", f"{RENDEZ_VOUS}/{{rendez_vous_id}}/proposition"): (401, 403, 403, 403, 404, 404),
    ("POST", f"{RENDEZ_VOUS}/{{rendez_vous_id}}/confirmation"): (401, 403, 403, 403, 404, 404),
    ("POST", f"{RENDEZ_VOUS}/{{rendez_vous_id}}/annulation"): (401, 403, 403, 403, 404, 404),
    ("GET", f"{RENDEZ_VOUS}/{{rendez_vous_id}}/calendrier"): (401, 403, 403, 403, 404, 404),
    ("GET", "/api/v1/orientations/{orientation_id}/responsable"): (401, 403, 403, 403, 404, 403),
    ("GET", TRANSFERTS): (401, 403, 403, 403, 404, 404),
    ("POST", TRANSFERTS): (401, 403, 403, 403, 404, 403),
    ("POST", f"{TRANSFERTS}/{{transfert_id}}/acceptation"): (401, 403, 403, 403, 403, 404),
    ("POST", f"{TRANSFERTS}/{{transfert_id}}/refus"): (401, 403, 403, 403, 403, 404),
    ("POST", f"{TRANSFERTS}/{{transfert_id}}/retrait"): (401, 403, 403, 403, 404, 403),
}
# Of an organisation's manager and the administrateur: no stranger, and none of another organisation.
EQUIPE = ("/api/v1/equipes/", "/api/v1/machines")
CRENEAUX = {"creneaux": [{"debut": "2099-01-01T09:00:00Z", "minutes": 30, "mode": "visio"}]}
ENVOIS: dict[str, dict[str, Any]] = {
    "complements": {"questions": [{"intitule": "Quoi ?"}]},
    "reponses": {"reponses": []},
    "rendez-vous": CRENEAUX,
    "proposition": CRENEAUX,
    "confirmation": {"creneau_id": str(ident("creneau"))},
    "annulation": {"motif": "erreur"},
    "transferts": {"partenaire_id": str(ident("appui")), "dispositif": "dla", "motif": "autre"},
}
LISTE = ("GET", "/api/v1/orientations")
CHANGEMENTS = ("GET", "/api/v1/orientations/changements")
TABLEAU = ("GET", "/api/v1/tableau")
PUBLICS = {("GET", "/api/v1/partenaires"), ("GET", "/api/v1/partenaires/{partenaire_id}")}
PUBLICS |= {("GET", f"/api/v1/annuaire/{forme}") for forme in ("csv", "data-inclusion")}
PUBLICS |= {("POST", "/api/v1/eligibilite"), ("GET", "/api/v1/dispositifs")}
PUBLICS |= {("GET", f"/api/v1/dispositifs/{quoi}") for quoi in ("{code}", "{code}.yaml", "export.zip")}
# Tried by every stranger in `test_transferts`.
AILLEURS = {("PUT", "/api/v1/orientations/{orientation_id}/responsable")}
# Tried by every stranger in `test_lots`: an animateur of another territory has lots of its own.
AILLEURS |= {("POST", "/api/v1/orientations/lots/apercu"), ("POST", "/api/v1/orientations/lots")}
AILLEURS |= {("GET", "/api/v1/orientations/lots/{lot_id}")}
SANTE = {("GET", f"/__{nom}__") for nom in ("heartbeat", "lbheartbeat", "version")}


def corps(dossier_id: object) -> dict[str, Any]:
    return {
        "dossier_id": str(dossier_id),
        "partenaire_id": str(ident("fonds")),
        "dispositif": "trajectoire",
        "categories": ["identite"],
    }


async def test_the_matrix_knows_every_endpoint(hub: Hub) -> None:
    found = {route for route in routes(hub) if not route[1].startswith(EQUIPE)}
    assert found == {*REFUS, LISTE, CHANGEMENTS, TABLEAU, *PUBLICS, *AILLEURS, *SANTE}


def routes(hub: Hub) -> set[tuple[str, str]]:
    paths = hub.app.openapi()["paths"]
    return {(method.upper(), path.removeprefix("/orientation")) for path, item in paths.items() for method in item}


@pytest.mark.parametrize("stranger", ETRANGERS)
async def test_an_organisations_people_and_systems_are_its_managers_own(hub: Hub, stranger: str) -> None:
    actor = ETRANGERS[stranger]
    found = sorted(route for route in routes(hub) if route[1].startswith(EQUIPE))
    assert len(found) > 8
    for method, pattern in found:
        noms = re.findall(r"{(\w+)}", pattern)
        path = pattern.format(**dict.fromkeys(noms, ident("ailleurs")) | {"organisation": ident("fonds")})
        headers = hub.cookie(actor)
        answer = await hub.client.request(method, f"/orientation{path}", json={}, headers=headers)
        assert answer.status_code == (401 if actor is None else 403), (method, path, answer.text)


async def test_strangers_are_refused_everywhere(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    for (method, pattern), attendus in REFUS.items():
        actions = HUMAINES if "{action}" in pattern else [Action.recevoir]
        for (nom, actor), attendu in zip(ETRANGERS.items(), attendus, strict=True):
            for action in actions:
                path = pattern.format(
                    orientation_id=orientation_id,
                    dossier_id=dossier_id,
                    action=action.value,
                    rendez_vous_id=ident("rendez-vous"),
                    transfert_id=ident("transfert"),
                )
                envoi = ENVOIS.get(pattern.rsplit("/", 1)[1], {}) if "{" in pattern else corps(dossier_id)
                answer = await (hub.get(actor, path) if method == "GET" else hub.post(actor, path, envoi))
                assert answer.status_code == attendu, (method, path, nom, answer.text)
    assert (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["version"] == 2


async def test_lists_show_ones_own_only(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    statuts = {"personne": 401, "dirigeant": 403, "national": 403, "auditeur": 403}
    for nom, actor in ETRANGERS.items():
        for _, path in (LISTE, CHANGEMENTS):
            answer = await hub.get(actor, path)
            assert answer.status_code == statuts.get(nom, 200), nom
            assert orientation_id not in answer.text
    for actor in (AGENT, MANAGER, MACHINE, ANIMATEUR):
        for _, path in (LISTE, CHANGEMENTS):
            assert orientation_id in (await hub.get(actor, path)).text


async def test_the_directory_is_public_and_names_no_person(hub: Hub) -> None:
    answer = await hub.get(None, "/api/v1/partenaires?departement=34&dispositif=dla")
    assert [p["code"] for p in answer.json()["elements"]] == ["appui"]
    fiche = await hub.get(None, f"/api/v1/partenaires/{ident('appui')}")
    assert fiche.json()["delai_jours_ouvres"] == 5
    assert "Martin" not in answer.text + fiche.text
    assert (await hub.get(None, f"/api/v1/partenaires/{ident('rien')}")).status_code == 404


async def test_a_form_from_another_site_is_refused(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    path = f"/api/v1/orientations/{orientation_id}/actions/recevoir"
    for origin in ("https://ailleurs.example", "null", ""):
        assert (await hub.post(AGENT, path, {}, headers={"Origin": origin})).status_code == 403


@pytest.mark.parametrize("etat", EtatOrientation)
async def test_each_pair_of_state_and_action_by_http(hub: Hub, etat: EtatOrientation) -> None:
    orientation_id = await hub.envoyee()
    for action in HUMAINES:
        async with hub.database.transaction() as session:
            await session.execute(text("DELETE FROM complements"))
            if etat is EtatOrientation.complement_demande:
                await session.execute(
                    text("INSERT INTO complements (id, orientation_id, question, posee_at) VALUES (:id, :id, 'Quoi ?', now())"),
                    {"id": orientation_id},
                )
            await session.execute(
                text(
                    "UPDATE orientations SET etat = CAST(:etat AS text), "
                    "motif = CASE WHEN :etat = 'retiree' THEN 'annulee' END, "
                    "envoyee_at = CASE WHEN :etat = 'brouillon' THEN NULL ELSE coalesce(envoyee_at, now()) END WHERE id = :id"
                ),
                {"etat": etat.value, "id": orientation_id},
            )
        cote = COTES[action]
        actor = ANIMATEUR if cote is Cote.emetteur else MACHINE
        envoi = {"motif": MOTIFS[action][0].value} if action in MOTIFS else {}
        if action in (Action.complement_demander, Action.complement_fournir):
            envoi = {"texte": "Une précision."}
        answer = await hub.post(actor, f"/api/v1/orientations/{orientation_id}/actions/{action.value}", envoi)
        if etat is EtatOrientation.brouillon and cote is Cote.partenaire:
            assert answer.status_code == 404, action
        elif (action, etat) in VERS:
            assert answer.status_code == 200, (action, answer.text)
            assert answer.json()["etat"] == VERS[action, etat].value
        else:
            assert answer.status_code == 409, action
            assert answer.json()["type"] == "urn:relais:erreur:transition-interdite"
            assert answer.json()["etat"] == etat.value
            assert answer.json()["permis"] == [a.value for a in permises(etat, cote)]


@pytest.mark.parametrize("action", [a for a in Action if COTES[a] is Cote.systeme])
async def test_nobody_plays_the_clock(hub: Hub, action: Action) -> None:
    orientation_id = await hub.envoyee()
    for actor in (ANIMATEUR, AGENT):
        answer = await hub.post(actor, f"/api/v1/orientations/{orientation_id}/actions/{action.value}", {})
        assert (answer.status_code, answer.json()["champ"]) == (422, "action")


async def test_each_side_keeps_to_its_own_actions(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    for action in HUMAINES:
        actor = AGENT if COTES[action] is Cote.emetteur else ANIMATEUR
        answer = await hub.post(actor, f"/api/v1/orientations/{orientation_id}/actions/{action.value}", {})
        assert answer.status_code == 403, action
    assert (await hub.post(ANIMATEUR, f"/api/v1/orientations/{orientation_id}/ouverture")).status_code == 403
