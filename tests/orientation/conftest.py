"""The orientation service on a real database and a real bus, with a ledger played by the test."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr, TypeAdapter

from common import bus
from common.clock import utc_now
from common.database import Database
from common.sessions import SessionSigner
from common.settings import Mode
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from relais.nats import NatsServer
from tests.orientation.monde import ANNUAIRE, ISSUER, ORIGINE, Hub, Registre
from tests.orientation.site import navigateur, site

__all__ = ["navigateur", "site"]


@pytest.fixture(scope="session")
def keys() -> dict[str, OKPKey]:
    return {name: OKPKey.generate_key("Ed25519", {"kid": name}) for name in ("orientation", "signalement")}


@pytest.fixture
def settings(orientation_db: Database, nats_server: NatsServer, keys: dict[str, OKPKey]) -> OrientationSettings:
    return OrientationSettings(
        mode=Mode.development,
        public_url=ORIGINE,
        database_url=SecretStr(orientation_db.url),
        nats_url=nats_server.url,
        nats_user="orientation",
        nats_password=SecretStr(nats_server.passwords["orientation"]),
        oidc_issuer=ISSUER,
        oidc_client_id="relais",
        oidc_client_secret=SecretStr("r-client"),
        session_public_keys=json.dumps(KeySet(list(keys.values())).as_dict(private=False)),
        session_private_key=SecretStr(json.dumps(keys["orientation"].as_dict(private=True))),
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
    keys: dict[str, OKPKey],
) -> AsyncIterator[Hub]:
    """The application, connected."""
    app = create(settings)
    signers = {name: SessionSigner(json.dumps(key.as_dict(private=True))) for name, key in keys.items()}
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=ORIGINE) as client:
        while not app.state.nats.is_connected:
            await asyncio.sleep(0.01)
        yield Hub(app, orientation_db, client, registre, signers)
