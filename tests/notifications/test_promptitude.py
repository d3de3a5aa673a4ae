"""How promptly the deliverer wakes and stops."""

import asyncio

from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, received
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.database import Database


async def test_from_commit_to_post_in_milliseconds(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Woken after the commit, the deliverer does not wait for its poll."""
    await subscribe(client, receiver.url)
    delays = []
    async with delivering(notifications_db) as dispatch:
        await asyncio.sleep(0.1)
        for number in range(1, 21):
            await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
            started = asyncio.get_running_loop().time()
            dispatch.wake.set()
            await receiver.got(number)
            delays.append(asyncio.get_running_loop().time() - started)
    # Far below the half second of the poll, with room for a busy machine.
    assert sorted(delays)[10] < 0.1


async def test_told_to_stop_as_it_wakes_it_stops(notifications_db: Database) -> None:
    """A cancellation that comes in the very moment of a wake-up is not forgotten."""
    for _ in range(20):
        async with delivering(notifications_db) as dispatch:
            await asyncio.sleep(0.03)
            dispatch.wake.set()
            await asyncio.sleep(0)
