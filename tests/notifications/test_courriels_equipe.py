"""Mails about the people of an organisation: to somebody who is invited, and to those who decide who joins."""

import re
from datetime import timedelta

import pytest
from tests.notifications.banc import received, rows, settled
from tests.notifications.poste import ADDRESS, CODE, MEMBERS, Inbox, hear, member_id, parts, posting

from common.clock import new_id, utc_now
from common.database import Database
from common.events.comptes import CompteConfirme, CompteDemande
from common.events.liens import LienCodeDemande, LienEnvoye
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
@pytest.mark.parametrize("event", [LienEnvoye, LienCodeDemande])
async def test_a_partner_without_an_account_is_written_to_at_its_registered_address(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], event: type[LienEnvoye | LienCodeDemande]
) -> None:
    """Twice heard, once written; what opens something is in the mail and nowhere else, and no word says whom it is about."""
    box, port = inbox
    lien_id = new_id()
    heard = received(event(lien_id=lien_id, orientation_id=new_id(), partenaire_id=new_id()))
    await hear(notifications_db, heard, heard)
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    ((recipient, message),) = box.mails
    assert recipient == ADDRESS
    for body in parts(message):
        assert "Tribunal {d’ici}" in body
        assert "/notifications/preferences" not in body
        if event is LienEnvoye:
            assert f"/orientation/lien/{CODE}{lien_id}" in body
            assert "dix minutes" not in body
        else:
            assert CODE in body
            assert "pendant dix minutes" in body
            assert f"/orientation/lien/{CODE}" not in body
    assert (row["etat"], row["envoyes"]) == ("envoye", 1)
    assert not re.search(f"{CODE}|association.example|Tribunal", str(row))


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("administrateur", [False, True])
async def test_those_who_decide_are_told_of_a_changed_account(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], administrateur: bool
) -> None:
    box, port = inbox
    ids = {"compte_id": new_id(), "partenaire_id": new_id(), "decideur_id": new_id()}
    await hear(notifications_db, received(CompteDemande(administrateur=administrateur, **ids)))
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    assert all(f"/orientation/comptes/{ids['compte_id']}" in parts(message)[0] for _, message in box.mails)
    assert (row["organisation_id"], row["roles"]) == (
        ids["decideur_id"],
        ["administrateur" if administrateur else "manager"],
    )


@pytest.mark.usefixtures("owners")
async def test_both_people_are_told_of_a_confirmed_account(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    box, port = inbox
    lui, elle = MEMBERS
    event = CompteConfirme(
        compte_id=new_id(),
        partenaire_id=new_id(),
        membre_id=member_id(lui),
        decideur_id=member_id(elle),
        decideur_organisation_id=new_id(),
    )
    heard = received(event)
    await hear(notifications_db, heard, heard)
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    assert sorted((to, str(message["Subject"])) for to, message in box.mails) == sorted(
        [(lui, "Votre nouveau compte est confirmé"), (elle, "Vous avez confirmé un compte")]
    )


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
