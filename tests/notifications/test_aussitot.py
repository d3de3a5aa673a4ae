"""While little is under way a delivery starts as it is written; what asks for its turn is left to the claims."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from tests.notifications.banc import PUBLIC_URL, Client, Receiver, an_orientation, delivering, received, rows, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.clock import new_id
from common.consumer import Adding
from common.database import Database
from common.events import Received
from common.events.orientation import OrientationEnvoyee
from notifications.dispatch.loop import Dispatch
from notifications.livraisons.aussitot import Aussitot
from notifications.livraisons.handlers import handlers
from notifications.livraisons.livreur import Livreur

PORTEURS = "SELECT porteur FROM livraisons ORDER BY seq"


async def entendre(database: Database, dispatch: Dispatch, *events: Received[Any]) -> None:
    """Hear these events as the consumer does when they have nothing else to do."""
    assert isinstance(dispatch.job, Livreur)
    aussitot = Aussitot(dispatch, dispatch.job)
    adding = handlers(PUBLIC_URL, aussitot=lambda: aussitot)[type(events[0].event)]
    assert isinstance(adding, Adding)
    await until_holding(dispatch)
    await adding.alone(database, "notifications-orientation", events)


async def until_holding(dispatch: Dispatch) -> None:
    """Wait until its claims hold."""
    async with asyncio.timeout(5):
        while not dispatch.holding:
            await asyncio.sleep(0.01)


def un_fait() -> Received[Any]:
    return received(an_orientation(partenaire_id=PARTENAIRE))


@pytest.fixture
async def retenu(receiver: Receiver) -> asyncio.Event:
    """The receiver answers once this is set."""
    repondre = asyncio.Event()

    async def answer(request: web.Request, _: int) -> web.StreamResponse:
        await repondre.wait()
        return web.Response()

    receiver.answer = answer
    return repondre


async def test_it_is_claimed_as_it_is_written_and_started_once(
    client: Client, notifications_db: Database, receiver: Receiver, retenu: asyncio.Event
) -> None:
    await subscribe(client, receiver.url)
    fait = un_fait()
    async with delivering(notifications_db) as dispatch:
        await entendre(notifications_db, dispatch, fait)
        assert [row["porteur"] for row in await rows(notifications_db, PORTEURS)] == [dispatch.holder]
        assert len(dispatch.tasks) == 1
        await receiver.got(1)
        await entendre(notifications_db, dispatch, fait)
        assert len(dispatch.tasks) == 1, "what was heard before starts nothing"
        retenu.set()
        [delivery] = await settled(notifications_db)
    assert (delivery["etat"], delivery["tentatives"], len(receiver.hits)) == ("livree", 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        "ordonne = true",
        "debit = 60",
        "echecs = 1",
        "averti = true",
        "coupe_jusqu_a = now() + interval '1 hour'",
        "etat = 'en_pause'",
    ],
)
async def test_an_endpoint_that_is_not_well_or_asks_for_a_turn_waits_for_it(
    client: Client, notifications_db: Database, receiver: Receiver, change: str
) -> None:
    webhook_id, _ = await subscribe(client, receiver.url)
    connection = await notifications_db.connect()
    await connection.execute(f"UPDATE webhooks SET {change} WHERE webhook_id = $1", UUID(webhook_id))
    await connection.close()
    async with delivering(notifications_db) as dispatch:
        given: list[Any] = []
        adding = handlers(PUBLIC_URL, aussitot=lambda: aussitot)[OrientationEnvoyee]
        assert isinstance(dispatch.job, Livreur)
        assert isinstance(adding, Adding)
        aussitot = Aussitot(dispatch, dispatch.job)
        await until_holding(dispatch)
        await replace(adding, after=given.extend).alone(notifications_db, "notifications-orientation", [un_fait()])
    assert given == []


async def test_where_much_is_under_way_all_wait_for_their_turn(
    client: Client, notifications_db: Database, receiver: Receiver, retenu: asyncio.Event
) -> None:
    await subscribe(client, receiver.url)
    async with delivering(notifications_db, connections=8) as dispatch:
        await entendre(notifications_db, dispatch, un_fait(), un_fait())
        assert len(dispatch.tasks) == 2
        assert isinstance(dispatch.job, Livreur)
        given = [{"event_id": new_id()}]
        assert Aussitot(dispatch, dispatch.job).prepare(given) == given
        await entendre(notifications_db, dispatch, un_fait())
        retenu.set()
        ended = await settled(notifications_db)
    assert [one["etat"] for one in ended] == ["livree"] * 3


async def test_a_process_that_holds_no_claims_makes_none(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    await subscribe(client, receiver.url)
    async with delivering(notifications_db) as dispatch:
        await entendre(notifications_db, dispatch, received(an_orientation(partenaire_id=new_id())))
        dispatch.holding = False
        assert isinstance(dispatch.job, Livreur)
        given = [{"event_id": new_id()}]
        assert Aussitot(dispatch, dispatch.job).prepare(given) == given
