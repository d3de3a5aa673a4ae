"""A real mail server and real owners of addresses, for the tests of mails."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from aiosmtpd.smtp import SMTP as SmtpServer
from aiosmtpd.smtp import Envelope, Session
from pydantic import SecretStr
from tests.notifications.banc import make_settings, received, rows

from common import bus
from common.actor import Role
from common.clock import new_id, utc_now
from common.database import Database
from common.desk import Desk
from common.events.signalement import CourrielDirigeantDemande
from common.requests import (
    AdresseBrouillon,
    AdresseDirigeant,
    AdressesMembres,
    Answerers,
    ContactBrouillon,
    ContactDirigeant,
    ContactMembres,
    MembreContact,
)
from common.requests_liens import AdresseLien, ContactCodeDeLien, ContactLien
from common.requests_membres import AdresseInvitation, ContactInvitation
from notifications.courriels.annonceur import Annonceur
from notifications.courriels.facteur import Facteur
from notifications.courriels.handlers import handlers
from notifications.courriels.poste import Poste
from notifications.dispatch.loop import Dispatch
from notifications.regles.domain import Rythme
from relais.nats import NatsServer

CODE = "48213907"
ADDRESS = "Camille.Exemple@association.example"
MEMBERS = ("agent.un@partenaire.example", "agent.deux@partenaire.example")


class Inbox:
    """An SMTP server's behaviour: `verdict` decides on each message by its recipient and how often it has come."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.verdict: Callable[[str, int], str | None] = lambda recipient, times: None
        self.times: dict[str, int] = {}
        # Whose mail is taken, and the connection then lost before the server has said so.
        self.speechless: set[str] = set()
        self.connections = 0
        # The connections that brought a mail; one that is told "hold" is answered once `released` is set.
        self.sessions: set[Session] = set()
        self.released = asyncio.Event()

    async def handle_EHLO(
        self, server: SmtpServer, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SmtpServer, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.times[address] = self.times.get(address, 0) + 1
        verdict = self.verdict(address, self.times[address])
        if verdict == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        elif verdict == "hold":
            await self.released.wait()
        elif verdict:
            return verdict
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SmtpServer, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos[0], message))
        self.sessions.add(session)
        if envelope.rcpt_tos[0] in self.speechless:
            self.speechless.remove(envelope.rcpt_tos[0])
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


@pytest.fixture
async def inbox() -> AsyncIterator[tuple[Inbox, int]]:
    """A real SMTP server and its port."""
    box = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SmtpServer(box, hostname="smtp.example", loop=loop), "127.0.0.1", 0)
    yield box, server.sockets[0].getsockname()[1]
    server.close()


def member_id(address: str) -> UUID:
    """The id of the member who has this address."""
    return uuid5(NAMESPACE_URL, address)


