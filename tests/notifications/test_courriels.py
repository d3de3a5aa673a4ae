"""Mails to a real SMTP server that accepts, refuses, delays and drops, with addresses asked of the real owners over NATS."""

import asyncio
import re
from typing import Any

import pytest
from tests.notifications.banc import an_orientation, received, rows, settled
from tests.notifications.poste import (
    ADDRESS,
    CODE,
    MEMBERS,
    Inbox,
    Owners,
    demande,
    hear,
    nats_settings,
    parts,
    posting,
)
from tests.notifications.test_fil import CELLULE, cellule, depose

from common import bus
from common.clock import new_id
from common.database import Database
from common.desk import Desk
from common.events.orientation import (
    OrientationAcceptee,
    OrientationComplementDemande,
    OrientationDeclinee,
    OrientationEnvoyee,
    OrientationEscaladee,
    OrientationExpiree,
    OrientationRetiree,
)
from common.events.signalement import MessageEcrit
from common.filtres import moment_fr
from common.requests import ContactDirigeant
from notifications.courriels.domain import digest
from relais.nats import NatsServer


@pytest.mark.usefixtures("owners")
async def test_the_access_mail(notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]) -> None:
    """Link and code reach the dirigeant in text and HTML; neither they nor the address stay in the database."""
    box, port = inbox
    event = demande()
    await hear(notifications_db, event, event)
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    ((recipient, message),) = box.mails
    assert recipient == ADDRESS
    for body in parts(message):
        assert f"/signalement/espace/acces/{event.event.envoi_id}" in body
        assert CODE in body
        assert "REL-26-0042" in body
    assert message["Message-ID"] == f"<{digest(event.id, ADDRESS)}@relais.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message["List-Unsubscribe"] is None
    assert (row["etat"], row["envoyes"], row["remis"]) == ("envoye", 1, [])
    assert not re.search(f"{CODE}|association.example", str(row))


SIDES = {
    OrientationEnvoyee: ("envoyee", "Une nouvelle orientation vous attend", "partenaire"),
    OrientationComplementDemande: ("complement_demande", "Un partenaire demande un complément", "emetteur"),
    OrientationAcceptee: ("acceptee", "Une orientation est acceptée", "emetteur"),
    OrientationDeclinee: ("declinee", "Une orientation est déclinée", "emetteur"),
    OrientationEscaladee: ("recue", "Une orientation est sans réponse", "emetteur"),
    OrientationExpiree: ("expiree", "Une orientation a expiré sans réponse", "emetteur"),
}


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("kind", SIDES, ids=lambda kind: kind.fact)
async def test_members_are_written_to_one_by_one(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], kind: Any
) -> None:
    """Each member of the side that must know gets its own mail, with the link and nothing about the case."""
    box, port = inbox
    etat, subject, side = SIDES[kind]
    event = received(an_orientation(kind, etat=etat))
    await hear(notifications_db, event)
    await rows(notifications_db, f"DELETE FROM courriels WHERE destinataire <> '{side}'")
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    assert {message["Subject"] for _, message in box.mails} == {subject}
    assert len({message["Message-ID"] for _, message in box.mails}) == 2
    assert row["organisation_id"] == (event.event.partenaire_id if side == "partenaire" else event.event.emetteur_id)
    for recipient, message in box.mails:
        assert message["To"] == recipient
        assert message["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/notifications/desinscription/gAAAAA")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert all(f"/orientation/orientations/{event.event.orientation_id}" in body for body in parts(message))
    if kind is OrientationEnvoyee:
        assert f"{moment_fr(event.event.due_at)} (heure de Paris)" in parts(box.mails[0][1])[0]


