"""A process that dies leaves what it had under way: it is tried again, counts for no try, and the log says so."""

import asyncio

from aiohttp import web
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, received, rows, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.clock import new_id, utc_now
from common.database import Database
from notifications.dispatch.store import LIVING, hold
from notifications.livraisons import store


async def test_what_a_dead_process_had_under_way_is_logged_and_tried_again(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    await subscribe(client, receiver.url)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    dying = await notifications_db.connect()
    await hold(dying, 7)
    assert len(await store.claim(dying, 7, utc_now(), 10, {}, 0.0)) == 1
    await store.release(dying, utc_now())
    assert not await rows(notifications_db, "SELECT * FROM tentatives"), "its process lives"
    await dying.close()
    async with delivering(notifications_db):
        [delivery] = await settled(notifications_db)
    assert (delivery["etat"], delivery["tentatives"]) == ("livree", 1)
    tries = await rows(notifications_db, "SELECT numero, statut, echec, latence_ms FROM tentatives ORDER BY le")
    assert [(row["numero"], row["statut"], row["echec"]) for row in tries] == [(1, None, "interrompue"), (1, 200, None)]
    assert all(0 <= row["latence_ms"] < 60_000 for row in tries)
    assert len(receiver.hits) == 1


async def test_a_process_comes_back_beside_its_own_connection_that_nobody_knows_to_be_dead(notifications_db: Database) -> None:
    """What it had claimed stays its own when that one is closed in the end."""
    former, present = await notifications_db.connect(), await notifications_db.connect()
    async with asyncio.timeout(5):
        await hold(former, 7)
        await hold(present, 7)
    await former.close()
    living = await present.fetch(LIVING)
    assert [row["objid"] for row in living] == [7]
    await present.close()


async def test_nothing_is_logged_for_what_was_not_claimed(notifications_db: Database) -> None:
    connection = await notifications_db.connect()
    await store.release(connection, utc_now())
    await connection.close()
    assert not await rows(notifications_db, f"SELECT * FROM tentatives WHERE echec <> '{new_id()}'")


async def test_what_is_under_way_is_claimed_again_when_postgresql_forgot_it(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    answered = asyncio.Event()

    async def late(request: web.Request, _: int) -> web.StreamResponse:
        await answered.wait()
        return web.Response()

    receiver.answer = late
    await subscribe(client, receiver.url)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db) as dispatch:
        await receiver.got(1)
        connection = await notifications_db.connect()
        # What a PostgreSQL that dies leaves: a claim that was never on the disk, and a lost connection.
        await connection.execute("UPDATE livraisons SET porteur = NULL, bail = NULL")
        holding = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1::bigint::oid"
        pid = await connection.fetchval(holding, dispatch.holder)
        await connection.execute("SELECT pg_terminate_backend($1)", pid)
        async with asyncio.timeout(8):
            while await connection.fetchval("SELECT porteur FROM livraisons") != dispatch.holder:
                await asyncio.sleep(0.02)
        await connection.close()
        answered.set()
        [delivery] = await settled(notifications_db)
    assert (delivery["etat"], delivery["tentatives"], len(receiver.hits)) == ("livree", 1, 1)
