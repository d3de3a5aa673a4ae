"""Mails over TLS to a real server, from the first byte or by STARTTLS: neither mail nor password goes any other way."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP as SmtpServer
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr
from structlog.testing import capture_logs
from tests.notifications.banc import make_settings, rows, settled
from tests.notifications.poste import ADDRESS, Inbox, demande, hear, posting
from tests.tls import faulty, good

from common.database import Database
from notifications.courriels.domain import ACCEPTE, Echec, Remise
from notifications.courriels.poste import Poste
from notifications.settings import SmtpTls
from relais.nats import NatsServer

USER, PASSWORD = "relais", "mot-de-passe-du-relais"
WAYS = pytest.mark.parametrize("way", [SmtpTls.starttls, SmtpTls.tls])
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
AWAY = Remise(accepte=False, definitif=False, echec=Echec.serveur_injoignable)


class Relay(Inbox):
    """A mail relay that also keeps the passwords that it was told, and how the mails came."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[bytes, bytes]] = []
        self.port = 0

    def authenticate(self, _server: SmtpServer, _session: Session, _envelope: Envelope, _way: str, data: Any) -> AuthResult:
        """Let in whoever knows the password."""
        assert isinstance(data, LoginPassword)
        self.told.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def relaying(way: SmtpTls, tls: ssl.SSLContext | None) -> AsyncIterator[Relay]:
    """A relay that wants a password; without a context, it offers no TLS and takes the password all the same."""
    relay, loop, upgraded = Relay(), asyncio.get_running_loop(), way is SmtpTls.starttls and tls is not None

    def server() -> SmtpServer:
        return SmtpServer(
            relay,
            hostname="smtp.example",
            loop=loop,
            tls_context=tls if upgraded else None,
            require_starttls=upgraded,
            auth_required=True,
            auth_require_tls=upgraded,
            authenticator=relay.authenticate,
        )

    listening = await loop.create_server(server, "127.0.0.1", 0, ssl=tls if way is SmtpTls.tls else None)
    relay.port = listening.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        listening.close()


async def handed_over(database: Database, relay: Relay, way: SmtpTls, password: str = PASSWORD) -> Remise:
    """Hand one mail over, as the postman does."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ne-pas-repondre@relais.example", ADDRESS, "Accès"
    message.set_content("Votre code : 48213907")
    secret = SecretStr(password)
    settings = make_settings(database, smtp_tls=way, smtp_port=relay.port, smtp_user=USER, smtp_password=secret)
    poste = Poste(settings)
    try:
        return await poste.remettre(message)
    finally:
        await poste.close()


@WAYS
async def test_a_mail_over_tls(notifications_db: Database, ca: trustme.CA, way: SmtpTls) -> None:
    async with relaying(way, good(ca)) as relay:
        assert await handed_over(notifications_db, relay, way) == ACCEPTE
    ((recipient, _message),) = relay.mails
    assert recipient == ADDRESS
    assert relay.told == [(USER.encode(), PASSWORD.encode())]


@WAYS
@faulty
async def test_neither_mail_nor_password_for_a_server_with_a_certificate(
    notifications_db: Database, ca: trustme.CA, way: SmtpTls, faulty: Callable[[trustme.CA], ssl.SSLContext]
) -> None:
    """The mail waits, and the log says of what kind the trouble is."""
    async with relaying(way, faulty(ca)) as relay:
        with capture_logs() as logs:
            assert await handed_over(notifications_db, relay, way) == AWAY
    assert (relay.mails, relay.told) == ([], [])
    assert [line["event"] for line in logs] == ["poste.postponed"]
    assert PASSWORD not in str(logs)


@WAYS
async def test_neither_mail_nor_password_for_a_server_without_tls(notifications_db: Database, way: SmtpTls) -> None:
    async with relaying(way, None) as relay:
        assert await handed_over(notifications_db, relay, way) == AWAY
    assert (relay.mails, relay.told) == ([], [])


@WAYS
async def test_a_password_that_is_refused_is_ours_to_mend(notifications_db: Database, ca: trustme.CA, way: SmtpTls) -> None:
    """The mail waits for it."""
    async with relaying(way, good(ca)) as relay:
        remise = await handed_over(notifications_db, relay, way, "ancien")
    assert remise == Remise(accepte=False, definitif=False, code="5.7.8", echec=Echec.reporte)
    assert relay.mails == []


@pytest.mark.usefixtures("owners")
async def test_a_mail_waits_until_the_relay_has_a_good_certificate(
    notifications_db: Database, nats_server: NatsServer, ca: trustme.CA
) -> None:
    """It is renewed while the postman tries, as in life."""
    context = good(trustme.CA())
    async with relaying(SmtpTls.starttls, context) as relay:
        more: dict[str, Any] = {"smtp_tls": SmtpTls.starttls, "smtp_user": USER, "smtp_password": SecretStr(PASSWORD)}
        await hear(notifications_db, demande())
        async with posting(notifications_db, nats_server, relay.port, mail_retry_seconds=(0.1,) * 50, **more):
            async with asyncio.timeout(10):
                while (await rows(notifications_db, "SELECT echec FROM courriels"))[0]["echec"] != "serveur_injoignable":
                    await asyncio.sleep(0.05)
            assert (relay.mails, relay.told) == ([], [])
            ca.issue_cert("127.0.0.1").configure_cert(context)
            (row,) = await settled(notifications_db, table="courriels")
    assert (row["etat"], [recipient for recipient, _ in relay.mails]) == ("envoye", [ADDRESS])
