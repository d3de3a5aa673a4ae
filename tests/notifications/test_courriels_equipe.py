"""Mails about the people of an organisation: to somebody who is invited, and to those who decide who joins."""

import re
from datetime import timedelta

import pytest
from tests.notifications.banc import received, rows, settled
from tests.notifications.poste import ADDRESS, CODE, MEMBERS, Inbox, hear, parts, posting

from common.clock import new_id, utc_now
from common.database import Database
from common.events.membres import AdhesionDemandee, InvitationEnvoyee
from relais.nats import NatsServer


@pytest.mark.usefixtures("owners")
async def test_an_invitation_goes_to_one_address_and_its_link_stays_nowhere(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    box, port = inbox
    event = received(InvitationEnvoyee(invitation_id=new_id(), partenaire_id=new_id(), expire_at=utc_now() + timedelta(days=7)))
    await hear(notifications_db, event, event)
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    ((recipient, message),) = box.mails
    assert recipient == ADDRESS
    for body in parts(message):
        assert f"/orientation/invitation/{CODE}" in body
        assert "Fonds {d’ici}" in body
    assert (row["etat"], row["envoyes"]) == ("envoye", 1)
    assert not re.search(f"{CODE}|association.example|Fonds", str(row))


@pytest.mark.usefixtures("owners")
async def test_managers_are_told_that_somebody_asks(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    box, port = inbox
    event = received(AdhesionDemandee(adhesion_id=new_id(), partenaire_id=new_id()))
    await hear(notifications_db, event)
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    for _, message in box.mails:
        assert f"/orientation/equipes/{event.event.partenaire_id}" in parts(message)[0]
    assert len(await rows(notifications_db, "SELECT 1 FROM courriels")) == 1
