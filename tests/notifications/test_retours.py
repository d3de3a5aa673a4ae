"""Bounces from end to end: the mail leaves, comes back, and who is not reached is told, with a real mail server."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tests.isolation import entered
from tests.notifications.banc import PUBLIC_URL, an_orientation, make_settings, member, received, rows, settled
from tests.notifications.poste import ADDRESS, MEMBERS, Inbox, demande, hear, member_id, posting
from tests.notifications.rapports import FORMES, rapport

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.database import Database
from common.events import decode
from common.events.joignabilite import JoignabiliteChangee
from common.events.liens import LienCodeDemande, LienEnvoye
from common.events.signalement import ADRESSE_CHANGEE, BrouillonMisDeCote
from notifications.app import create
from notifications.retours.domain import MEMOIRE, SILENCE
from notifications.retours.lecture import TAILLE_MAX
from notifications.retours.service import juger, oublier
from relais.nats import NatsServer

RETOURS = "/notifications/api/v1/retours"
CLE = "une-cle-des-retours-pour-les-essais-seulement"
GREFFE = new_id()
BEARER = {"Authorization": f"Bearer {CLE}", "Content-Type": "message/rfc822"}


async def annonces(database: Database) -> list[JoignabiliteChangee]:
    """Who was announced as reached or not, in order."""
    found = await rows(database, "SELECT body FROM outbox WHERE subject LIKE '%joignabilite%' ORDER BY seq")
    events = [decode(row["body"].encode()).event for row in found]
    return [event for event in events if isinstance(event, JoignabiliteChangee)]


async def poster(database: Database, corps: bytes, headers: dict[str, str] | None = None, **settings: Any) -> httpx2.Response:
    """Bring this to the hub, as the relay's pipe does."""
    app = create(make_settings(database, **({"retours_key": CLE} | settings)))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=PUBLIC_URL) as http:
        answer = await http.post(RETOURS, content=corps, headers=BEARER if headers is None else headers)
    await app.state.database.close()
    return answer


async def envoyer(database: Database, server: NatsServer, port: int, event: Any) -> list[dict[str, Any]]:
    """Let this leave; what is remembered of its mails."""
    await hear(database, event)
    async with posting(database, server, port):
        await settled(database, table="courriels")
    return [dict(row) for row in await rows(database, "SELECT * FROM envois ORDER BY envoye_le, message_id")]


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("forme", FORMES)
async def test_a_bounce_is_known_by_its_message_id(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], forme: str
) -> None:
    """Nothing of the address stays; what comes twice counts once; a later mail of which nothing comes back clears it."""
    box, port = inbox
    event = received(an_orientation())
    envois = await envoyer(notifications_db, nats_server, port, event)
    assert {row["personne_id"] for row in envois} == {member_id(address) for address in MEMBERS}
    ids = {recipient: message["Message-ID"].strip("<>") for recipient, message in box.mails}
    for _ in range(2):
        answer = await poster(notifications_db, rapport(forme, ids[MEMBERS[0]]))
        assert answer.status_code == 202
    assert answer.json() == {"retenu": False}
    await juger(notifications_db, utc_now)
    (told,) = await annonces(notifications_db)
    assert (told.personne_id, told.joint, told.organisation_id) == (member_id(MEMBERS[0]), False, event.event.partenaire_id)
    assert (told.genre.value, told.cause, told.dossier_id) == ("membre", "adresse_inconnue", None)
    kept = await rows(notifications_db, "SELECT e::text FROM envois e UNION ALL SELECT j::text FROM joignabilites j")
    assert "example" not in "".join(row["e"] for row in kept).replace("relais.example", "")

    await envoyer(notifications_db, nats_server, port, received(an_orientation(partenaire_id=event.event.partenaire_id)))
    await juger(notifications_db, utc_now)
    assert len(await annonces(notifications_db)) == 1
    await juger(notifications_db, lambda: utc_now() + SILENCE + timedelta(minutes=1))
    assert [one.joint for one in await annonces(notifications_db)] == [False, True]
    await oublier(notifications_db, lambda: utc_now() + MEMOIRE + timedelta(minutes=1))
    assert await rows(notifications_db, "SELECT FROM envois") == []


