"""What happens while an endpoint is disabled: nothing is sent, nothing is lost, and a replay brings it once it is back."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from aiohttp import web
from tests.notifications.banc import (
    Client,
    Receiver,
    an_orientation,
    delivering,
    hear,
    received,
    receiving,
    rows,
    settled,
)
from tests.notifications.test_journal import BASE, manager
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.clock import new_id, utc_now
from common.database import Database
from common.requests import AccordDemande


async def gone(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(status=410)


@pytest.mark.parametrize("ordonne", [False, True], ids=["any-order", "ordered"])
async def test_what_an_endpoint_missed_while_disabled_is_replayed(
    client: Client, notifications_db: Database, receiver: Receiver, *, ordonne: bool
) -> None:
    """Each arrives once, in the order of its case where asked; nothing arrives of itself, and its log says why."""
    webhook, secret = await subscribe(client, receiver.url)
    since, address, cases = utc_now(), f"{BASE}/{webhook}", [new_id() for _ in range(3)]
    async with delivering(notifications_db) as dispatch, manager(client) as http:
        asked = {"url": receiver.url, "types": ["orientation.*"], "ordonne": ordonne}
        assert (await http.put(address, json=asked)).json()["ordonne"] is ordonne
        receiver.answer = gone
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        await settled(notifications_db)
        receiver.answer, receiver.hits[:] = None, []
        missed = [received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=cases[n % 3])) for n in range(12)]
        await hear(notifications_db, *missed, received(an_orientation(partenaire_id=new_id())))
        log = (await http.get(f"{address}/livraisons")).json()["elements"]
        assert {(one["etat"], one["echec"], one["tentatives"], one["due_at"]) for one in log[:12]} == {
            ("abandonnee", "desactive", 0, None)
        }
        page = await http.get(f"/notifications/webhooks/{webhook}/livraisons/{missed[0].id}")
        assert "le webhook était désactivé" in page.text
        (told,) = (await http.get(BASE)).json()["elements"]
        assert (told["etat"], told["sante"]["en_attente"], told["sante"]["abandonnees"]) == ("desactive", 0, 13)
        assert (await http.put(f"{address}/etat", json={"etat": "actif"})).json()["etat"] == "actif"
        dispatch.wake.set()
        assert (await http.get(f"{address}/livraisons")).json()["elements"] == log
        replay = await http.post(f"{address}/rejeux", json={"depuis": since.isoformat()})
        assert replay.json()["total"] == 13
        await settled(notifications_db)
    arrived = [message["id"] for message in receiver.verified(secret) if message["id"] in {str(one.id) for one in missed}]
    assert sorted(arrived) == sorted(str(one.id) for one in missed)
    if ordonne:
        for case in cases:
            wanted = [str(one.id) for one in missed if one.event.dossier_id == case]
            assert [one for one in arrived if one in wanted] == wanted


async def test_a_withdrawn_consent_holds_for_what_was_missed(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A replay asks the ledger as any try does; an endpoint of the same partner that works got it meanwhile."""
    async with receiving() as other:
        webhook, _ = await subscribe(client, receiver.url)
        await subscribe(client, other.url)
        async with notifications_db.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(f"UPDATE webhooks SET etat = 'desactive' WHERE webhook_id = '{webhook}'")
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        async with delivering(notifications_db):
            await settled(notifications_db)

        async def refuse(asked: Sequence[AccordDemande]) -> Sequence[bool]:
            return [False] * len(asked)

        async with delivering(notifications_db, permettre=refuse), manager(client) as http:
            await http.put(f"{BASE}/{webhook}/etat", json={"etat": "actif"})
            since = (utc_now() - timedelta(hours=1)).isoformat()
            assert (await http.post(f"{BASE}/{webhook}/rejeux", json={"depuis": since})).json()["total"] == 1
            await settled(notifications_db)
    found = await rows(notifications_db, f"SELECT etat, echec FROM livraisons WHERE webhook_id = '{webhook}'")
    assert [tuple(row.values()) for row in found] == [("abandonnee", "accord")]
    assert (len(receiver.hits), len(other.hits)) == (0, 1)
