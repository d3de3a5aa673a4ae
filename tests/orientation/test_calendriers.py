"""One's own calendar over HTTP: made, read, renewed and taken back, and closed to everybody who may not read it any more."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from icalendar import Calendar
from sqlalchemy import text

from common.actor import Actor
from common.calendrier import date_locale
from common.clock import utc_now
from orientation.calendriers.service import empreinte
from tests.orientation.equipe import API, lignes, membre_id
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    ORIGINE,
    Hub,
    ident,
)
from tests.orientation.test_complements_http import recue
from tests.orientation.test_pages import envoyer, lisible, page
from tests.orientation.test_rendez_vous_http import LIEU, chemin, confirme, creneau, propose
from tests.orientation.test_statements import counted

ICI = "/mon-agenda"
ADRESSE = re.compile(r'value="[^"]+(/calendriers/[A-Za-z0-9_-]{43}\.ics)"')


async def membre(hub: Hub, code: str = "fonds", role: str = "agent", actor: Actor = AGENT) -> Actor:
    """This actor as the member that the directory has."""
    return replace(actor, id=await membre_id(hub, code, f"{code}-{role}"))


async def lien(hub: Hub, actor: Actor, suite: str = "") -> str:
    """The address that the page shows once it is made."""
    reponse = await envoyer(hub, actor, f"{ICI}{suite}")
    assert reponse.status_code == 200, reponse.text
    trouve = ADRESSE.search(reponse.text)
    assert trouve, reponse.text
    return trouve[1]


async def lu(hub: Hub, adresse: str, **headers: str) -> httpx2.Response:
    return await hub.get(None, adresse, headers=headers)


async def entrees(hub: Hub, adresse: str) -> dict[str, Any]:
    """The entries by the part of the UID before the host."""
    reponse = await lu(hub, adresse)
    assert (reponse.status_code, reponse.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return {str(e["uid"]).partition("@")[0]: e for e in Calendar.from_ical(reponse.content).walk("VEVENT")}


async def test_made_shown_once_renewed_and_taken_back(hub: Hub) -> None:
    agent = await membre(hub)
    assert "Aucun lien pour le moment" in await page(hub, agent, ICI)
    premier = await lien(hub, agent)
    jeton = premier.rpartition("/")[2].removesuffix(".ics")
    (row,) = await lignes(hub, "SELECT * FROM calendriers")
    assert bytes(row.empreinte) == empreinte(jeton)
    vu = await page(hub, agent, ICI)
    assert "Pas encore" in vu
    assert jeton not in vu
    assert (await lu(hub, premier)).status_code == 200
    assert "Pas encore" not in await page(hub, agent, ICI)
    deux = await envoyer(hub, agent, ICI)
    assert (deux.status_code, "Vous avez déjà un lien." in lisible(deux)) == (409, True)
    assert "cesse de servir aussitôt" in await page(hub, agent, f"{ICI}/renouvellement")
    second = await lien(hub, agent, "/renouvellement")
    assert [(await lu(hub, un)).status_code for un in (premier, second)] == [404, 200]
    assert "Révoquer le lien de votre agenda" in await page(hub, agent, f"{ICI}/fin")
    fin = await envoyer(hub, agent, f"{ICI}/fin")
    assert (fin.status_code, fin.headers["location"]) == (303, "/orientation/mon-agenda?fait=fin")
    assert (await lu(hub, second)).status_code == 404
    assert [(await envoyer(hub, agent, f"{ICI}/{rien}")).status_code for rien in ("fin", "renouvellement")] == [404, 404]
    faits = await lignes(hub, "SELECT action FROM audit_entries WHERE action LIKE 'calendrier.%' ORDER BY at, id")
    assert [fait.action for fait in faits] == ["calendrier.creer", "calendrier.renouveler", "calendrier.revoquer"]
    tout = await lignes(hub, "SELECT to_jsonb(a)::text AS texte FROM audit_entries a UNION ALL SELECT body FROM outbox")
    assert tout
    assert not any(secret.rpartition("/")[2][:43] in ligne.texte for ligne in tout for secret in (premier, second))


async def test_deadlines_and_appointments_without_a_name_or_a_place(hub: Hub) -> None:
    agent, animateur = await membre(hub), await membre(hub, "cellule-sud", "animateur", ANIMATEUR)
    envoyee, lue = await hub.envoyee(), await recue(hub)
    brouillon = await hub.brouillon()
    await propose(hub, lue)
    rendez_vous_id = await confirme(hub, lue)
    adresse, autre = await lien(hub, agent), await lien(hub, animateur)
    vues = await entrees(hub, adresse)
    assert set(vues) == {envoyee, f"{envoyee}-lecture", lue, rendez_vous_id}
    assert set(await entrees(hub, autre)) == {*vues, brouillon}
    (row,) = await lignes(hub, "SELECT due_at, lire_at FROM orientations WHERE id = :id", id=envoyee)
    assert vues[envoyee]["dtstart"].dt == date_locale(row.due_at, "34")
    assert vues[f"{envoyee}-lecture"]["dtstart"].dt == date_locale(row.lire_at, "34")
    assert str(vues[envoyee]["summary"]) == "Réponse attendue, dossier REL-2026-0001"
    a_lire = "À vous\u00a0: ouvrir le dossier, dossier REL-2026-0001"
    assert str(vues[f"{envoyee}-lecture"]["summary"]) == a_lire
    assert str((await entrees(hub, autre))[f"{envoyee}-lecture"]["summary"]).startswith("Le partenaire\u00a0: ouvrir")
    rendez_vous = vues[rendez_vous_id]
    assert rendez_vous["dtstart"].dt == datetime.fromisoformat(creneau(3)["debut"])
    assert rendez_vous["dtstart"].to_ical().endswith(b"Z")
    assert str(rendez_vous["url"]).endswith(f"/orientation/orientations/{lue}/rendez-vous")
    contenu = re.sub(r"\r\n ", "", (await lu(hub, adresse)).text)
    for cache in (LIEU, "Secret-Bien-Garde", "Pont Rouge", "Organisation", "location", "LOCATION", "Camille", "ORGANIZER"):
        assert cache not in contenu


async def test_a_change_moves_the_entry_and_a_cancellation_says_so(hub: Hub) -> None:
    agent = await membre(hub)
    orientation_id = await recue(hub)
    await propose(hub, orientation_id)
    rendez_vous_id = await confirme(hub, orientation_id)
    adresse = await lien(hub, agent)
    avant = await entrees(hub, adresse)
    assert (str(avant[rendez_vous_id]["status"]), int(avant[rendez_vous_id]["sequence"])) == ("CONFIRMED", 1)
    await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "annulation"), {"motif": "erreur"})
    await hub.agir(AGENT, orientation_id, "accepter")
    apres = await entrees(hub, adresse)
    assert set(apres) == set(avant)
    assert (str(apres[rendez_vous_id]["status"]), int(apres[rendez_vous_id]["sequence"])) == ("CANCELLED", 2)
    assert int(apres[orientation_id]["sequence"]) > int(avant[orientation_id]["sequence"])
    assert apres[orientation_id]["last-modified"].dt >= avant[orientation_id]["last-modified"].dt
    assert "commencer l’accompagnement" in str(apres[orientation_id]["summary"])
    await hub.agir(AGENT, orientation_id, "demarrer")
    await hub.agir(AGENT, orientation_id, "aboutir")
    assert set(await entrees(hub, adresse)) == {rendez_vous_id}


def dits(vues: dict[str, Any]) -> dict[str, tuple[str, int, datetime]]:
    """What a calendar says of appointments: status, SEQUENCE and when, by UID."""
    rendez_vous = {uid: e for uid, e in vues.items() if e["dtstart"].to_ical().endswith(b"Z")}
    return {uid: (str(e["status"]), int(e["sequence"]), e["dtstart"].dt) for uid, e in rendez_vous.items()}


async def test_proposed_slots_are_tentative_until_one_is_chosen(hub: Hub) -> None:
    """The first one has the appointment's own UID, under which the choice is confirmed, whichever it is."""
    agent, orientation_id = await membre(hub), await recue(hub)
    adresse, etranger = await lien(hub, agent), await lien(hub, await membre(hub, "appui", "agent", AGENT_APPUI))
    un, deux, trois = (datetime.fromisoformat(creneau(jours)["debut"]) for jours in (3, 4, 5))
    rendez_vous_id = await propose(hub, orientation_id)
    vues = await entrees(hub, adresse)
    second = next(iter(dits(vues).keys() - {rendez_vous_id}))
    assert dits(vues) == {rendez_vous_id: ("TENTATIVE", 0, un), second: ("TENTATIVE", 0, deux)}
    assert str(vues[second]["summary"]).startswith("Proposé\u00a0: Rendez-vous Relais, dossier REL-2026-0001")
    contenu = re.sub(r"\r\n ", "", (await lu(hub, adresse)).text)
    assert not re.search(f"{LIEU}|Pont Rouge|Organisation|LOCATION|ORGANIZER", contenu)
    assert dits(await entrees(hub, etranger)) == {}
    rdv = (await hub.get(ANIMATEUR, chemin(orientation_id))).json()["elements"][0]
    choix = {"creneau_id": rdv["creneaux"][1]["creneau_id"]}
    assert (await hub.post(ANIMATEUR, chemin(orientation_id, rendez_vous_id, "confirmation"), choix)).status_code == 200
    assert dits(await entrees(hub, adresse)) == {rendez_vous_id: ("CONFIRMED", 1, deux)}
    autre = {"creneaux": [creneau(5)]}
    assert (await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "proposition"), autre)).status_code == 200
    assert dits(await entrees(hub, adresse)) == {rendez_vous_id: ("TENTATIVE", 2, trois)}
    await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "annulation"), {"motif": "erreur"})
    # It was confirmed once: an agenda may still have it, and is told.
    assert dits(await entrees(hub, adresse)) == {rendez_vous_id: ("CANCELLED", 3, deux)}


