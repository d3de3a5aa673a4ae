"""The log of an endpoint and what is done with it: search, tries, replays, tests, pauses, filters, rates."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, member, received, rows, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.actor import Role
from common.clock import new_id, utc_now
from common.codes import BandeBudget, Horizon, Origine
from common.database import Database
from common.events.exemples import sample
from common.events.rendez_vous import RendezVousPropose
from common.events.signalement import SignalementDepose

BASE = "/notifications/api/v1/webhooks"


def manager(client: Client) -> Any:
    return client(member(Role.manager, organisation=PARTENAIRE))


async def failing(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(status=500, text="clé whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw refusée")


async def test_each_try_is_in_the_log_without_its_signature(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """When, how, how long, what was sent and the first words of the answer; no secret anywhere."""
    webhook, secret = await subscribe(client, receiver.url)
    receiver.answer = failing
    one = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, one)
    async with delivering(notifications_db, plan=(0.02, 0.02)):
        await settled(notifications_db)
    async with manager(client) as http:
        found = await http.get(f"{BASE}/{webhook}/livraisons/{one.id}")
        page = await http.get(f"/notifications/webhooks/{webhook}/livraisons/{one.id}")
    detail = found.json()
    assert [(one["numero"], one["statut"], one["reponse"]) for one in detail["essais"]] == [
        (n, 500, "clé … refusée") for n in (1, 2, 3)
    ]
    assert detail["corps"] == receiver.hits[0].body.decode()
    sent = receiver.hits[-1].headers
    assert {name.lower(): value for name, value in detail["entetes"].items()}.items() <= sent.items()
    for text in (found.text, page.text):
        assert "webhook-signature" not in text
        assert sent["webhook-signature"] not in text
        assert secret not in text
        assert "whsec_" not in text
    assert "clé … refusée" in page.text


async def test_the_log_shows_the_moment_that_was_signed(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """However long the receiver took to answer; for a try that nobody knows the beginning of, none."""

    async def slow(_: web.Request, __: int) -> web.StreamResponse:
        await asyncio.sleep(1.1)
        return web.Response()

    webhook, _ = await subscribe(client, receiver.url)
    receiver.answer = slow
    one = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, one)
    async with delivering(notifications_db):
        await settled(notifications_db)
    async with manager(client) as http:
        shown = (await http.get(f"{BASE}/{webhook}/livraisons/{one.id}")).json()["entetes"]
        assert shown["webhook-timestamp"] == receiver.hits[0].headers["webhook-timestamp"]
        async with notifications_db.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("UPDATE tentatives SET commencee_le = NULL")
        assert "webhook-timestamp" not in (await http.get(f"{BASE}/{webhook}/livraisons/{one.id}")).json()["entetes"]


async def test_the_log_is_searched(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """By state, type, time and the id of an event or a case, in the API and on the page."""
    webhook, _ = await subscribe(client, receiver.url)
    events = [received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(3)]
    await hear(notifications_db, *events)
    wanted = events[1]
    queries: list[tuple[dict[str, str], int]] = [
        ({}, 3),
        ({"etat": "livree"}, 0),
        ({"etat": "en_attente", "type": "orientation.envoyee"}, 3),
        ({"type": "orientation.retiree"}, 0),
        ({"objet": str(wanted.id)}, 1),
        ({"objet": str(wanted.event.dossier_id)}, 1),
        ({"objet": str(new_id())}, 0),
        ({"depuis": (utc_now() + timedelta(hours=1)).isoformat()}, 0),
        ({"jusqu_a": (utc_now() + timedelta(hours=1)).isoformat()}, 3),
        ({"depuis": "0001-01-01T00:00:00+23:59", "jusqu_a": "9999-12-31T23:59:59-23:59"}, 3),
    ]
    async with manager(client) as http:
        for query, count in queries:
            found = (await http.get(f"{BASE}/{webhook}/livraisons", params=query)).json()["elements"]
            assert len(found) == count, query
        address = f"/notifications/webhooks/{webhook}"
        page = await http.get(address, params={"objet": f"{wanted.id}_{webhook}"})
        assert page.text.count(f"{address}/livraisons/") == 1
        assert str(wanted.id) in page.text
        nothing = await http.get(address, params={"etat": "livree", "evenement": "x" * 500, "objet": "<script>"})
        assert "Aucune livraison ne correspond" in nothing.text
        assert "<script>" not in nothing.text.split("<main")[1]


async def test_a_time_is_replayed_and_its_progress_told(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """All failed, then everything, each under its own id; one replay at a time; never more than asked."""
    webhook, secret = await subscribe(client, receiver.url)
    receiver.answer = failing
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(6)))
    async with delivering(notifications_db, plan=()), manager(client) as http:
        await settled(notifications_db)
        receiver.answer, receiver.hits[:] = None, []
        day = (utc_now() - timedelta(days=1)).isoformat()
        empty = await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": (utc_now() + timedelta(days=1)).isoformat()})
        assert (empty.status_code, empty.json()["champ"]) == (422, "depuis")
        made = await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": day})
        assert (made.status_code, made.json()["total"]) == (201, 6)
        await settled(notifications_db)
        told = (await http.get(f"{BASE}/{webhook}/rejeux/{made.json()['rejeu_id']}")).json()
        assert (told["fini"], told["livrees"], told["en_attente"]) == (True, 6, 0)
        assert len({hit.id for hit in receiver.hits}) == 6
        again = (await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": day})).json()
        assert (again["total"], again["fini"]) == (0, True)
        every = (await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": day, "portee": "tout"})).json()
        assert every["total"] == 6
        await settled(notifications_db)
    assert len(receiver.verified(secret)) == 12
    async with manager(client) as http:
        day_of = {f"depuis-{part}": value for part, value in (("jour", "1"), ("mois", "1"), ("annee", "2026"))}
        form = await http.post(f"/notifications/webhooks/{webhook}/rejeu", data={"portee": "tout"} | day_of)
        assert form.status_code == 303
        assert "Rejeu en cours" in (await http.get(f"/notifications/webhooks/{webhook}")).text
        second = await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": day})
        assert (second.status_code, second.json()["type"]) == (409, "urn:relais:erreur:rejeu-en-cours")
    entries = await rows(notifications_db, "SELECT action FROM audit_entries WHERE action LIKE 'livraison.%'")
    assert len(entries) == 4


async def test_an_endpoint_is_tried_out_paused_and_resumed(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A signed message that says nothing; what happens during a pause waits and goes afterwards."""
    webhook, secret = await subscribe(client, receiver.url)
    async with delivering(notifications_db) as dispatch, manager(client) as http:
        made = await http.post(f"{BASE}/{webhook}/essai")
        assert (made.status_code, made.json()["type"]) == (201, "essai")
        await settled(notifications_db)
        assert receiver.verified(secret)[0]["type"] == "essai"
        assert (await http.put(f"{BASE}/{webhook}/etat", json={"etat": "en_pause"})).json()["etat"] == "en_pause"
        assert (await http.post(f"{BASE}/{webhook}/essai")).status_code == 409
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        dispatch.wake.set()
        await asyncio.sleep(0.2)
        assert len(receiver.hits) == 1
        page = f"/notifications/webhooks/{webhook}"
        assert "Ce webhook est en pause" in (await http.get(page)).text
        assert (await http.post(f"{page}/etat", data={"etat": "actif"})).status_code == 303
        dispatch.wake.set()
        await settled(notifications_db)
    assert len(receiver.hits) == 2
    entries = await rows(notifications_db, "SELECT action FROM audit_entries ORDER BY at")
    assert [entry["action"] for entry in entries] == [
        "webhook.creer",
        "webhook.essayer",
        "webhook.suspendre",
        "webhook.reprendre",
    ]


