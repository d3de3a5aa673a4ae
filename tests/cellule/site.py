"""The application on a local port, in a thread of its own, for tests in a browser."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import uvicorn
from httpx2 import AsyncClient
from tests.cellule.conftest import NOW, Signalement, entendre, entree, monde, settings_for
from tests.cellule.histoires import histoire
from tests.cellule.parcours import partage
from tests.cellule.test_chiffres import partager
from tests.conftest import owner_url
from tests.emptying import empty
from tests.sessions import COOKIE, OWNERS, AsyncBrowser

from cellule.app import create
from common import bus
from common.actor import Actor
from common.database import Database
from common.streams import SERVICES
from relais.nats import NatsServer

ACTIONS = ("dossier.ouvrir", "consentement.permettre", "orientation.accepter", "diagnostic.lire")


@dataclass
class Site:
    """A running application. `partage` is a diagnostic shared with the cell, of a case that may have another one."""

    origine: str
    partage: str = ""
    pret: threading.Event = field(default_factory=threading.Event)
    fini: threading.Event = field(default_factory=threading.Event)
    panne: BaseException | None = None

    def session(self, actor: Actor) -> dict[str, object]:
        """What a browser keeps of a signed-in person."""
        cookie = {"name": COOKIE, "value": OWNERS.jeton(actor).cookie, "path": "/", "domain": "127.0.0.1"}
        return {"cookies": [cookie], "origins": []}


@contextmanager
def site(database_url: str, nats_server: NatsServer, langue: str = "fr") -> Iterator[Site]:
    """Serve the application with some history behind it, in that language."""
    prise = socket.create_server(("127.0.0.1", 0))
    lieu = Site(f"http://127.0.0.1:{prise.getsockname()[1]}")
    fil = threading.Thread(target=lambda: asyncio.run(_vivre(lieu, prise, database_url, nats_server, langue)))
    fil.start()
    lieu.pret.wait(30)
    try:
        if lieu.panne:
            raise lieu.panne
        yield lieu
    finally:
        lieu.fini.set()
        fil.join()


async def _vivre(lieu: Site, prise: socket.socket, database_url: str, nats_server: NatsServer, langue: str) -> None:
    try:
        await _servir(lieu, prise, database_url, nats_server, langue)
    except BaseException as panne:
        lieu.panne = panne
        raise
    finally:
        lieu.pret.set()


async def _servir(lieu: Site, prise: socket.socket, database_url: str, nats_server: NatsServer, langue: str) -> None:
    database = Database(owner_url(database_url), service="cellule")
    await empty(database)
    rng = Random(11)
    evenements = histoire(rng, cas=400)
    entrees = [entree(rng.choice(SERVICES), ACTIONS[n % len(ACTIONS)], NOW + timedelta(minutes=n)) for n in range(60)]
    await entendre(database, *monde(), *evenements, *entrees)
    await partager(database, rng, evenements)
    nats = await bus.connect(settings_for("signalement", nats_server), name="test-signalement")
    await Signalement(nats).ouvrir()
    settings = settings_for("cellule", nats_server, database_url, lieu.origine).model_copy(update={"langue": langue})
    app = OWNERS.install(create(settings))
    serveur = uvicorn.Server(uvicorn.Config(app, log_config=None))
    service = asyncio.create_task(serveur.serve([prise]))
    while not serveur.started:
        await asyncio.sleep(0.01)
    clients: list[AsyncClient] = []

    def client(actor: Actor) -> AsyncClient:
        origine = {"Origin": lieu.origine}
        clients.append(AsyncBrowser(base_url=lieu.origine, headers=origine, cookies=OWNERS.cookies(actor)))
        return clients[-1]

    lieu.partage = await partage(client)
    for ouvert in clients:
        await ouvert.aclose()
    lieu.pret.set()
    await asyncio.to_thread(lieu.fini.wait)
    serveur.should_exit = True
    await service
    await nats.close()
    await database.close()
