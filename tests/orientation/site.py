"""The service on a real port with a real browser: what the tests of pages share."""

import asyncio
import os
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from pydantic import SecretStr, TypeAdapter

from common import bus
from common.actor import Actor
from common.clock import utc_now
from common.database import Database
from common.settings import Mode
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from relais.nats import NatsServer
from tests.browser import chromium, verifier_page
from tests.conftest import owner_url
from tests.emptying import empty
from tests.orientation.monde import ANNUAIRE, SIGNING_KEY, Hub, Registre
from tests.sessions import COOKIE, OWNERS, AsyncBrowser

CONTENU = {
    "identite": {"nom": "Les Amis du Pont Rouge", "siren": "732829320", "rna": None, "departement": "34", "commune": "Lodève"},
    "situation": {
        "indicateurs": ["rupture_tresorerie"],
        "mois_avant_rupture": 4,
        "niveau": "faire_face",
        "besoin": "Un relais.",
    },
    "finances": {"budget": 480000, "etp": 12.5, "mois_avant_rupture": 4},
}


@dataclass
class Site:
    """The service on a real port, with the loop that serves it."""

    origine: str
    hub: Hub
    loop: asyncio.AbstractEventLoop

    def faire(self, travail: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(travail, self.loop).result(60)


@contextmanager
def serving(database_url: str, nats_server: NatsServer, langue: str = "fr") -> Iterator[Site]:
    """The service on a free port, in that language, with the directory loaded."""
    prise = socket.create_server(("127.0.0.1", 0))
    origine = f"http://127.0.0.1:{prise.getsockname()[1]}"
    settings = OrientationSettings(
        mode=Mode.development,
        public_url=origine,
        langue=langue,
        database_url=SecretStr(database_url),
        nats_url=nats_server.url,
        nats_user="orientation",
        nats_password=SecretStr(nats_server.passwords["orientation"]),
        oidc_issuer=f"{origine}/idp",
        oidc_client_id="relais",
        oidc_client_secret=SecretStr("r-client"),
        signing_key=SecretStr(SIGNING_KEY),
    )
    loop = asyncio.new_event_loop()
    fil = threading.Thread(target=loop.run_forever)
    fil.start()
    serveur: list[uvicorn.Server] = []
    taches: list[asyncio.Task[None]] = []

    async def ouvrir() -> Hub:
        database = Database(owner_url(database_url), service="orientation")
        await empty(database)
        async with database.transaction() as session:
            await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), settings.oidc_issuer, utc_now())
        changes = {"nats_user": "signalement", "nats_password": SecretStr(nats_server.passwords["signalement"])}
        registre = Registre(await bus.connect(settings.model_copy(update=changes), name="test-registre"), contenu=CONTENU)
        await registre.ouvrir()
        app = OWNERS.install(create(settings))
        serveur.append(uvicorn.Server(uvicorn.Config(app, log_level="warning")))
        service = asyncio.get_running_loop().create_task(serveur[0].serve([prise]))
        while not (serveur[0].started and app.state.nats.is_connected):
            await asyncio.sleep(0.01)
        taches.append(service)
        return Hub(app, database, AsyncBrowser(base_url=origine), registre, origine)

    async def fermer(hub: Hub) -> None:
        serveur[0].should_exit = True
        await taches[0]
        await hub.client.aclose()
        await hub.registre.nats.close()
        await hub.database.close()

    hub = asyncio.run_coroutine_threadsafe(ouvrir(), loop).result(60)
    lieu = Site(origine, hub, loop)
    yield lieu
    lieu.faire(fermer(hub))
    loop.call_soon_threadsafe(loop.stop)
    fil.join()
    loop.close()


@pytest.fixture(scope="module")
def site(database_urls: dict[str, str], nats_server: NatsServer) -> Iterator[Site]:
    """The service with the directory loaded."""
    with serving(database_urls["orientation"], nats_server) as running:
        yield running


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


def entrer(page: Page, site: Site, actor: Actor) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": OWNERS.jeton(actor).cookie, "url": site.origine}])


def montrer(page: Page, nom: str) -> None:
    """Check the page; with CAPTURES set, keep its picture there, to be looked at."""
    verifier_page(page)
    if dossier := os.environ.get("CAPTURES"):
        page.screenshot(path=f"{dossier}/{nom}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]