@pytest.mark.usefixtures("owners")
async def test_a_message_of_an_association_is_announced_to_its_cell(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """The animateurs of its territory get one mail that leads to the thread; what follows within the hour is in the feed."""
    box, port = inbox
    dossier_id = new_id()
    ecrit, suite = (MessageEcrit(message_id=new_id(), dossier_id=dossier_id, suite=suite) for suite in (False, True))
    first = received(ecrit)
    await hear(notifications_db, received(cellule()), received(depose(dossier_id)))
    await rows(notifications_db, "UPDATE courriels SET etat = 'fil', due_at = NULL")
    await hear(notifications_db, first, first, received(suite))
    async with posting(notifications_db, nats_server, port):
        found = await settled(notifications_db, table="courriels")
    told = [
        (row["modele"], row["etat"], row["roles"], row["organisation_id"]) for row in found if row["modele"] != "dossier_depose"
    ]
    assert told == [
        ("message_ecrit", "envoye", ["animateur"], CELLULE),
        ("message_suite", "fil", ["animateur"], CELLULE),
    ]
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    for _, message in box.mails:
        assert message["Subject"] == "Une association vous a écrit"
        assert all(f"/signalement/dossiers/{dossier_id}/messages" in body for body in parts(message))


@pytest.mark.usefixtures("owners")
async def test_a_message_of_the_cell_is_announced_to_the_association(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """Its person is led to its space by its own link, and reads there what was written."""
    box, port = inbox
    await hear(notifications_db, demande("message_recu"))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    ((recipient, message),) = box.mails
    assert (recipient, message["Subject"]) == (ADDRESS, "Un message vous attend dans votre espace")
    assert all("/signalement/espace/acces/" in body for body in parts(message))


@pytest.mark.usefixtures("owners")
async def test_a_withdrawal_is_written_only_to_who_knew(notifications_db: Database) -> None:
    """A referral that was never sent is taken back in silence; one that was sent is announced as taken back."""
    known, unknown = an_orientation(), an_orientation(OrientationRetiree, etat="retiree", due_at=None)
    back = an_orientation(OrientationRetiree, etat="retiree", orientation_id=known.orientation_id)
    await hear(notifications_db, received(unknown), received(known), received(back))
    found = await rows(notifications_db, "SELECT modele FROM courriels ORDER BY seq")
    assert [row["modele"] for row in found] == ["orientation_envoyee", "orientation_retiree"]


# The last three are said of each recipient, as Postfix does, and mean us: a relay that was set up anew is mended one day.
TROUBLES = {
    "delayed": "450 4.2.1 try later",
    "dropped": "drop",
    "closing": "421 4.3.0 closing",
    "client": "554 5.7.1 <relais.example[192.0.2.1]>: Client host rejected: Access denied",
    "sender": "553 5.1.8 <ne-pas-repondre@relais.example>: Sender address rejected: Domain not found",
    "password": "530 5.7.0 Authentication required",
}


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_a_server_in_trouble_gets_it_later(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], trouble: str
) -> None:
    """The mail is tried again, and who had it already is not written to twice."""
    box, port = inbox
    box.verdict = lambda recipient, times: trouble if recipient == MEMBERS[0] and times <= 2 else None
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    assert sorted(recipient for recipient, _ in box.mails) == sorted(MEMBERS)
    assert (row["etat"], row["envoyes"], row["tentatives"]) == ("envoye", 2, 3)


@pytest.mark.usefixtures("owners")
async def test_a_mail_that_was_taken_without_a_word_is_sent_again_under_its_own_id(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """Nobody can know that it was taken: mailboxes tell such a copy by its Message-ID. The others get it once."""
    box, port = inbox
    box.speechless = {MEMBERS[0]}
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    ids = [message["Message-ID"] for recipient, message in box.mails if recipient == MEMBERS[0]]
    assert (len(ids), len(set(ids)), len(box.mails)) == (2, 1, 3)
    assert (row["etat"], row["envoyes"], row["tentatives"]) == ("envoye", 2, 2)


@pytest.mark.usefixtures("owners")
async def test_a_refusal_is_recorded_without_the_address(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """The enhanced status code only; the other member still gets the mail."""
    box, port = inbox
    box.verdict = lambda recipient, times: f"550 5.1.1 <{recipient}>: no such user" if recipient == MEMBERS[0] else None
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    assert [recipient for recipient, _ in box.mails] == [MEMBERS[1]]
    assert (row["etat"], row["envoyes"], row["refuses"], row["code"], row["echec"]) == ("envoye", 1, 1, "5.1.1", "refuse")
    assert "partenaire.example" not in str(row)


@pytest.mark.usefixtures("owners")
async def test_a_server_that_never_recovers(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """After the last try the mail is abandoned, with its reason."""
    box, port = inbox
    box.verdict = lambda recipient, times: "451 4.7.1 greylisted"
    await hear(notifications_db, demande())
    async with posting(notifications_db, nats_server, port):
        (row,) = await settled(notifications_db, table="courriels")
    assert (row["etat"], row["tentatives"], row["code"], row["echec"]) == ("abandonne", 5, "4.7.1", "reporte")
    assert box.mails == []


async def test_nobody_to_write_to(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """An organisation without members: said so, not tried again."""
    owners.members = ()
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, inbox[1]):
        (row,) = await settled(notifications_db, table="courriels")
    assert (row["etat"], row["echec"], row["tentatives"]) == ("abandonne", "sans_destinataire", 1)


async def test_a_directory_that_is_away_is_asked_again(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner does not answer at first: the mail waits for it."""
    monkeypatch.setattr("common.requests.TIMEOUT_SECONDS", 0.3)
    await hear(notifications_db, demande())
    async with posting(notifications_db, nats_server, inbox[1], mail_retry_seconds=(0.1,) * 50):
        async with asyncio.timeout(5):
            while (await rows(notifications_db, "SELECT echec FROM courriels"))[0]["echec"] != "annuaire_injoignable":
                await asyncio.sleep(0.05)
        owners = Owners()
        client = await bus.connect(nats_settings(notifications_db, nats_server, "signalement"), name="test-late")
        await Desk("signalement", client, notifications_db, {ContactDirigeant: owners.dirigeant}).open()
        (row,) = await settled(notifications_db, table="courriels")
        await client.close()
    assert row["etat"] == "envoye"
    assert owners.asked == 1


@pytest.mark.usefixtures("owners")
async def test_many_mails_go_over_few_connections_side_by_side(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections are kept from one mail to the next, and an answer that does not come holds up one of them only."""
    # However slow the machine is, nobody loses patience with the answer that does not come.
    monkeypatch.setattr("notifications.courriels.poste.TIMEOUT_SECONDS", 600.0)
    box, port = inbox
    held = iter(["hold"])
    box.verdict = lambda recipient, times: next(held, None)
    await hear(notifications_db, *(demande() for _ in range(60)))
    async with posting(notifications_db, nats_server, port):
        while len(box.mails) < 59:
            await asyncio.sleep(0.02)
        assert len(box.sessions) <= 3, "59 mails came by the connections that do not wait"
        box.released.set()
        await settled(notifications_db, table="courriels")
    assert len(box.mails) == 60
    assert box.connections <= 4
