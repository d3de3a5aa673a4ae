"""In an ordered endpoint a withdrawal overtakes the earlier events of its case, and nothing overtakes a withdrawal."""

import asyncio
import json
from typing import Any
from uuid import UUID

from aiohttp import web
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, received, rows
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.clock import new_id
from common.codes import Categorie, Finalite
from common.database import Database
from common.events import Received
from common.events.orientation import OrientationAcceptee, OrientationRetiree
from common.events.signalement import ConsentementRetire

WAITING = "SELECT type, etat, tentatives FROM livraisons ORDER BY seq"


def an_event(dossier_id: UUID, kind: Any, etat: str) -> Received[Any]:
    return received(an_orientation(kind, partenaire_id=PARTENAIRE, dossier_id=dossier_id, etat=etat))


def a_withdrawal(dossier_id: UUID) -> Received[Any]:
    return received(
        ConsentementRetire(
            consentement_id=new_id(),
            dossier_id=dossier_id,
            destinataire_id=PARTENAIRE,
            finalite=Finalite.orientation,
            categories=(Categorie.identite,),
        )
    )


def told(receiver: Receiver) -> list[str]:
    return [json.loads(hit.body)["type"] for hit in receiver.hits]


async def test_a_withdrawal_goes_out_though_an_earlier_event_fails(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """It was waiting, too, when that one failed: what waits behind is put off with it, the withdrawal is not."""

    async def fail_first(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=500 if count == 1 else 200)

    receiver.answer = fail_first
    await subscribe(client, receiver.url, "orientation.*", "consentement.*", ordonne=True, debit=60)
    dossier_id = new_id()
    first, second = an_event(dossier_id, OrientationAcceptee, "acceptee"), an_event(dossier_id, OrientationRetiree, "retiree")
    await hear(notifications_db, first, a_withdrawal(dossier_id), second)
    # One a second: the first has failed before the next is claimed.
    async with delivering(notifications_db, plan=(3600,)):
        await receiver.got(2, seconds=6)
        await asyncio.sleep(1.5)
    assert told(receiver) == ["orientation.acceptee", "consentement.retire"]
    assert [tuple(row.values()) for row in await rows(notifications_db, WAITING)] == [
        ("orientation.acceptee", "en_attente", 1),
        ("consentement.retire", "livree", 1),
        ("orientation.retiree", "en_attente", 0),
    ]


async def test_what_follows_a_withdrawal_waits_for_it(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Or a consent that is given again would be told before it was taken back."""

    async def fail_thrice(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=500 if count <= 3 else 200)

    receiver.answer = fail_thrice
    await subscribe(client, receiver.url, "orientation.*", "consentement.*", ordonne=True)
    dossier_id = new_id()
    await hear(notifications_db, a_withdrawal(dossier_id), an_event(dossier_id, OrientationAcceptee, "acceptee"))
    async with delivering(notifications_db):
        await receiver.got(5)
    assert told(receiver) == ["consentement.retire"] * 4 + ["orientation.acceptee"]
