"""Appointments through the API and the pages, on real servers; the calendar file is read again by its library."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import text

from common.actor import Actor
from common.clock import utc_now
from orientation.rendez_vous.domain import PAR_ORIENTATION
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    MACHINE,
    NATIONAL,
    Hub,
    entendre,
    ident,
    retire,
)
from tests.orientation.test_complements_http import recue
from tests.orientation.test_pages import envoyer, lisible, page

LIEU = "12, rue du Secret-Bien-Garde, Lodève"


def creneau(jours: int = 3, **plus: Any) -> dict[str, Any]:
    debut = (utc_now() + timedelta(days=jours)).replace(hour=9, minute=0, second=0, microsecond=0)
    return {"debut": debut.isoformat(), "minutes": 45, "mode": "sur_place", "lieu": LIEU} | plus


def chemin(orientation_id: str, *suite: str) -> str:
    return "/".join((f"/api/v1/orientations/{orientation_id}/rendez-vous", *suite))


async def propose(hub: Hub, orientation_id: str, actor: Actor = AGENT, *creneaux: dict[str, Any]) -> str:
    corps = {"creneaux": creneaux or [creneau(3), creneau(4, mode="telephone", lieu="")]}
    answer = await hub.post(actor, chemin(orientation_id), corps)
    assert answer.status_code == 201, answer.text
    rendez_vous_id: str = answer.json()["rendez_vous_id"]
    return rendez_vous_id


async def lu(hub: Hub, orientation_id: str, actor: Actor = ANIMATEUR) -> dict[str, Any]:
    elements: list[dict[str, Any]] = (await hub.get(actor, chemin(orientation_id))).json()["elements"]
    return elements[0]


async def confirme(hub: Hub, orientation_id: str, actor: Actor = ANIMATEUR, **plus: Any) -> str:
    rdv = await lu(hub, orientation_id, actor)
    corps = {"creneau_id": rdv["creneaux"][0]["creneau_id"]} | plus
    answer = await hub.post(actor, chemin(orientation_id, rdv["rendez_vous_id"], "confirmation"), corps)
    assert answer.status_code == 200, answer.text
    return str(rdv["rendez_vous_id"])


async def agenda(hub: Hub, orientation_id: str, rendez_vous_id: str, actor: Actor = AGENT) -> Any:
    answer = await hub.get(actor, chemin(orientation_id, rendez_vous_id, "calendrier"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


async def faits(hub: Hub, rendez_vous_id: str) -> list[str]:
    async with hub.database.transaction() as session:
        query = text("SELECT subject FROM outbox WHERE aggregate_id = :id ORDER BY seq")
        return [s.split(".")[3] for s in (await session.execute(query, {"id": rendez_vous_id})).scalars()]


async def test_what_is_announced_names_the_dispositif(hub: Hub) -> None:
    orientation_id = await recue(hub)
    rendez_vous_id = await propose(hub, orientation_id)
    async with hub.database.transaction() as session:
        query = text("SELECT CAST(body AS jsonb) -> 'data' ->> 'dispositif' FROM outbox WHERE aggregate_id = :id")
        announced = (await session.execute(query, {"id": rendez_vous_id})).scalars().all()
    assert announced == [(await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["dispositif"]]


async def test_proposed_moved_confirmed_cancelled(hub: Hub) -> None:
    orientation_id = await recue(hub)
    rendez_vous_id = await propose(hub, orientation_id)
    assert (await lu(hub, orientation_id, AGENT))["actions"] == ["annuler"]
    attendu = await lu(hub, orientation_id)
    assert attendu["actions"] == ["reproposer", "confirmer", "annuler"]
    assert (attendu["fuseau"], attendu["propose_par"], attendu["creneau"]) == ("Europe/Paris", "partenaire", None)
    rien = await hub.get(AGENT, chemin(orientation_id, rendez_vous_id, "calendrier"))
    assert rien.status_code == 404
    autre = {"creneaux": [creneau(5)]}
    assert (await hub.post(ANIMATEUR, chemin(orientation_id, rendez_vous_id, "proposition"), autre)).status_code == 200
    await confirme(hub, orientation_id, AGENT)
    calendar, event = await agenda(hub, orientation_id, rendez_vous_id)
    assert (str(calendar["method"]), str(event["status"]), int(event["sequence"])) == ("PUBLISH", "CONFIRMED", 2)
    assert event["dtstart"].dt == datetime.fromisoformat(autre["creneaux"][0]["debut"])
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=45)
    assert str(event["location"]) == LIEU
    uid = str(event["uid"])
    assert uid == f"{rendez_vous_id}@127.0.0.1"
    assert (await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "proposition"), {"creneaux": [creneau(6)]})).is_success
    calendar, event = await agenda(hub, orientation_id, rendez_vous_id)
    assert (str(calendar["method"]), str(event["status"]), int(event["sequence"])) == ("CANCEL", "CANCELLED", 3)
    await confirme(hub, orientation_id, ANIMATEUR, pour_association=True)
    calendar, event = await agenda(hub, orientation_id, rendez_vous_id)
    assert (str(calendar["method"]), int(event["sequence"]), str(event["uid"])) == ("PUBLISH", 4, uid)
    assert (await lu(hub, orientation_id))["pour_association"] is True
    fin = await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "annulation"), {"motif": "partenaire_indisponible"})
    assert fin.json()["etat"] == "annule"
    calendar, event = await agenda(hub, orientation_id, rendez_vous_id)
    assert (str(calendar["method"]), str(event["status"]), int(event["sequence"])) == ("CANCEL", "CANCELLED", 5)
    assert await faits(hub, rendez_vous_id) == ["propose", "propose", "confirme", "propose", "confirme", "annule"]
    async with hub.database.transaction() as session:
        count = "SELECT count(*) FROM audit_entries WHERE action = 'rendez_vous.confirmer_pour_association'"
        assert (await session.execute(text(count))).scalar_one() == 1
        leaks = "SELECT count(*) FROM outbox WHERE body LIKE '%Secret-Bien-Garde%'"
        assert (await session.execute(text(leaks))).scalar_one() == 0


async def test_the_end_of_the_referral_cancels_what_is_to_come_and_the_place_stays_here(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    await hub.agir(AGENT, orientation_id, "recevoir")
    await propose(hub, orientation_id)
    rendez_vous_id = await confirme(hub, orientation_id)
    accord = hub.registre.accords[(str(dossier_id), str(ident("fonds")))]
    await entendre(hub.database, retire(accord, dossier_id), 3)
    rdv = await lu(hub, orientation_id)
    assert (rdv["etat"], rdv["motif"], rdv["annule_par"]) == ("annule", "orientation_close", "systeme")
    calendar, event = await agenda(hub, orientation_id, rendez_vous_id)
    assert str(calendar["method"]) == "CANCEL"
    assert "location" not in event
    assert (await hub.post(AGENT, chemin(orientation_id), {"creneaux": [creneau()]})).status_code == 409


async def test_what_has_begun_stays_as_it_was(hub: Hub) -> None:
    orientation_id = await recue(hub)
    await propose(hub, orientation_id)
    rendez_vous_id = await confirme(hub, orientation_id)
    async with hub.database.transaction() as session:
        await session.execute(text("UPDATE creneaux SET debut = now() - interval '1 hour'"))
    late = await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "annulation"), {"motif": "erreur"})
    assert (late.status_code, late.json()["type"]) == (409, "urn:relais:erreur:creneau-passe")
    await hub.agir(AGENT, orientation_id, "decliner", motif="autre")
    assert (await lu(hub, orientation_id))["etat"] == "confirme"


@pytest.mark.parametrize(
    ("corps", "champ"),
    [
        ({"creneaux": []}, "creneaux"),
        ({"creneaux": [creneau(n) for n in range(1, 7)]}, "creneaux"),
        ({"creneaux": [creneau(-1)]}, "creneaux.0.debut"),
        ({"creneaux": [creneau(debut="2030-01-01T10:00:00")]}, "creneaux.0.debut"),
        ({"creneaux": [creneau(minutes=5)]}, "creneaux.0.minutes"),
        ({"creneaux": [creneau(mode="pigeon")]}, "creneaux.0.mode"),
        ({"creneaux": [creneau(lieu="x" * 201)]}, "creneaux.0.lieu"),
        ({"creneaux": [creneau(lieu="a\u0000b")]}, "creneaux.0.lieu"),
    ],
)
async def test_slots_that_cannot_be_proposed(hub: Hub, corps: dict[str, Any], champ: str) -> None:
    orientation_id = await recue(hub)
    answer = await hub.post(AGENT, chemin(orientation_id), corps)
    assert (answer.status_code, answer.json()["champ"]) == (422, champ), answer.text


async def test_one_proposal_at_a_time_each_version_once(hub: Hub) -> None:
    orientation_id = await recue(hub)
    rendez_vous_id = await propose(hub, orientation_id)
    second = await hub.post(ANIMATEUR, chemin(orientation_id), {"creneaux": [creneau()]})
    assert (second.status_code, second.json()["type"]) == (409, "urn:relais:erreur:rendez-vous-en-attente")
    path = chemin(orientation_id, rendez_vous_id, "annulation")
    stale = await hub.post(AGENT, path, {"motif": "erreur"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    own = await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "proposition"), {"creneaux": [creneau()]})
    assert own.status_code == 403
    for_nobody = await hub.post(MACHINE, path, {"motif": "orientation_close"})
    assert for_nobody.status_code == 422
    envoyee = await hub.envoyee()
    early = await hub.post(ANIMATEUR, chemin(envoyee), {"creneaux": [creneau()]})
    assert (early.status_code, early.json()["type"]) == (409, "urn:relais:erreur:rendez-vous-impossible")
    ailleurs = await hub.post(AGENT, chemin(await recue(hub), rendez_vous_id, "annulation"), {"motif": "erreur"})
    assert ailleurs.status_code == 404


async def test_a_referral_has_so_many_appointments_and_no_more(hub: Hub) -> None:
    orientation_id = await recue(hub)
    for _ in range(PAR_ORIENTATION):
        path = chemin(orientation_id, await propose(hub, orientation_id), "annulation")
        assert (await hub.post(AGENT, path, {"motif": "erreur"})).status_code == 200
    refus = await hub.post(AGENT, chemin(orientation_id), {"creneaux": [creneau()]})
    assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:trop-de-rendez-vous")
    assert f" {PAR_ORIENTATION} " in refus.json()["title"]


def champs(n: int, jour: datetime, **plus: str) -> dict[str, str]:
    valeurs = {"heure": "14h30", "minutes": "45", "mode": "visio", "lieu": "https://visio.example/pont"} | plus
    date = {"jour": str(jour.day), "mois": str(jour.month), "annee": str(jour.year)}
    return {f"{nom}-{n}": v for nom, v in valeurs.items()} | {f"jour-{n}-{nom}": v for nom, v in date.items()}


async def test_the_pages_in_local_time(hub: Hub) -> None:
    orientation_id = await recue(hub)
    base = f"/orientations/{orientation_id}/rendez-vous"
    assert "Aucun rendez-vous" in await page(hub, AGENT, base)
    assert "Créneau 1" in await page(hub, AGENT, f"{base}/nouveau")
    ete = datetime(utc_now().year + 1, 7, 1, tzinfo=UTC)
    if ete > utc_now() + timedelta(days=360):
        ete = ete.replace(year=ete.year - 1)
    faux = await envoyer(hub, AGENT, f"{base}/nouveau", {"nombre": "1", **champs(1, ete, heure="midi", minutes="7", mode="x")})
    assert faux.status_code == 422
    for attendu in ("par exemple 14:30", "Choisissez une durée.", "Choisissez comment vous rencontrer.", "visio.example"):
        assert attendu in lisible(faux)
    plus = await envoyer(hub, AGENT, f"{base}/nouveau", {"nombre": "1", "suite": "ajouter", **champs(1, ete)})
    assert "Créneau 2" in lisible(plus)
    passe = await envoyer(hub, AGENT, f"{base}/nouveau", {"nombre": "2", **champs(2, datetime(2020, 1, 1, tzinfo=UTC))})
    assert re.search(r'href="#jour-2-jour"', passe.text)
    fait = await envoyer(hub, AGENT, f"{base}/nouveau", {"nombre": "2", **champs(1, ete), **champs(2, ete, heure="16:00")})
    assert (fait.status_code, fait.headers["location"]) == (303, f"/orientation{base}?fait=proposer")
    debut = (await lu(hub, orientation_id))["creneaux"][0]["debut"]
    assert debut == f"{ete.year}-07-01T12:30:00Z"
    vu = await page(hub, ANIMATEUR, base)
    assert "de 14 h 30 à 15 h 15" in vu
    rendez_vous_id = (await lu(hub, orientation_id))["rendez_vous_id"]
    vide = await envoyer(hub, ANIMATEUR, f"{base}/{rendez_vous_id}/confirmation")
    assert (vide.status_code, "Choisissez un des créneaux proposés." in lisible(vide)) == (422, True)
    choix = {"creneau_id": (await lu(hub, orientation_id))["creneaux"][1]["creneau_id"], "pour_association": "true"}
    assert (await envoyer(hub, ANIMATEUR, f"{base}/{rendez_vous_id}/confirmation", choix)).status_code == 303
    vu = await page(hub, AGENT, f"{base}?fait=confirmer")
    assert "La cellule, au nom de l’association, l’a confirmé" in vu
    assert "Ajouter à mon agenda" in vu
    sans = await envoyer(hub, AGENT, f"{base}/{rendez_vous_id}/annulation")
    assert "Choisissez un motif de la liste." in lisible(sans)
    assert "Déplacer" in vu
    deplace = await envoyer(hub, AGENT, f"{base}/{rendez_vous_id}/proposition", {"nombre": "1", **champs(1, ete, heure="9h")})
    assert deplace.status_code == 303
    fin = await envoyer(hub, ANIMATEUR, f"{base}/{rendez_vous_id}/annulation", {"motif": "plus_utile"})
    assert fin.status_code == 303
    assert "Retirer de mon agenda" in await page(hub, AGENT, base)


@pytest.mark.parametrize("actor", [None, NATIONAL, AGENT_APPUI, ANIMATEUR_EST])
async def test_nobody_else_gets_in(hub: Hub, actor: Actor | None) -> None:
    orientation_id = await recue(hub)
    rendez_vous_id = await propose(hub, orientation_id)
    base = f"/orientations/{orientation_id}/rendez-vous"
    refus = (401, 303) if actor is None else (403, 404)
    for path in (base, f"{base}/nouveau", f"{base}/{rendez_vous_id}/proposition"):
        assert (await hub.get(actor, path, headers={"Accept": "text/html"})).status_code in refus
    for suite in ("nouveau", f"{rendez_vous_id}/proposition", f"{rendez_vous_id}/confirmation", f"{rendez_vous_id}/annulation"):
        answer = await envoyer(hub, actor, f"{base}/{suite}", {"motif": "erreur", **champs(1, utc_now() + timedelta(days=4))})
        assert answer.status_code in refus
    assert (await lu(hub, orientation_id))["version"] == 1