@pytest.mark.usefixtures("owners")
async def test_a_refusal_in_the_dialogue_is_one_too(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """Of a person of an association, whose case the event names."""
    box, port = inbox
    box.verdict = lambda recipient, times: "552 5.2.2 mailbox full"
    event = demande()
    await envoyer(notifications_db, nats_server, port, event)
    await juger(notifications_db, utc_now)
    (told,) = await annonces(notifications_db)
    assert (told.genre.value, told.cause, told.joint) == ("correspondant", "boite_pleine", False)
    assert (told.personne_id, told.dossier_id) == (member_id(ADDRESS), event.event.dossier_id)


@pytest.mark.usefixtures("owners")
async def test_a_new_address_that_fails_too_is_told_again(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """What comes back late of the old one says nothing of it."""
    box, port = inbox
    late = (await envoyer(notifications_db, nats_server, port, demande()))[0]["message_id"]
    box.verdict = lambda recipient, times: "550 5.1.1 no such user"
    await envoyer(notifications_db, nats_server, port, demande())
    await juger(notifications_db, utc_now)
    changed = demande(ADRESSE_CHANGEE, member_id(ADDRESS))
    await hear(notifications_db, changed, changed)
    assert (await poster(notifications_db, rapport("postfix", late))).json() == {"retenu": True}
    await juger(notifications_db, utc_now)
    assert [one.joint for one in await annonces(notifications_db)] == [False, True]
    await envoyer(notifications_db, nats_server, port, demande())
    await juger(notifications_db, utc_now)
    told = await annonces(notifications_db)
    assert [one.joint for one in told] == [False, True, False]
    assert {one.personne_id for one in told} == {member_id(ADDRESS)}
    assert told[-1].depuis > changed.time


def _lien(event: type[LienEnvoye] | type[LienCodeDemande], **plus: Any) -> Any:
    return received(event(lien_id=new_id(), orientation_id=new_id(), partenaire_id=GREFFE, **plus))


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("code", [False, True])
async def test_a_partner_without_an_account_is_its_organisation(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], code: bool
) -> None:
    """Its address is one for all its referrals: what fails for one is told, and what arrives for another clears it."""
    box, port = inbox
    box.verdict = lambda recipient, times: "550 5.1.1 no such user" if times == 1 else None
    plus = {} if code else {"due_at": utc_now() + timedelta(days=5)}
    for _ in range(2):
        await envoyer(notifications_db, nats_server, port, _lien(LienCodeDemande if code else LienEnvoye, **plus))
        await juger(notifications_db, utc_now)
    (told,) = await annonces(notifications_db)
    assert (told.genre.value, told.cause, told.joint) == ("sans_compte", "adresse_inconnue", False)
    assert (told.personne_id, told.organisation_id, told.dossier_id) == (GREFFE, GREFFE, None)
    await juger(notifications_db, lambda: utc_now() + SILENCE + timedelta(minutes=1))
    assert [one.joint for one in await annonces(notifications_db)] == [False, True]


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("refused", [True, False])
async def test_the_mail_of_a_form_set_aside_stands_for_its_reader(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], refused: bool
) -> None:
    """Refused or sent back, it is told under the mail's own id, and forgotten once the form is."""
    box, port = inbox
    box.verdict = lambda recipient, times: "550 5.1.1 no such user" if refused else None
    event = received(BrouillonMisDeCote(envoi_id=new_id(), expire_le=utc_now() + timedelta(days=30)))
    (envoi,) = await envoyer(notifications_db, nats_server, port, event)
    if not refused:
        await juger(notifications_db, utc_now)
        assert await annonces(notifications_db) == []
        assert (await poster(notifications_db, rapport("postfix", envoi["message_id"]))).json() == {"retenu": True}
    await juger(notifications_db, utc_now)
    (told,) = await annonces(notifications_db)
    assert (told.genre.value, told.cause, told.joint) == ("declarant", "adresse_inconnue", False)
    assert (told.personne_id, told.organisation_id, told.dossier_id) == (event.event.envoi_id, None, None)
    for later, kept in ((timedelta(0), 1), (MEMOIRE + timedelta(minutes=1), 0)):
        await oublier(notifications_db, lambda later=later: utc_now() + later)  # type: ignore[misc]
        assert len(await rows(notifications_db, "SELECT FROM joignabilites")) == kept


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("trouble", ["450 4.2.1 try later", "drop"])
async def test_what_is_delayed_or_dropped_says_nothing_of_anybody(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], trouble: str
) -> None:
    """Not while it is tried again, nor once given up: that counts when it has happened several times, and drops never."""
    box, port = inbox
    box.verdict = lambda recipient, times: trouble
    for tour in range(3):
        envois = await envoyer(notifications_db, nats_server, port, demande())
        await juger(notifications_db, utc_now)
        if tour < 2:
            assert await annonces(notifications_db) == []
    assert [row["issue"] for row in envois] == ([] if trouble == "drop" else ["temporaire"] * 3)
    assert [one.cause for one in await annonces(notifications_db)] == ([] if trouble == "drop" else ["autre"])


