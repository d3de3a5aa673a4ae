"""Mails that leave together, before others, slowly, or never: by the postman's own statements, to a real mail server."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.notifications.banc import an_orientation, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, Owners, demande, hear, posting

from common.clock import new_id, utc_now
from common.database import Database
from notifications.courriels import store
from notifications.dispatch import loop
from relais.nats import NatsServer
from relais.ports import free_port

ORGANISATIONS, NOTICES = 20, 15
# Weekly summaries of many organisations at the same hour, their notices one after the other as events come.
RESUMES = f"""
    INSERT INTO courriels (event_id, modele, destinataire, organisation_id, roles, sauf, objet_id, pli, etat, tentatives,
        due_at, remis, envoyes, refuses, cree_le)
    SELECT gen_random_uuid(), 'equipe_acceptee', 'partenaire', ('00000000-0000-0000-0000-' || lpad(o::text, 12, '0'))::uuid,
        '{{manager}}', '{{}}', gen_random_uuid(), 'hebdo-' || o, 'en_attente', 0,
        now() - interval '1 minute', '{{}}', 0, 0, now()
    FROM generate_series(1, {NOTICES}) n, generate_series(1, {ORGANISATIONS}) o
"""


@pytest.mark.usefixtures("owners")
async def test_each_member_has_one_summary_however_many_organisations_have_theirs(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    box, port = inbox
    await rows(notifications_db, RESUMES)
    async with posting(notifications_db, nats_server, port):
        sent = await settled(notifications_db, table="courriels")
    assert {(row["etat"], row["envoyes"]) for row in sent} == {("envoye", len(MEMBERS))}
    assert Counter(recipient for recipient, _ in box.mails) == dict.fromkeys(MEMBERS, ORGANISATIONS)


@pytest.mark.usefixtures("owners")
async def test_a_summary_that_is_tried_again_stays_one(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """Hours later, when its notices could lie far apart."""
    box, port = inbox
    box.verdict = lambda _recipient, _times: "450 4.2.1 try later"
    await rows(notifications_db, RESUMES)
    waits = "SELECT pli, count(*) AS n, count(DISTINCT due_at) AS moments FROM courriels WHERE tentatives = 1 GROUP BY pli"
    async with posting(notifications_db, nats_server, port, mail_retry_seconds=(10_000, 10_000)), asyncio.timeout(20):
        while sum(row["n"] for row in await rows(notifications_db, waits)) < ORGANISATIONS * NOTICES:
            await asyncio.sleep(0.05)
    assert {(row["n"], row["moments"]) for row in await rows(notifications_db, waits)} == {(NOTICES, 1)}


async def test_what_leaves_alone_goes_before_what_was_gathered(notifications_db: Database) -> None:
    """A withdrawal or an access code does not wait until all summaries of the morning have left."""
    await rows(notifications_db, RESUMES)
    await hear(notifications_db, event := demande())
    connection = await notifications_db.connect()
    claimed = await store.claim(connection, 1, utc_now() + timedelta(seconds=1), 4)
    await connection.close()
    assert event.id in {row.event_id for row in claimed}
    by_pli = Counter(row.pli for row in claimed if row.pli)
    assert set(by_pli.values()) == {NOTICES}


@pytest.mark.usefixtures("owners")
async def test_a_slow_relay_gets_each_mail_once(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much longer than a lease it takes its time."""
    monkeypatch.setattr(store, "LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(loop, "RELEASE_SECONDS", 0.05)
    box, port = inbox
    box.verdict = lambda _recipient, _times: "hold"
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        await asyncio.sleep(1.5)
        box.released.set()
        (row,) = await settled(notifications_db, table="courriels")
        await asyncio.sleep(0.2)
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    assert (row["etat"], row["envoyes"], row["tentatives"]) == ("envoye", 2, 1)


async def test_a_mail_that_is_given_up_is_told_of(notifications_db: Database, nats_server: NatsServer, owners: Owners) -> None:
    """In the log, with what it was about and why, for whoever runs the hub. That a relay is away says nothing of its reader."""
    owners.members = MEMBERS[:1]
    await hear(notifications_db, one := received(an_orientation()))
    nobody = free_port(f"nobody {new_id()}")
    with capture_logs() as logs:
        async with posting(notifications_db, nats_server, nobody, mail_retry_seconds=(0.05,)):
            (row,) = await settled(notifications_db, table="courriels")
    assert (row["etat"], row["tentatives"], row["echec"]) == ("abandonne", 2, "serveur_injoignable")
    told = [line for line in logs if line["event"] == "facteur.abandoned"]
    assert [UUID(line["event_id"]) for line in told] == [one.id]
    assert MEMBERS[0] not in str(logs)
    assert await rows(notifications_db, "SELECT FROM envois") == []
