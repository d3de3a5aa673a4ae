"""Deliveries to a real HTTP receiver, whatever it does."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from tests.notifications.banc import (
    Client,
    Receiver,
    an_orientation,
    delivering,
    hear,
    member,
    received,
    receiving,
    rows,
    settled,
)

from common.actor import Role
from common.clock import new_id
from common.database import Database
from common.events.orientation import OrientationAcceptee, OrientationProposee, OrientationRetiree
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.store import LEASE

PARTENAIRE = new_id()


async def subscribe(client: Client, url: str, *types: str, partenaire: UUID = PARTENAIRE, **reglages: Any) -> tuple[str, str]:
    """Create an endpoint through the API; its id and secret."""
    async with client(member(Role.manager, organisation=partenaire)) as http:
        asked = {"url": url, "types": list(types or ("orientation.*",)), **reglages}
        answer = await http.post("/notifications/api/v1/webhooks", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["webhook_id"], answer.json()["secret"]


async def test_an_event_is_delivered_signed_and_thin(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """The receiver verifies it with the reference library and finds ids, a state, a deadline and a link."""
    webhook, secret = await subscribe(client, receiver.url)
    event = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, event)
    async with delivering(notifications_db):
        (row,) = await settled(notifications_db)
    (payload,) = receiver.verified(secret)
    assert payload == {
        "id": str(event.id),
        "type": "orientation.envoyee",
        "version": 1,
        "cloudevents": {
            "specversion": "1.0",
            "id": str(event.id),
            "source": "/orientation",
            "type": "fr.relais.orientation.orientation.envoyee.v1",
            "subject": str(event.event.orientation_id),
            "time": event.time.isoformat().replace("+00:00", "Z"),
            "sequence": "1",
        },
        "date": event.time.isoformat().replace("+00:00", "Z"),
        "orientation_id": str(event.event.orientation_id),
        "dossier_id": str(event.event.dossier_id),
        "partenaire_id": str(PARTENAIRE),
        "etat": "envoyee",
        "motif": None,
        "due_at": "2026-03-03T13:05:00Z",
        "lien": f"http://127.0.0.1:8000/orientation/orientations/{event.event.orientation_id}",
    }
    assert receiver.hits[0].id == f"{event.id}_{webhook}"
    assert (row["etat"], row["tentatives"], row["statut"], row["echec"]) == ("livree", 1, 200, None)
    assert 0 <= row["latence_ms"] < 1000


async def test_only_matching_endpoints_of_the_partner_get_it_once(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """Wildcard and exact types; another partner's endpoint gets nothing; the same event heard twice is one delivery."""
    wild, _ = await subscribe(client, receiver.url)
    exact, _ = await subscribe(client, receiver.url, "orientation.envoyee", "consentement.*")
    await subscribe(client, receiver.url, "orientation.acceptee")
    await subscribe(client, receiver.url, partenaire=new_id())
    event = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, event)
    await hear(notifications_db, event)
    found = await rows(notifications_db, "SELECT webhook_id FROM livraisons")
    assert sorted(str(row["webhook_id"]) for row in found) == sorted([wild, exact])


async def test_a_referral_in_preparation_is_not_told_and_a_withdrawal_is(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """Before the association agrees nobody hears; a referral that is taken back is always announced."""
    from notifications.livraisons.handlers import handlers

    assert OrientationProposee not in handlers("")
    await subscribe(client, receiver.url)
    await hear(
        notifications_db,
        received(an_orientation(OrientationRetiree, partenaire_id=PARTENAIRE, etat="retiree", motif="consentement_retire")),
    )
    async with delivering(notifications_db):
        await settled(notifications_db)
    assert json.loads(receiver.hits[0].body)["motif"] == "consentement_retire"


async def redirect(_: web.Request, __: int) -> web.StreamResponse:
    raise web.HTTPFound("/elsewhere")


async def fail_once(_: web.Request, count: int) -> web.StreamResponse:
    return web.Response(status=500 if count == 1 else 204)


async def cut(request: web.Request, _: int) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def huge(request: web.Request, _: int) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(10_000):
            await response.write(b"x" * 65536)
    except ConnectionError:
        pass
    return response


async def endless(request: web.Request, _: int) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)
    except ConnectionError:
        pass
    return response


