"""An endpoint followed over days, on a real database with a simulated clock, and what its manager is told."""

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from tests.notifications.banc import (
    COFFRE,
    Client,
    Receiver,
    an_orientation,
    delivering,
    hear,
    received,
    rows,
    settled,
    tous_d_accord,
)
from tests.notifications.poste import MEMBERS, Inbox, Owners, parts, posting
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.actor import Role
from common.clock import new_id, utc_now
from common.database import Database
from notifications.livraisons.avance import Avances
from notifications.livraisons.avis import tell_managers
from notifications.livraisons.domain import Regles
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.livreur import Livreur
from notifications.livraisons.places import Places
from notifications.regles.domain import RYTHME
from notifications.settings import NotificationsSettings
from relais.nats import NatsServer

FIELDS = NotificationsSettings.model_fields
REGLES = Regles(FIELDS["webhook_retry_seconds"].default, FIELDS["webhook_pause_seconds"].default)


async def down(_: web.Request, __: int) -> web.StreamResponse:
    return web.Response(status=503, text="maintenance")


class Days:
    """Days that pass in a moment: at each round what is due is tried, then the clock goes on to what comes next."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = utc_now()

    def clock(self) -> datetime:
        return self.now

    async def until(self, end: datetime) -> None:
        connection = await self.database.connect()
        async with guarded_session(connections=10, per_host=10, loopback=True) as http:
            livreur = Livreur(http, COFFRE, Avances(tous_d_accord), REGLES, Places(10, 10), self.clock)
            while self.now < end:
                while (due := await livreur.claim(connection, 1))[0]:
                    await livreur.write(connection, [await one.work for one in due[0]])
                following = await connection.fetchval("""
                    SELECT min(greatest(l.due_at, w.coupe_jusqu_a)) FROM livraisons l JOIN webhooks w USING (webhook_id)
                    WHERE l.etat = 'en_attente' AND w.etat = 'actif'
                """)
                self.now = min(end, max(following or end, self.now + timedelta(milliseconds=1)))
        await connection.close()


async def notices(database: Database) -> list[Any]:
    """What managers were told so far, by mail and in the log."""
    await tell_managers(RYTHME)(database, utc_now)
    mails = await rows(database, "SELECT modele FROM courriels ORDER BY seq")
    entries = await rows(database, "SELECT action FROM audit_entries WHERE acteur_id = 'relais' ORDER BY id")
    assert [mail["modele"].replace("_", ".", 1) for mail in mails] == [entry["action"] for entry in entries]
    return [mail["modele"].removeprefix("webhook_") for mail in mails]


async def test_five_days_of_failure_disable_an_endpoint_and_its_manager_knows(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A word after one day, the end after five, each told once; every try is one line of the log."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    start = days.now
    for _ in range(11):
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        await days.until(days.now + timedelta(hours=12))
        told = await notices(notifications_db)
        (webhook,) = await rows(notifications_db, "SELECT etat, echecs FROM webhooks")
        passed = days.now - start
        if passed <= timedelta(days=1):
            assert told == []
        elif passed < timedelta(days=5):
            assert (told, webhook["etat"]) == (["difficulte"], "actif")
    assert told == ["difficulte", "desactive"]
    assert webhook["etat"] == "desactive"
    found = await rows(notifications_db, "SELECT * FROM livraisons")
    assert {row["etat"] for row in found} == {"abandonnee"}
    tries = await rows(notifications_db, "SELECT numero, statut, reponse FROM tentatives")
    assert len(tries) == len(receiver.hits) == sum(row["tentatives"] for row in found)
    assert {(row["statut"], COFFRE.ouvrir(row["reponse"])) for row in tries} == {(503, "maintenance")}
    assert max(row["numero"] for row in tries) == 10


async def test_a_recovery_is_told_and_nothing_was_lost(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """After two days and a half of failures the endpoint answers: what waited arrives, and the manager is told."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(5)))
    await days.until(days.now + timedelta(hours=60))
    assert await notices(notifications_db) == ["difficulte"]
    receiver.answer = None
    await days.until(days.now + timedelta(days=3))
    assert await notices(notifications_db) == ["difficulte", "retabli"]
    assert {row["etat"] for row in await rows(notifications_db, "SELECT etat FROM livraisons")} == {"livree"}
    (webhook,) = await rows(notifications_db, "SELECT echecs, en_echec_depuis, coupe_jusqu_a, averti FROM webhooks")
    assert tuple(webhook.values()) == (0, None, None, False)


async def test_its_manager_is_written_to_when_an_endpoint_says_that_it_is_gone(
    client: Client,
    notifications_db: Database,
    nats_server: NatsServer,
    receiver: Receiver,
    owners: Owners,
    inbox: tuple[Inbox, int],
) -> None:
    """By a mail of its own, once; whoever only follows the cases is not bothered."""

    async def gone(_: web.Request, __: int) -> web.StreamResponse:
        return web.Response(status=410)

    receiver.answer = gone
    owners.roles = dict(zip(MEMBERS, [(Role.manager,), (Role.agent,)], strict=True))
    webhook_id, _ = await subscribe(client, receiver.url)
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(5)))
    async with delivering(notifications_db):
        await settled(notifications_db)
    assert await notices(notifications_db) == ["desactive"]
    await rows(notifications_db, "UPDATE courriels SET due_at = now()")
    async with posting(notifications_db, nats_server, inbox[1]):
        await settled(notifications_db, table="courriels")
    ((recipient, message),) = inbox[0].mails
    assert (recipient, message["Subject"]) == (MEMBERS[0], "Un de vos webhooks est désactivé")
    assert all(f"/notifications/webhooks/{webhook_id}" in body for body in parts(message))
    assert await notices(notifications_db) == ["desactive"]


