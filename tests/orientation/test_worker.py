"""The worker as it runs: events heard from the bus, the directory's answers, the outbox on its way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from nats.aio.client import Client
from pydantic import SecretStr
from sqlalchemy import text

from common import bus, outbox
from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.database import Database
from common.errors import Interdit
from common.events import decode
from common.reconcile import Reconciliation
from common.relay import Relay
from common.requests import AnnuaireActeur, ContactMembres, ask
from common.streams import streams_of
from orientation.settings import OrientationSettings
from orientation.worker import worker
from relais.nats import NatsServer
from tests.orientation.monde import ISSUER, depose, ident

Connecter = Callable[[str], Awaitable[Client]]


@pytest.fixture
async def connecter(settings: OrientationSettings, nats_server: NatsServer) -> AsyncIterator[Connecter]:
    clients: list[Client] = []

    async def connecter(user: str) -> Client:
        changes = {"nats_user": user, "nats_password": SecretStr(nats_server.passwords[user])}
        clients.append(await bus.connect(settings.model_copy(update=changes), name=f"test-{user}"))
        return clients[-1]

    yield connecter
    for client in clients:
        await client.close()


@pytest.fixture
async def en_marche(settings: OrientationSettings, annuaire: None, connecter: Connecter) -> AsyncIterator[None]:
    """The worker runs; the streams are new and empty."""
    js = (await connecter("admin")).jetstream()
    for info in await js.streams_info():
        await js.delete_stream(info.config.name or "")
    for service in ("signalement", "orientation"):
        for config in streams_of(service).values():
            await js.add_stream(config)
    running = asyncio.create_task(worker(settings).run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(200):
        if await check():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen within ten seconds")


async def test_a_case_is_heard_from_the_bus(
    en_marche: None, orientation_db: Database, signalement_db: Database, connecter: Connecter
) -> None:
    dossier_id = new_id()
    async with signalement_db.transaction() as session:
        outbox.record(session, depose(dossier_id), sequence=1, now=utc_now())
    client = await connecter("signalement")
    relay = asyncio.create_task(Relay(signalement_db, client, Reconciliation("signalement", client)).run())

    async def heard() -> bool:
        async with orientation_db.transaction() as session:
            query = text("SELECT reference FROM dossiers WHERE id = :id")
            return (await session.execute(query, {"id": dossier_id})).scalar_one_or_none() == "REL-2026-0001"

    await eventually(heard)
    relay.cancel()


async def test_the_directory_is_published(en_marche: None, connecter: Connecter) -> None:
    js = (await connecter("admin")).jetstream()

    async def published() -> bool:
        return (await js.stream_info("ORIENTATION")).state.messages >= 5

    await eventually(published)
    first = await js.get_msg("ORIENTATION", 1)
    assert first.data
    assert decode(first.data).event.aggregate_id == str(ident("fonds"))


async def test_the_directory_answers_the_other_services(en_marche: None, connecter: Connecter) -> None:
    cellule, notifications = await connecter("cellule"), await connecter("notifications")

    async def there() -> bool:
        try:
            await ask(cellule, "cellule", AnnuaireActeur(issuer=ISSUER, subject_id="fonds-agent"))
        except Interdit:
            return True
        except Exception:
            return False
        return True

    await eventually(there)
    answer = await ask(cellule, "cellule", AnnuaireActeur(issuer=ISSUER, subject_id="cellule-sud-animateur"))
    assert Actor.from_claims(answer.claims).departements == {"30", "34"}
    with pytest.raises(Interdit):
        await ask(cellule, "cellule", AnnuaireActeur(issuer=ISSUER, subject_id="personne"))
    adresses = await ask(notifications, "notifications", ContactMembres(organisation_id=ident("fonds"), roles=(Role.manager,)))
    assert adresses.courriels == ("manager@fonds.example",)