async def test_a_proposal_that_is_withdrawn_or_past_is_left_out(hub: Hub) -> None:
    orientation_id, adresse = await recue(hub), await lien(hub, await membre(hub))
    rendez_vous_id = await propose(hub, orientation_id)
    await lignes(hub, "UPDATE creneaux SET debut = now() - interval '1 hour' WHERE rang = 1 RETURNING 1")
    restes = dits(await entrees(hub, adresse))
    assert (len(restes), rendez_vous_id in restes) == (1, False)
    await hub.post(AGENT, chemin(orientation_id, rendez_vous_id, "annulation"), {"motif": "erreur"})
    assert dits(await entrees(hub, adresse)) == {}


async def test_a_deadline_is_the_day_of_its_territory(hub: Hub) -> None:
    agent = await membre(hub)
    orientation_id = await recue(hub)
    adresse = await lien(hub, agent)
    # Half past nine in the evening of the 9th in Martinique is the 10th in UTC; the noon of Paris is the 9th in Nouméa too.
    moment = (utc_now() + timedelta(days=30)).replace(hour=1, minute=30, second=0, microsecond=0)
    for departement, jour in (("972", moment.date() - timedelta(days=1)), ("988", moment.date()), ("34", moment.date())):
        async with hub.database.transaction() as session:
            query = text("UPDATE orientations SET departement = :d, due_at = :m, escalade_at = :m")
            await session.execute(query, {"d": departement, "m": moment})
        debut: date = (await entrees(hub, adresse))[orientation_id]["dtstart"].dt
        assert (departement, debut) == (departement, jour)


