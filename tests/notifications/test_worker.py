"""The whole worker as a process of its own: heard over NATS, delivered, killed, and nothing lost."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from nats.js import JetStreamContext
from tests.conftest import service_url
from tests.notifications.banc import (
    Client,
    Receiver,
    an_orientation,
    hear,
    make_settings,
    received,
    rows,
    settled,
)
from tests.notifications.poste import nats_settings
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common import bus
from common.clock import utc_now
from common.database import Database
from common.desk import Desk
from common.events import Event
from common.events.base import encode
from common.relay import publish
from common.requests import Accords, ConsentementsPermis
from common.streams import stream_config
from relais.nats import NatsServer


@asynccontextmanager
async def a_process(database: Database, server: NatsServer) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m notifications.worker`, killed at the end."""
    settings = make_settings(database)
    environment = {
        "PATH": os.environ["PATH"],
        "RELAIS_MODE": "development",
        "RELAIS_PUBLIC_URL": settings.public_url,
        "RELAIS_DATABASE_URL": service_url(database),
        "RELAIS_NATS_URL": server.url,
        "RELAIS_NATS_USER": "notifications",
        "RELAIS_NATS_PASSWORD": server.passwords["notifications"],
        "RELAIS_OIDC_ISSUER": settings.oidc_issuer,
        "RELAIS_SMTP_TLS": "none",
        "RELAIS_SMTP_PORT": "9",
        "RELAIS_WEBHOOK_SECRET_KEYS": settings.webhook_secret_keys.get_secret_value(),
        "RELAIS_MAIL_FROM": settings.mail_from,
        "RELAIS_WEBHOOK_RETRY_SECONDS": "[0.1, 0.2, 0.5, 1, 1, 1, 1, 1, 1]",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "notifications.worker", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture(autouse=True)
async def ledger(notifications_db: Database, nats_server: NatsServer) -> AsyncIterator[None]:
    """A ledger that answers on the bus, and in which every association agrees."""

    async def agree(_: Any, request: ConsentementsPermis) -> Accords:
        return Accords(accordes=(True,) * len(request.demandes))

    owner = await bus.connect(nats_settings(notifications_db, nats_server, "signalement"), name="test-signalement")
    await Desk("signalement", owner, notifications_db, {ConsentementsPermis: agree}).open()
    await owner.flush()
    yield
    await owner.close()


@pytest.fixture(autouse=True)
async def js(notifications_db: Database, nats_server: NatsServer) -> AsyncIterator[JetStreamContext]:
    """Empty streams: what the process of another test had not acknowledged would be heard again."""
    client = await bus.connect(nats_settings(notifications_db, nats_server, "admin"), name="test-admin")
    js = client.jetstream()
    for info in await js.streams_info():
        await js.delete_stream(info.config.name or "")
    for service in ("signalement", "orientation", "cellule"):
        await js.add_stream(stream_config(service.upper(), f"relais.{service}.>"))
    yield js
    await client.close()


@pytest.fixture
def publishing(js: JetStreamContext) -> Any:
    """Publishes events as orientation does; gives a function."""

    async def publish_all(*events: Event) -> None:
        outbox_rows = []
        for event in events:
            one = received(event)
            body = encode(event, one.id, 1, utc_now())
            outbox_rows.append({"event_id": one.id, "subject": event.subject(), "body": body})
        await publish(js, outbox_rows)

    return publish_all


async def test_heard_over_the_bus_and_delivered(
    client: Client, notifications_db: Database, nats_server: NatsServer, receiver: Receiver, publishing: Any
) -> None:
    """An event on the stream becomes one verified POST, and a mail that waits for its server."""
    _, secret = await subscribe(client, receiver.url)
    async with a_process(notifications_db, nats_server):
        event = an_orientation(partenaire_id=PARTENAIRE)
        await publishing(event)
        await receiver.got(1, seconds=15)
        (row,) = await settled(notifications_db)
        async with asyncio.timeout(10):
            while await rows(notifications_db, "SELECT FROM faits"):
                await asyncio.sleep(0.05)
    assert row["etat"] == "livree"
    assert receiver.verified(secret)[0]["orientation_id"] == str(event.orientation_id)
    (mail,) = await rows(notifications_db, "SELECT etat, modele FROM courriels")
    assert mail == {"etat": "en_attente", "modele": "orientation_envoyee"}


async def test_killed_between_claim_and_result(
    client: Client, notifications_db: Database, nats_server: NatsServer, receiver: Receiver
) -> None:
    """What a killed process had claimed is delivered by the next one, at once and under the same id."""
    reached = asyncio.Event()

    async def hang_first(_: web.Request, count: int) -> web.StreamResponse:
        if count == 1:
            reached.set()
            await asyncio.sleep(30)
        return web.Response()

    receiver.answer = hang_first
    await subscribe(client, receiver.url)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with a_process(notifications_db, nats_server) as process:
        await asyncio.wait_for(reached.wait(), 15)
        (row,) = await rows(notifications_db, "SELECT * FROM livraisons")
        assert row["porteur"] is not None
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with a_process(notifications_db, nats_server):
        await receiver.got(2, seconds=15)
        (row,) = await settled(notifications_db)
    assert (row["etat"], row["tentatives"]) == ("livree", 1)
    assert len({hit.id for hit in receiver.hits}) == 1


async def test_killed_again_and_again(
    client: Client, notifications_db: Database, nats_server: NatsServer, receiver: Receiver
) -> None:
    """Five kills during 300 deliveries: each arrives, nothing is left waiting, and each is one line in the log."""
    await subscribe(client, receiver.url)
    for _ in range(5):
        await hear(notifications_db, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(60)))
        before = len(receiver.hits)
        async with a_process(notifications_db, nats_server) as process:
            await receiver.got(before + 5, seconds=20)
            process.send_signal(signal.SIGKILL)
            await process.wait()
    async with a_process(notifications_db, nats_server):
        found = await settled(notifications_db, seconds=20)
    assert {row["etat"] for row in found} == {"livree"}
    assert len(found) == 300
    assert len({hit.id for hit in receiver.hits}) == 300


async def test_told_to_stop_it_ends_what_is_under_way(
    client: Client, notifications_db: Database, nats_server: NatsServer, receiver: Receiver
) -> None:
    """SIGTERM during a delivery: its result is written, so that it is not repeated."""
    reached = asyncio.Event()

    async def slowly(_: web.Request, __: int) -> web.StreamResponse:
        reached.set()
        await asyncio.sleep(0.5)
        return web.Response()

    receiver.answer = slowly
    await subscribe(client, receiver.url)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with a_process(notifications_db, nats_server) as process:
        await asyncio.wait_for(reached.wait(), 15)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    (row,) = await rows(notifications_db, "SELECT * FROM livraisons")
    assert (row["etat"], row["porteur"]) == ("livree", None)


async def test_the_worker_forgets_the_answers_of_long_ago(notifications_db: Database, nats_server: NatsServer) -> None:
    """Among what it does by the clock, like the worker of any service."""
    async with notifications_db.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "INSERT INTO idempotence (actor_id, cle, empreinte, status, body, created_at)"
            " VALUES ('a', 'de-trois-jours', 'e', 201, '{}', now() - interval '3 days'), ('a', 'd-hier', 'e', 201, '{}',"
            " now() - interval '1 day')"
        )
    async with a_process(notifications_db, nats_server), asyncio.timeout(20):
        while len(found := await rows(notifications_db, "SELECT cle FROM idempotence")) > 1:
            await asyncio.sleep(0.05)
    assert [row["cle"] for row in found] == ["d-hier"]
