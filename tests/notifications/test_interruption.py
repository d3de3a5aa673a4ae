"""A process that dies leaves what it had under way: it is tried again, counts for no try, and the log says so."""

from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, received, rows, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.clock import new_id, utc_now
from common.database import Database
from notifications.dispatch.store import hold
from notifications.livraisons import store


async def test_what_a_dead_process_had_under_way_is_logged_and_tried_again(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    await subscribe(client, receiver.url)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    dying = await notifications_db.connect()
    await hold(dying, 7)
    assert len(await store.claim(dying, 7, utc_now(), 10, {})) == 1
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


async def test_nothing_is_logged_for_what_was_not_claimed(notifications_db: Database) -> None:
    connection = await notifications_db.connect()
    await store.release(connection, utc_now())
    await connection.close()
    assert not await rows(notifications_db, f"SELECT * FROM tentatives WHERE echec <> '{new_id()}'")