async def test_nothing_new_is_not_sent_again(hub: Hub) -> None:
    agent = await membre(hub)
    orientation_id = await hub.envoyee()
    adresse = await lien(hub, agent)
    premier = await lu(hub, adresse)
    etag = premier.headers["etag"]
    assert premier.headers["cache-control"] == "private, no-cache"
    for connu in (etag, f'"x", {etag}', f"W/{etag}"):
        encore = await lu(hub, adresse, **{"If-None-Match": connu})
        assert (encore.status_code, encore.content, encore.headers["etag"]) == (304, b"", etag)
    await hub.agir(AGENT, orientation_id, "recevoir")
    assert (await lu(hub, adresse, **{"If-None-Match": etag})).status_code == 200


async def test_what_is_far_away_is_left_out_and_the_rest_is_bounded(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await membre(hub)
    dossier_id = await hub.dossier()
    ids = [await hub.envoyee(dossier_id) for _ in range(4)]
    adresse = await lien(hub, agent)
    for n, jours in enumerate((-40, 400, 20, 10)):
        async with hub.database.transaction() as session:
            query = text("UPDATE orientations SET due_at = now() + make_interval(days => :j) WHERE id = :id")
            await session.execute(query, {"j": jours, "id": ids[n]})
    assert {uid[:36] for uid in await entrees(hub, adresse)} == set(ids[2:])
    monkeypatch.setattr("orientation.calendriers.store.ENTREES_MAX", 1)
    with counted(hub) as seen:
        assert {uid[:36] for uid in await entrees(hub, adresse)} == {ids[3]}
    assert len([one for one in seen if one.startswith(("SELECT", "UPDATE"))]) <= 5, seen


async def test_whoever_leaves_or_moves_reads_no_more(hub: Hub) -> None:
    agent = await membre(hub)
    await hub.envoyee()
    adresse = await lien(hub, agent)

    async def fois(sql: str) -> int:
        async with hub.database.transaction() as session:
            await session.execute(text(sql), {"id": UUID(agent.id), "appui": ident("appui"), "fonds": ident("fonds")})
        return (await lu(hub, adresse)).status_code

    organisation = "UPDATE partenaires SET actif = {} WHERE id = :fonds"
    assert await fois("UPDATE membres SET partenaire_id = :appui WHERE id = :id") == 404
    assert await fois("UPDATE membres SET partenaire_id = :fonds WHERE id = :id") == 200
    assert [await fois(organisation.format(actif)) for actif in ("false", "true")] == [404, 200]
    assert await fois("UPDATE membres SET roles = '{auditeur}' WHERE id = :id") == 404
    assert await fois("UPDATE membres SET roles = '{agent}' WHERE id = :id") == 200
    assert (await hub.client.delete(f"/orientation{API}/membres/{agent.id}", headers=hub.cookie(MANAGER))).status_code == 204
    assert (await lu(hub, adresse)).status_code == 404
    # Nor does it come back with the person.
    assert await fois("UPDATE membres SET actif = true, retire_at = NULL WHERE id = :id") == 404
    assert await lignes(hub, "SELECT * FROM calendriers") == []


async def test_each_reads_its_own_organisation_alone(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    siennes = {"fonds": await hub.envoyee(dossier_id), "appui": await hub.envoyee(dossier_id, "appui")}
    for code, actor in (("fonds", AGENT), ("appui", AGENT_APPUI)):
        adresse = await lien(hub, await membre(hub, code, "agent", actor))
        assert {uid[:36] for uid in await entrees(hub, adresse)} == {siennes[code]}


async def test_a_wrong_secret_is_like_none(hub: Hub) -> None:
    adresse = await lien(hub, await membre(hub))
    jeton = adresse.rpartition("/")[2].removesuffix(".ics")
    corps = set()
    for faux in (jeton[::-1], jeton[:-1], "x", "x" * 5000, empreinte(jeton).hex(), "%00", "é"):
        reponse = await lu(hub, f"/calendriers/{faux}.ics", Accept="application/json")
        assert reponse.status_code == 404
        corps.add(json.dumps({k: v for k, v in reponse.json().items() if k != "instance"}))
    assert len(corps) == 1
    assert (await lu(hub, f"/calendriers/{jeton}")).status_code == 404


@pytest.mark.parametrize("actor", [None, NATIONAL, AUDITEUR, MACHINE, DIRIGEANT, AGENT])
async def test_nobody_else_makes_one(hub: Hub, actor: Actor | None) -> None:
    """AGENT holds the role, but is no member that the directory knows."""
    for suite in ("", "/renouvellement", "/fin"):
        reponse = await envoyer(hub, actor, f"{ICI}{suite}")
        assert reponse.status_code in ((401, 303) if actor is None else (403, 404)), suite
    assert await lignes(hub, "SELECT * FROM calendriers") == []


async def test_somebody_who_tries_secrets_is_stopped(hub: Hub) -> None:
    ailleurs = httpx2.ASGITransport(app=hub.app, client=("203.0.113.9", 4000))
    # As many at once as the database serves at once, so that the tries come quicker than they are paid back.
    places = asyncio.Semaphore(8)
    async with httpx2.AsyncClient(transport=ailleurs, base_url=ORIGINE) as client:

        async def essayer(n: int) -> httpx2.Response:
            async with places:
                return await client.get(f"/orientation/calendriers/{n:043d}.ics")

        reponses = await asyncio.gather(*map(essayer, range(300)))
    refusees = [reponse for reponse in reponses if reponse.status_code == 429]
    assert {reponse.status_code for reponse in reponses} == {404, 429}
    assert 0 < len(refusees) <= 180
    assert int(refusees[0].headers["retry-after"]) >= 1
