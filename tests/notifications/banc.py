"""What the tests of notifications share: settings, an application, signed-in people, a receiver, a deliverer at work."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as Verifier
from tests.conftest import service_url
from tests.sessions import OWNERS, AsyncBrowser

from common.actor import Actor, Role
from common.clock import new_id
from common.codes import EtatOrientation
from common.coffre import Coffre, new_coffre_key
from common.database import Database
from common.events import Received
from common.events.orientation import OrientationEnvoyee, _Orientation
from common.requests import AccordDemande
from common.settings import Mode
from notifications.app import create
from notifications.dispatch.loop import Dispatch
from notifications.livraisons.avance import Avances
from notifications.livraisons.domain import Regles
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.handlers import handlers
from notifications.livraisons.livreur import Livreur
from notifications.livraisons.permis import Permettre
from notifications.livraisons.places import ASIDE, Places
from notifications.settings import NotificationsSettings, SmtpTls

PUBLIC_URL = "http://127.0.0.1:8000"
COFFRE_KEY = new_coffre_key()
COFFRE = Coffre(COFFRE_KEY)
QUICKLY = (0.05,) * 9


def make_settings(database: Database, **more: Any) -> NotificationsSettings:
    """The settings of a process of notifications in a test."""
    values: dict[str, Any] = {
        "mode": Mode.development,
        "public_url": PUBLIC_URL,
        "database_url": SecretStr(service_url(database)),
        "nats_url": "nats://127.0.0.1:1",
        "nats_user": "notifications",
        "nats_password": SecretStr("unused"),
        "oidc_issuer": f"{PUBLIC_URL}/idp",
        "smtp_tls": SmtpTls.none,
        "webhook_secret_keys": SecretStr(COFFRE_KEY),
        "mail_from": "Relais <ne-pas-repondre@relais.example>",
    }
    return NotificationsSettings(**values | more)


def member(*roles: Role, organisation: UUID | None = None) -> Actor:
    """Somebody who is signed in."""
    dossier = new_id() if Role.dirigeant in roles else None
    return Actor(
        id=f"test|{new_id()}",
        roles=frozenset(roles),
        organisation_id=organisation,
        dossier_id=dossier,
        nom_affiche="Camille Essai",
    )


Client = Callable[[Actor | None], httpx2.AsyncClient]


@pytest.fixture
async def client(notifications_db: Database) -> AsyncIterator[Client]:
    """Makes an HTTP client of the application, signed in as the actor it is given."""
    app = OWNERS.install(create(make_settings(notifications_db)))
    app.state.nats = type("Away", (), {"is_connected": False})()

    def as_actor(actor: Actor | None) -> httpx2.AsyncClient:
        transport, origin = httpx2.ASGITransport(app=app), {"Origin": PUBLIC_URL}
        return AsyncBrowser(transport=transport, base_url=PUBLIC_URL, cookies=OWNERS.cookies(actor), headers=origin)

    yield as_actor
    await app.state.database.close()


@dataclass
class Hit:
    """One request that the receiver got."""

    headers: dict[str, str]
    body: bytes
    at: datetime

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answer = Callable[[web.Request, int], Awaitable[web.StreamResponse]]


@dataclass
class Receiver:
    """A partner's system: a real HTTP server that keeps what it gets and answers as it is told."""

    url: str = ""
    hits: list[Hit] = field(default_factory=list)
    answer: Answer | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.hits.append(Hit({k.lower(): v for k, v in request.headers.items()}, await request.read(), datetime.now(UTC)))
        return await self.answer(request, len(self.hits)) if self.answer else web.Response()

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """What was received, verified with the reference library."""
        return [Verifier(secret).verify(hit.body, hit.headers) for hit in self.hits]

    async def got(self, count: int, seconds: float = 8) -> None:
        """Wait until so many requests came."""
        async with asyncio.timeout(seconds):
            while len(self.hits) < count:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port, which speaks TLS when it is given a context."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}/relais"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver."""
    async with receiving() as one:
        yield one


async def tous_d_accord(demandes: Sequence[AccordDemande]) -> Sequence[bool]:
    """A ledger in which every association agrees; the real one is asked in the tests of consents."""
    return [True] * len(demandes)


@asynccontextmanager
async def delivering(
    database: Database,
    plan: tuple[float, ...] = QUICKLY,
    connections: int = 100,
    permettre: Permettre = tous_d_accord,
    resolver: AbstractResolver | None = None,
    **regles: Any,
) -> AsyncIterator[Dispatch]:
    """A deliverer at work, as the worker runs it; the associations agree unless said otherwise."""
    per_host, rules = max(connections // 2, 1), Regles(plan, **{"pauses": (0.05,)} | regles)
    total = connections + ASIDE
    async with guarded_session(connections=total, per_host=per_host, loopback=True, resolver=resolver) as http:
        dispatch = Dispatch("webhooks", Livreur(http, COFFRE, Avances(permettre), rules, Places(connections, per_host)))
        task = asyncio.create_task(dispatch.run(database))
        try:
            yield dispatch
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def an_orientation(kind: type[_Orientation] = OrientationEnvoyee, **more: Any) -> _Orientation:
    """An event about a referral."""
    values: dict[str, Any] = {
        "orientation_id": new_id(),
        "dossier_id": new_id(),
        "partenaire_id": new_id(),
        "emetteur_id": new_id(),
        "dispositif": "dla",
        "etat": EtatOrientation.envoyee,
        "motif": None,
        "due_at": datetime(2026, 3, 3, 13, 5, tzinfo=UTC),
    }
    return kind(**values | more)


def received(event: Any, sequence: int = 1) -> Received[Any]:
    """That event as it comes from the bus."""
    return Received(new_id(), event, sequence, datetime.now(UTC))


async def hear(database: Database, *events: Received[Any]) -> None:
    """Handle these events in one transaction, as the consumer does."""
    known = handlers(PUBLIC_URL)
    async with database.transaction() as session:
        for one in events:
            await known[type(one.event)](session, one)


async def rows(database: Database, sql: str) -> list[Any]:
    """Rows of the database."""
    connection = await database.connect()
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def settled(database: Database, seconds: float = 10, table: str = "livraisons") -> list[Any]:
    """Wait until nothing is waiting any more; the rows then."""
    async with asyncio.timeout(seconds):
        while True:
            found = await rows(database, f"SELECT * FROM {table} ORDER BY seq")
            if found and all(row["etat"] != "en_attente" for row in found):
                return found
            await asyncio.sleep(0.02)
