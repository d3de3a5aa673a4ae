"""Nothing confidential is left behind: planted values are searched for in logs, database, webhooks and mails' headers."""

import asyncio
import json
from typing import Any

import pytest
import structlog
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, received, rows, settled
from tests.notifications.banc import hear as hear_for_webhooks
from tests.notifications.poste import ADDRESS, CODE, MEMBERS, Inbox, demande, hear, posting
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.database import Database
from relais.nats import NatsServer

SAID = "Dupont 552100554 0612345678"
TABLES = ("courriels", "livraisons", "tentatives", "audit_entries", "inbox", "outbox", "dead_letters", "idempotence")


@pytest.mark.usefixtures("owners")
async def test_planted_values_are_nowhere(
    client: Client,
    notifications_db: Database,
    nats_server: NatsServer,
    inbox: tuple[Inbox, int],
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Addresses, link and code of mails, what receivers and mail servers say: not in a log line, not in a row."""
    caplog.set_level("DEBUG")
    # The mail server of the test speaks of everything it gets; it is not ours.
    caplog.set_level("CRITICAL", logger="mail.log")
    box, port = inbox
    box.verdict = lambda recipient, times: f"450 4.2.1 <{recipient}> {SAID}" if times == 1 else None

    async def chatty(_: Any, count: int) -> Any:
        from aiohttp import web

        return web.Response(status=500 if count == 1 else 200, text=SAID, reason="Dupont", headers={"X-Nom": "Dupont"})

    receiver.answer = chatty
    _, secret = await subscribe(client, receiver.url)
    event = received(an_orientation(partenaire_id=PARTENAIRE))
    asked = demande()
    await hear_for_webhooks(notifications_db, event)
    await hear(notifications_db, asked, event)
    with structlog.testing.capture_logs() as logs:
        async with delivering(notifications_db), posting(notifications_db, nats_server, port):
            await asyncio.gather(settled(notifications_db), settled(notifications_db, table="courriels"))
    left = json.dumps([await rows(notifications_db, f"SELECT t::text FROM {table} t") for table in TABLES])
    captured = capsys.readouterr()
    everything = left + str(logs) + caplog.text + captured.out + captured.err
    assert box.mails
    assert receiver.hits
    for planted in (ADDRESS, *MEMBERS, CODE, f"acces/{asked.event.envoi_id}", "Dupont", "552100554", "0612345678"):
        assert planted not in everything, planted
    assert secret not in str(logs) + caplog.text + captured.out + captured.err
    for hit in receiver.hits:
        assert len(hit.body) < 20_000
        assert set(json.loads(hit.body)) == {
            "id", "type", "version", "cloudevents", "date",
            "orientation_id", "dossier_id", "partenaire_id", "etat", "motif", "due_at", "lien",
        }  # fmt: skip