async def test_filters_keep_to_a_territory_and_a_dispositif(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A case whose territory is known elsewhere is not told; one that is not known is."""
    webhook, _ = await subscribe(client, receiver.url)
    here, there, nowhere = new_id(), new_id(), new_id()
    for dossier_id, departement in ((here, "34"), (there, "75")):
        filed = SignalementDepose(
            dossier_id=dossier_id,
            reference="R-1",
            origine=Origine.self,
            departement=departement,
            region="76",
            indicateurs=(),
            horizon=Horizon.inconnu,
            emplois=3,
            budget=BandeBudget.inconnu,
        )
        await hear(notifications_db, received(filed))
    async with manager(client) as http:
        body = {"url": receiver.url, "types": ["orientation.*"], "departements": ["34", "2a"], "dispositifs": ["dla"]}
        changed = await http.put(f"{BASE}/{webhook}", json=body)
        assert (changed.json()["departements"], changed.json()["dispositifs"]) == (["2A", "34"], ["dla"])
        for field, wrong in (("departements", "99"), ("dispositifs", "Pas Un Code"), ("debit", 0)):
            answer = await http.put(f"{BASE}/{webhook}", json=body | {field: wrong if field == "debit" else [wrong]})
            assert answer.status_code == 422
    told = [received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=dossier_id)) for dossier_id in (here, nowhere)]
    not_told = [
        received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=there)),
        received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=here, dispositif="trajectoire")),
    ]
    await hear(notifications_db, *told, *not_told)
    found = await rows(notifications_db, "SELECT event_id FROM livraisons ORDER BY seq")
    assert [row["event_id"] for row in found] == [one.id for one in told]


async def test_an_appointment_has_the_dispositif_of_its_referral(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """It passes the filter when that is asked for; of an event of before it was told, nobody is left out."""
    webhook, _ = await subscribe(client, receiver.url)
    async with manager(client) as http:
        body = {"url": receiver.url, "types": ["rendez_vous.*"], "dispositifs": ["dla"]}
        assert (await http.put(f"{BASE}/{webhook}", json=body)).status_code == 200

    def proposed(dispositif: str | None) -> Any:
        return received(sample(RendezVousPropose).model_copy(update={"partenaire_id": PARTENAIRE, "dispositif": dispositif}))

    wanted, unknown = proposed("dla"), proposed(None)
    await hear(notifications_db, wanted, proposed("trajectoire"), unknown)
    found = await rows(notifications_db, "SELECT event_id FROM livraisons ORDER BY seq")
    assert [row["event_id"] for row in found] == [wanted.id, unknown.id]


async def test_what_waits_is_not_overtaken_once_order_is_asked_for(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """An event that failed before the order was asked for goes before the newer ones of its case; other cases do not wait."""
    webhook, _ = await subscribe(client, receiver.url)
    case = new_id()
    first, *newer = [received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=case)) for _ in range(3)]
    other = received(an_orientation(partenaire_id=PARTENAIRE))
    receiver.answer = failing
    await hear(notifications_db, first)
    async with delivering(notifications_db, plan=(3.0,) * 9) as dispatch, manager(client) as http:
        await receiver.got(1)
        asked = {"url": receiver.url, "types": ["orientation.*"], "ordonne": True}
        assert (await http.put(f"{BASE}/{webhook}", json=asked)).json()["ordonne"] is True
        receiver.answer = None
        await hear(notifications_db, *newer, other)
        dispatch.wake.set()
        await settled(notifications_db)
    arrived = [hit.id.split("_")[0] for hit in receiver.hits]
    assert arrived[:2] == [str(first.id), str(other.id)]
    assert arrived[2:] == [str(one.id) for one in (first, *newer)]


async def test_a_rate_is_kept_and_nobody_else_waits(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Two a second for one endpoint of the partner, as fast as it goes for the other."""
    slow, _ = await subscribe(client, receiver.url + "/lent")
    await subscribe(client, receiver.url)
    async with manager(client) as http:
        body = {"url": receiver.url + "/lent", "types": ["orientation.*"], "debit": 120}
        assert (await http.put(f"{BASE}/{slow}", json=body)).json()["debit"] == 120
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(20)))
    async with delivering(notifications_db):
        await receiver.got(22)
        await asyncio.sleep(1.2)
        paced = [hit for hit in receiver.hits if hit.id.endswith(slow)]
        assert 2 <= len(paced) <= 6
        assert len(receiver.hits) - len(paced) == 20


@pytest.mark.parametrize(("field", "value"), [("departements", "34, 99"), ("dispositifs", "Dispositif !"), ("debit", "0")])
async def test_a_mistake_in_the_settings_is_told_at_its_field(client: Client, field: str, value: str) -> None:
    """What was typed stays, and the part of the form is open."""
    webhook, _ = await subscribe(client, "https://si.example/relais")
    async with manager(client) as http:
        page = f"/notifications/webhooks/{webhook}/modifier"
        assert 'value="https://si.example/relais"' in (await http.get(page)).text
        data = {"url": "https://si.example/autre", "types": ["orientation.*"], field: value}
        answer = await http.post(page, data=data)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert f'value="{value}"' in answer.text
        assert (await http.post(page, data=data | {field: ""})).status_code == 303
        assert "https://si.example/autre" in (await http.get(f"/notifications/webhooks/{webhook}")).text