@pytest.mark.usefixtures("owners")
async def test_a_relay_that_is_quicker_than_we_are(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """The report comes before the mail's own row is written, and is waited for."""
    _, port = inbox
    envois = await envoyer(notifications_db, nats_server, port, demande())
    await rows(notifications_db, "CREATE TABLE plus_tard AS SELECT * FROM envois")
    await rows(notifications_db, "DELETE FROM envois")
    early = asyncio.create_task(poster(notifications_db, rapport("postfix", envois[0]["message_id"])))
    await asyncio.sleep(0.3)
    await rows(notifications_db, "INSERT INTO envois SELECT * FROM plus_tard")
    await rows(notifications_db, "DROP TABLE plus_tard")
    assert (await early).json() == {"retenu": True}


async def test_only_the_relay_is_let_in(notifications_db: Database) -> None:
    corps = rapport("postfix", "0123456789abcdef@relais.example")
    for headers in (
        {},
        {"Authorization": "Bearer une-autre-cle"},
        {"Authorization": f"Basic {CLE}"},
        {"Authorization": "Bearer é"},
    ):
        sent = {name: value.encode() for name, value in headers.items()}
        answer = await poster(notifications_db, corps, sent)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:relais:erreur:non-authentifie")
    assert (await poster(notifications_db, corps, retours_key="")).status_code == 404
    assert (await poster(notifications_db, corps)).json() == {"retenu": False}


@pytest.mark.parametrize(
    "corps", [b"", b"\x00" * 4000, b"Content-Type: message/rfc822\r\n\r\n" * 5000], ids=["none", "nul", "nested"]
)
async def test_what_cannot_be_read_is_taken_and_changes_nothing(notifications_db: Database, corps: bytes) -> None:
    answer = await poster(notifications_db, corps)
    assert (answer.status_code, answer.json()) == (202, {"retenu": False})


async def test_more_than_a_mail_of_ours_is_refused(notifications_db: Database) -> None:
    assert (await poster(notifications_db, b"x" * (TAILLE_MAX + 1))).status_code == 413


@pytest.mark.parametrize("actor", [None, member(Role.animateur), member(Role.machine, organisation=new_id())])
async def test_nobody_who_is_signed_in_reads_what_came_back(notifications_db: Database, actor: Actor | None) -> None:
    """PostgreSQL itself shows these rows to the hub alone."""
    who = "gen_random_uuid(), 'membre'"
    await rows(notifications_db, f"INSERT INTO envois (personne_id, genre, message_id, envoye_le) VALUES ({who}, 'x', now())")
    await rows(
        notifications_db,
        f"INSERT INTO joignabilites (personne_id, genre, joint, temporaires, version) VALUES ({who}, true, 0, 0)",
    )
    async with entered(notifications_db, actor) as bare:
        for table in ("envois", "joignabilites"):
            assert await bare.fetchval(f"SELECT count(*) FROM {table}") == 0