async def test_a_cut_circuit_spares_the_receiver(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Two hundred events for a system that is down are not two hundred tries: it is left alone, then asked once."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(200)))
    await days.until(days.now + timedelta(minutes=10))
    assert 5 <= len(receiver.hits) <= 20


async def test_an_ordered_endpoint_gets_each_case_in_its_order(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """One event that fails holds back its own case only, and only until it has arrived."""
    _, secret = await subscribe(client, receiver.url, ordonne=True)
    cases = [new_id() for _ in range(4)]
    events = [received(an_orientation(partenaire_id=PARTENAIRE, dossier_id=cases[n % 4])) for n in range(40)]
    refused: set[str] = set()

    async def fail_first_of_each(request: web.Request, count: int) -> web.StreamResponse:
        message = request.headers["webhook-id"]
        if count % 3 == 1 and message not in refused:
            refused.add(message)
            return web.Response(status=500)
        return web.Response()

    receiver.answer = fail_first_of_each
    await hear(notifications_db, *events)
    async with delivering(notifications_db, plan=(0.02,) * 9, seuil=1000):
        found = await settled(notifications_db)
    assert {row["etat"] for row in found} == {"livree"}
    assert refused
    delivered = [hit.id.split("_")[0] for hit in receiver.hits]
    for case in cases:
        wanted = [str(one.id) for one in events if one.event.dossier_id == case]
        seen = [one for one in delivered if one in set(wanted)]
        assert [one for number, one in enumerate(seen) if seen.index(one) == number] == wanted
    assert len(receiver.verified(secret)) == len(receiver.hits)


# The longest pause of an endpoint that fails, with its jitter, and as long again between two tries of a message.
SOON = timedelta(seconds=2.2 * REGLES.pauses[-1] + 60)


async def test_what_waited_goes_when_the_endpoint_is_back(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """After thirty hours the next tries are up to eighteen hours away: one that succeeds brings all of them."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(20)))
    await days.until(days.now + timedelta(hours=30))
    late = await rows(notifications_db, f"SELECT seq FROM livraisons WHERE due_at > '{days.now + SOON}'")
    assert len(late) > 3
    receiver.answer = None
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    await days.until(days.now + SOON)
    assert {row["etat"] for row in await rows(notifications_db, "SELECT etat FROM livraisons")} == {"livree"}


async def test_a_recovery_leaves_alone_what_was_asked_to_wait(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A message with a Retry-After that still runs is not brought forward before its end; then it is."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    one = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, one)
    await days.until(days.now + timedelta(hours=30))
    asked: list[datetime] = []

    async def later(request: web.Request, _: int) -> web.StreamResponse:
        if request.headers["webhook-id"].startswith(str(one.id)):
            asked.append(days.now)
            return web.Response(status=503, headers={"Retry-After": "10800"}) if len(asked) == 1 else web.Response()
        return web.Response()

    receiver.answer = later
    while not asked:
        await days.until(days.now + timedelta(minutes=30))
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    await days.until(asked[0] + timedelta(hours=3) + SOON)
    assert {row["etat"] for row in await rows(notifications_db, "SELECT etat FROM livraisons")} == {"livree"}
    assert timedelta(hours=3) <= asked[1] - asked[0] <= timedelta(hours=3) + SOON


async def test_what_alone_is_refused_keeps_its_tries(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """What fails among messages that arrive is not tried ten times within the hour, though each arrival is a recovery."""
    await subscribe(client, receiver.url)
    refused = [received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(8)]

    async def picky(request: web.Request, _: int) -> web.StreamResponse:
        event = request.headers["webhook-id"].split("_")[0]
        return web.Response(status=500 if event in {str(one.id) for one in refused} else 204)

    receiver.answer = picky
    days = Days(notifications_db)
    await hear(notifications_db, *refused)
    for _ in range(30):
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        await days.until(days.now + timedelta(minutes=2))
    found = await rows(notifications_db, "SELECT etat, tentatives FROM livraisons WHERE etat <> 'livree'")
    assert [row["etat"] for row in found] == ["en_attente"] * 8
    assert max(row["tentatives"] for row in found) <= 7


async def test_two_failures_with_weeks_between_do_not_disable(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """One event fails its ten tries; six weeks later another one fails once: the endpoint is there for the next."""
    await subscribe(client, receiver.url)
    receiver.answer = down
    days = Days(notifications_db)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    await days.until(days.now + timedelta(weeks=6))
    assert [row["etat"] for row in await rows(notifications_db, "SELECT etat FROM livraisons")] == ["abandonnee"]
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    await days.until(days.now + timedelta(minutes=1))
    assert len(receiver.hits) >= 11
    (webhook,) = await rows(notifications_db, "SELECT etat, en_echec_depuis FROM webhooks")
    assert webhook["etat"] == "actif"
    assert days.now - webhook["en_echec_depuis"] <= timedelta(minutes=1)
    assert await notices(notifications_db) == ["difficulte"]
