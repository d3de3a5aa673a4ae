"""The orientation service on a real database and a real bus, with a ledger played by the test."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from pydantic import SecretStr, TypeAdapter

from common import bus
from common.clock import utc_now
from common.database import Database
from common.settings import Mode
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from relais.nats import NatsServer
from tests.conftest import service_url
from tests.orientation.monde import ANNUAIRE, ISSUER, ORIGINE, SIGNING_KEY, Hub, Registre
from tests.orientation.site import navigateur, site
from tests.sessions import OWNERS, AsyncBrowser

__all__ = ["navigateur", "site"]


@pytest.fixture
def settings(orientation_db: Database, nats_server: NatsServer) -> OrientationSettings:
    return OrientationSettings(
        mode=Mode.development,
        public_url=ORIGINE,
        database_url=SecretStr(service_url(orientation_db)),
        nats_url=nats_server.url,
        nats_user="orientation",
        nats_password=SecretStr(nats_server.passwords["orientation"]),
        oidc_issuer=ISSUER,
        oidc_client_id="relais",
        oidc_client_secret=SecretStr("r-client"),
        signing_key=SecretStr(SIGNING_KEY),
    )


@pytest.fixture
async def annuaire(orientation_db: Database) -> None:
    """The directory is loaded."""
    async with orientation_db.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), ISSUER, utc_now())


@pytest.fixture
async def registre(settings: OrientationSettings, nats_server: NatsServer) -> AsyncIterator[Registre]:
    """The ledger of consents, answering as signalement."""
    changes = {"nats_user": "signalement", "nats_password": SecretStr(nats_server.passwords["signalement"])}
    client = await bus.connect(settings.model_copy(update=changes), name="test-registre")
    registre = Registre(client)
    await registre.ouvrir()
    yield registre
    await client.close()


@pytest.fixture
async def hub(
    settings: OrientationSettings,
    orientation_db: Database,
    annuaire: None,
    registre: Registre,
) -> AsyncIterator[Hub]:
    """The application, connected."""
    app = OWNERS.install(create(settings))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), AsyncBrowser(transport=transport, base_url=ORIGINE) as client:
        while not app.state.nats.is_connected:
            await asyncio.sleep(0.01)
        yield Hub(app, orientation_db, client, registre)
