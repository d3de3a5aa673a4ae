"""The service on a real port with a real browser: what the tests of its pages share."""

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
from tests.browser import chromium, verifier_page, verifier_typographie
from tests.conftest import owner_url
from tests.emptying import empty
from tests.notifications.banc import make_settings
from tests.sessions import OWNERS

from common.actor import Actor
from common.database import Database
from notifications.app import create


@dataclass
class Site:
    """The service on a real port, with the loop that serves it."""

    origine: str
    database: Database
    loop: asyncio.AbstractEventLoop
    serveur: uvicorn.Server

    def faire(self, travail: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(travail, self.loop).result(60)

    def couper(self) -> None:
        """Cut every connection in the middle, as a network does."""

        async def avorter() -> None:
            for connection in list(self.serveur.server_state.connections):
                connection.transport.abort()

        self.faire(avorter())


@contextmanager
def serving(url: str, langue: str = "fr") -> Iterator[Site]:
    """The service on a free port, in that language, over its empty database."""
    prise = socket.create_server(("127.0.0.1", 0))
    origine = f"http://127.0.0.1:{prise.getsockname()[1]}"
    loop = asyncio.new_event_loop()
    fil = threading.Thread(target=loop.run_forever)
    fil.start()
    serveur: list[uvicorn.Server] = []
    taches: list[asyncio.Task[None]] = []

    async def ouvrir() -> Database:
        database = Database(owner_url(url), service="notifications")
        await empty(database)
        app = OWNERS.install(create(make_settings(database, public_url=origine, langue=langue)))
        serveur.append(uvicorn.Server(uvicorn.Config(app, log_level="warning")))
        taches.append(asyncio.get_running_loop().create_task(serveur[0].serve([prise])))
        while not serveur[0].started:
            await asyncio.sleep(0.01)
        return database

    async def fermer(database: Database) -> None:
        serveur[0].should_exit = True
        await taches[0]
        await database.close()

    lieu = Site(origine, asyncio.run_coroutine_threadsafe(ouvrir(), loop).result(60), loop, serveur[0])
    yield lieu
    lieu.faire(fermer(lieu.database))
    loop.call_soon_threadsafe(loop.stop)
    fil.join()
    loop.close()


@pytest.fixture(scope="module")
def site(database_urls: dict[str, str]) -> Iterator[Site]:
    with serving(database_urls["notifications"]) as lieu:
        yield lieu


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


def entrer(page: Page, site: Site, actor: Actor) -> None:
    """Sign in."""
    page.context.add_cookies([{"name": n, "value": v, "url": site.origine} for n, v in OWNERS.cookies(actor).items()])


def sans_script(page: Page, nom: str) -> None:
    """Keep the picture of a page without JavaScript, in which axe cannot run."""
    verifier_typographie(page)
    garder(page, f"{nom}-sans-script")


def garder(page: Page, nom: str) -> None:
    """With CAPTURES set, keep the picture of the page there, to be looked at."""
    if dossier := os.environ.get("CAPTURES"):
        page.screenshot(path=f"{dossier}/{nom}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


def montrer(page: Page, nom: str) -> None:
    """Check the page, and keep its picture."""
    verifier_page(page)
    garder(page, nom)