async def many_headers(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(headers={"X-Long": "x" * 5000})


async def many_fields(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(headers={f"X-{number}": "x" for number in range(1000)})


@pytest.mark.parametrize(
    ("answer", "etat", "tentatives", "statut", "echec"),
    [
        (fail_once, "livree", 2, 204, None),
        (redirect, "abandonnee", 3, 302, "redirection"),
        (cut, "abandonnee", 3, None, "connexion"),
        (huge, "livree", 1, 200, None),
        (endless, "livree", 1, 200, None),
        (many_headers, "abandonnee", 3, None, "connexion"),
        (many_fields, "abandonnee", 3, None, "connexion"),
    ],
    ids=["500-then-204", "redirect", "cut", "huge", "endless", "long-headers", "many-headers"],
)
async def test_whatever_a_receiver_does(
    client: Client,
    notifications_db: Database,
    receiver: Receiver,
    answer: Any,
    etat: str,
    tentatives: int,
    statut: int | None,
    echec: str | None,
) -> None:
    """Each try has the same id; a redirect is not followed; a long answer is cut off and a status is enough."""
    await subscribe(client, receiver.url)
    receiver.answer = answer
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db, plan=(0.05, 0.05)):
        (row,) = await settled(notifications_db)
    assert (row["etat"], row["tentatives"], row["statut"], row["echec"]) == (etat, tentatives, statut, echec)
    assert len({hit.id for hit in receiver.hits}) == 1
    assert len(receiver.hits) == tentatives


async def test_a_slow_receiver_is_given_up(
    client: Client, notifications_db: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer within the limit is a failure."""
    monkeypatch.setattr("notifications.livraisons.garde.LIMIT_SECONDS", 0.3)

    async def hang(_: web.Request, __: int) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    await subscribe(client, receiver.url)
    receiver.answer = hang
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db, plan=()):
        (row,) = await settled(notifications_db)
    assert (row["etat"], row["echec"], row["statut"]) == ("abandonnee", "delai", None)


async def test_a_try_is_given_fifteen_seconds() -> None:
    """As partners are told, and less than a claim holds."""
    async with guarded_session(connections=5, per_host=2, loopback=False) as http:
        assert (http.timeout.total, http.timeout.sock_connect) == (15, 10)
        assert timedelta(seconds=15) * 2 < LEASE


async def test_gone_disables_and_abandons_what_waits(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """410: the endpoint gets nothing more, and its log says why."""

    async def gone(_: web.Request, __: int) -> web.StreamResponse:
        return web.Response(status=410)

    webhook, _ = await subscribe(client, receiver.url)
    receiver.answer = gone
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(20)))
    async with delivering(notifications_db):
        found = await settled(notifications_db)
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        await asyncio.sleep(0.2)
    assert {row["etat"] for row in found} == {"abandonnee"}
    assert {row["echec"] for row in found} <= {"parti", "desactive"}
    *_, missed = await rows(notifications_db, "SELECT etat, echec, tentatives FROM livraisons ORDER BY seq")
    assert tuple(missed.values()) == ("abandonnee", "desactive", 0)
    assert [row["etat"] for row in await rows(notifications_db, "SELECT etat FROM webhooks")] == ["desactive"]
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        event = found[0]["event_id"]
        answer = await http.post(f"/notifications/api/v1/webhooks/{webhook}/livraisons/{event}/rejouer")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:relais:erreur:webhook-inactif")


async def test_a_failed_delivery_is_replayed_under_its_own_id(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """After the last try it is abandoned; replayed, it arrives; delivered, it is sent again to whoever lost it."""

    async def broken(_: web.Request, __: int) -> web.StreamResponse:
        return web.Response(status=500, text="Dupont, 0600000000")

    webhook, secret = await subscribe(client, receiver.url)
    receiver.answer = broken
    event = received(an_orientation(OrientationAcceptee, partenaire_id=PARTENAIRE, etat="acceptee"))
    await hear(notifications_db, event)
    replay = f"/notifications/api/v1/webhooks/{webhook}/livraisons/{event.id}/rejouer"
    async with delivering(notifications_db, plan=(0.05,)), client(member(Role.manager, organisation=PARTENAIRE)) as http:
        await settled(notifications_db)
        log = (await http.get(f"/notifications/api/v1/webhooks/{webhook}/livraisons")).json()["elements"]
        assert (log[0]["etat"], log[0]["tentatives"], log[0]["statut"]) == ("abandonnee", 2, 500)
        assert "Dupont" not in json.dumps(log)
        receiver.answer = None
        assert (await http.post(replay)).json()["etat"] == "en_attente"
        (row,) = await settled(notifications_db)
        assert row["etat"] == "livree"
        page = f"/notifications/webhooks/{webhook}/livraisons/{event.id}"
        assert "Envoyer de nouveau" in (await http.get(page)).text
        assert (await http.post(f"{page}/rejouer")).status_code == 303
        await receiver.got(4)
        await settled(notifications_db)
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        assert (await http.post(replay)).json()["etat"] == "en_attente"
        twice = await http.post(replay)
        assert (twice.status_code, twice.json()["type"]) == (409, "urn:relais:erreur:livraison-non-rejouable")
        assert "Envoyer de nouveau" not in (await http.get(page)).text
    async with delivering(notifications_db):
        assert [(row["etat"], row["tentatives"]) for row in await settled(notifications_db)] == [("livree", 1)]
    assert len({hit.id for hit in receiver.hits}) == 1
    assert len(receiver.verified(secret)) == 5


async def test_a_dead_endpoint_delays_nobody(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """With few places and one endpoint that hangs, the other gets all of its own promptly."""
    other = new_id()
    async with receiving() as dead:

        async def hang(_: web.Request, __: int) -> web.StreamResponse:
            await asyncio.sleep(30)
            return web.Response()

        dead.answer = hang
        await subscribe(client, dead.url)
        await subscribe(client, receiver.url, partenaire=other)
        await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(300)))
        await hear(notifications_db, *(received(an_orientation(partenaire_id=other)) for _ in range(100)))
        async with delivering(notifications_db, connections=8):
            await receiver.got(100, seconds=4)
            assert 1 <= len(dead.hits) <= 5
            receiver.hits.clear()
            await asyncio.sleep(1.2)
            # What hangs has stepped aside by now, and the endpoint gets no more than one at a time.
            await hear(notifications_db, *(received(an_orientation(partenaire_id=other)) for _ in range(100)))
            await receiver.got(100, seconds=4)
            assert len(dead.hits) <= 5
