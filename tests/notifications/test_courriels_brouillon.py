"""The mail to somebody who set the form aside: link, code and term, kept nowhere; nothing once it leads nowhere."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.notifications.banc import received, rows, settled
from tests.notifications.poste import ADDRESS, CODE, Inbox, hear, nats_settings, parts, posting

from common import bus
from common.clock import new_id
from common.database import Database
from common.desk import Desk
from common.errors import Introuvable
from common.events.signalement import BrouillonMisDeCote
from common.requests import AdresseBrouillon, ContactBrouillon
from relais.nats import NatsServer

TERME = datetime(2026, 12, 30, 9, 5, tzinfo=UTC)
LIEN = "http://127.0.0.1:8000/signalement/signaler/reprendre/" + "x" * 43


async def _waits(_: Any, request: ContactBrouillon) -> AdresseBrouillon:
    return AdresseBrouillon(courriel=ADDRESS, lien=LIEN, code=CODE, expire_le=TERME)


async def _is_gone(_: Any, request: ContactBrouillon) -> AdresseBrouillon:
    raise Introuvable


@pytest.mark.parametrize("answer", [_waits, _is_gone])
async def test_a_mail_leads_back_to_the_form_while_it_waits(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], answer: Any
) -> None:
    box, port = inbox
    event = received(BrouillonMisDeCote(envoi_id=new_id(), expire_le=TERME))
    await hear(notifications_db, event, event)
    client = await bus.connect(nats_settings(notifications_db, nats_server, "signalement"), name="test-signalement")
    await Desk("signalement", client, notifications_db, {ContactBrouillon: answer}).open()
    await client.flush()
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    await client.close()
    assert len(await rows(notifications_db, "SELECT 1 FROM courriels")) == 1
    if answer is _is_gone:
        assert (row["etat"], box.mails) == ("abandonne", [])
        return
    ((recipient, message),) = box.mails
    assert (recipient, row["etat"]) == (ADDRESS, "envoye")
    for body in parts(message):
        assert LIEN in body
        assert CODE in body
        assert "30\u00a0décembre 2026" in body
        assert "deux heures" not in body
    assert not {LIEN, CODE, ADDRESS} & {str(value) for value in row.values()}
