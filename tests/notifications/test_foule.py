"""Many endpoints of which a fifth misbehave in every way: the others have everything, in order where they asked for it."""

import asyncio
from collections import Counter

from aiohttp import web
from tests.notifications.banc import COFFRE, Receiver, an_orientation, delivering, hear, received, rows
from tests.notifications.test_livraisons import PARTENAIRE, cut, endless, huge, many_headers, redirect

from common.clock import new_id
from common.database import Database
from notifications.webhooks.rotation import new_secret

ENDPOINTS, EVENTS, CASES = 40, 30, 6
INSERT = """
    INSERT INTO webhooks (webhook_id, partenaire_id, url, types, description, secret, etat, cree_le, ordonne)
    VALUES ($1, $2, $3, '{orientation.*}', '', $4, 'actif', now(), $5)
"""


async def hang(_: web.Request, __: int) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def fail(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(status=500)


MANNERS = [hang, fail, redirect, cut, many_headers, huge, endless, hang]


async def test_the_healthy_have_everything_whatever_the_others_do(notifications_db: Database, receiver: Receiver) -> None:
    """Each healthy endpoint has each event once, the ordered ones each case in its order, and every try is in the log."""
    ids = [new_id() for _ in range(ENDPOINTS)]
    bad = dict(zip(map(str, ids[::5]), MANNERS, strict=True))
    connection = await notifications_db.connect()
    for number, webhook_id in enumerate(ids):
        values = (webhook_id, PARTENAIRE, receiver.url, COFFRE.sceller(new_secret()), number % 2 == 0)
        await connection.execute(INSERT, *values)
    await connection.close()

    async def each_in_its_manner(request: web.Request, count: int) -> web.StreamResponse:
        manner = bad.get(request.headers["webhook-id"].split("_")[1])
        return await manner(request, count) if manner else web.Response()

    receiver.answer = each_in_its_manner
    cases = [new_id() for _ in range(CASES)]
    events = [received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=cases[n % CASES])) for n in range(EVENTS)]
    await hear(notifications_db, *events)
    healthy = [webhook_id for webhook_id in ids if str(webhook_id) not in bad]
    waiting = "SELECT webhook_id FROM livraisons WHERE etat <> 'livree'"
    async with delivering(notifications_db, plan=(0.5,) * 9, connections=20, pauses=(0.5, 1.0)), asyncio.timeout(60):
        while {row["webhook_id"] for row in await rows(notifications_db, waiting)} & set(healthy):
            await asyncio.sleep(0.1)
    got: dict[str, list[str]] = {}
    for hit in receiver.hits:
        event_id, webhook = hit.id.split("_")
        got.setdefault(webhook, []).append(event_id)
    tried = await rows(notifications_db, "SELECT l.webhook_id FROM tentatives t JOIN livraisons l ON l.seq = t.livraison_seq")
    logged = Counter(str(row["webhook_id"]) for row in tried)
    for number, one_of_them in enumerate(ids):
        if one_of_them in healthy:
            assert sorted(got[str(one_of_them)]) == sorted(str(one.id) for one in events)
            assert logged[str(one_of_them)] == EVENTS
            for case in cases if number % 2 == 0 else ():
                wanted = [str(one.id) for one in events if one.event.dossier_id == case]
                assert [event_id for event_id in got[str(one_of_them)] if event_id in set(wanted)] == wanted