class Owners:
    """Signalement and orientation, as far as they answer for addresses; `asked` counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.members: tuple[str, ...] = MEMBERS
        # The address of the sheet, which is told when there are no members.
        self.sans_compte: str | None = None
        # Whoever is not here holds every role that is asked for.
        self.roles: dict[str, tuple[Role, ...]] = {}

    async def dirigeant(self, _: Any, request: ContactDirigeant) -> AdresseDirigeant:
        self.asked += 1
        link = f"http://127.0.0.1:8000/signalement/espace/acces/{request.envoi_id}"
        return AdresseDirigeant(courriel=ADDRESS, reference="REL-26-0042", lien=link, code=CODE, personne_id=member_id(ADDRESS))

    async def brouillon(self, _: Any, request: ContactBrouillon) -> AdresseBrouillon:
        self.asked += 1
        link = f"http://127.0.0.1:8000/signalement/signaler/reprendre/{CODE}{request.envoi_id}"
        return AdresseBrouillon(courriel=ADDRESS, lien=link, code=CODE, expire_le=utc_now() + timedelta(days=30))

    async def membres(self, _: Any, request: ContactMembres) -> AdressesMembres:
        self.asked += 1
        if not self.members:
            return AdressesMembres(courriels=(), sans_compte=self.sans_compte)
        roles = {address: self.roles.get(address, request.roles) for address in self.members}
        told = [address for address in self.members if set(roles[address]) & set(request.roles)]
        membres = tuple(MembreContact(id=member_id(address), courriel=address, roles=roles[address]) for address in told)
        return AdressesMembres(courriels=tuple(told), membres=membres)

    async def invite(self, _: Any, request: ContactInvitation) -> AdresseInvitation:
        self.asked += 1
        link = f"http://127.0.0.1:8000/orientation/invitation/{CODE}{request.invitation_id}"
        return AdresseInvitation(courriel=ADDRESS, organisation="Fonds {d’ici}", lien=link)

    async def lien(self, _: Any, request: ContactLien) -> AdresseLien:
        self.asked += 1
        link = f"http://127.0.0.1:8000/orientation/lien/{CODE}{request.lien_id}"
        return AdresseLien(courriel=ADDRESS, organisation="Tribunal {d’ici}", lien=link)

    async def code(self, _: Any, request: ContactCodeDeLien) -> AdresseLien:
        self.asked += 1
        link = "http://127.0.0.1:8000/orientation/lien"
        return AdresseLien(courriel=ADDRESS, organisation="Tribunal {d’ici}", lien=link, code=CODE)


@pytest.fixture
async def owners(nats_server: NatsServer, notifications_db: Database) -> AsyncIterator[Owners]:
    """The owners of addresses, answering on the real bus as their own users."""
    owners = Owners()
    clients = []
    desks: dict[str, Answerers] = {
        "signalement": {ContactDirigeant: owners.dirigeant, ContactBrouillon: owners.brouillon},
        "orientation": {
            ContactMembres: owners.membres,
            ContactInvitation: owners.invite,
            ContactLien: owners.lien,
            ContactCodeDeLien: owners.code,
        },
    }
    for user, answerers in desks.items():
        clients.append(await bus.connect(nats_settings(notifications_db, nats_server, user), name=f"test-{user}"))
        await Desk(user, clients[-1], notifications_db, answerers).open()
        await clients[-1].flush()
    yield owners
    for client in clients:
        await client.close()


def nats_settings(database: Database, server: NatsServer, user: str = "notifications", **more: Any) -> Any:
    """Settings with the address and password of that user of the bus."""
    password = SecretStr(server.passwords[user])
    return make_settings(database, nats_url=server.url, nats_user=user, nats_password=password, **more)


@asynccontextmanager
async def posting(database: Database, server: NatsServer, port: int, **more: Any) -> AsyncIterator[Dispatch]:
    """The postman at work, as the worker runs it."""
    quickly: dict[str, Any] = {"mail_retry_seconds": (0.05,) * 4, "mail_at_any_time": True}
    settings = nats_settings(database, server, smtp_port=port, **(quickly | more))
    client = await bus.connect(settings, name="test-notifications")
    poste = Poste(settings)
    dispatch = Dispatch("courriels", Facteur(settings, client, database, poste))
    task = asyncio.create_task(dispatch.run(database))
    try:
        yield dispatch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await poste.close()
        await client.close()


@asynccontextmanager
async def posting_at(database: Database, server: NatsServer, port: int, moment: str) -> AsyncIterator[None]:
    """The postman's one round at that moment, by a clock that stands still."""
    now = datetime.fromisoformat(moment)
    settings = nats_settings(database, server, smtp_port=port)
    client = await bus.connect(settings, name="test-notifications")
    poste = Poste(settings)
    facteur = Facteur(settings, client, database, poste, clock=lambda: now)
    connection = await database.connect()
    try:
        sendings, _ = await facteur.claim(connection, 1)
        await facteur.write(connection, [await sending.work for sending in sendings])
        yield
    finally:
        await connection.close()
        await poste.close()
        await client.close()


async def hear(database: Database, *events: Any) -> None:
    """Handle these events in one transaction; what would wait for a morning leaves now."""
    rythme = Rythme(timedelta(), a_toute_heure=True)
    known = handlers(rythme)
    async with database.transaction() as session:
        for one in events:
            await known[type(one.event)](session, one)
    await Annonceur(rythme).vider(database)
    await rows(database, "UPDATE courriels SET due_at = now() WHERE etat = 'en_attente'")


def demande(modele: str = "acces", personne_id: UUID | None = None) -> Any:
    """The event that asks for a mail to the dirigeant."""
    event = CourrielDirigeantDemande(envoi_id=new_id(), dossier_id=new_id(), modele=modele, personne_id=personne_id)
    return received(event)


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return plain.get_content(), rich.get_content()
