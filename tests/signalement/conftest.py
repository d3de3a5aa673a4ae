"""The application of signalement over a real database, and browsers of the people who use it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest
from fastapi import FastAPI

from common.actor import Actor
from common.database import Database
from signalement.app import create
from tests.conftest import service_url
from tests.sessions import OWNERS, AsyncBrowser
from tests.signalement import fabrique as f
from tests.signalement.site import navigateur, site

__all__ = ["navigateur", "site"]

Ouvrir = Callable[[Actor | None], httpx2.AsyncClient]


@pytest.fixture
async def app(signalement_db: Database) -> AsyncIterator[FastAPI]:
    """The application on the empty database; it needs no bus to answer."""
    application = OWNERS.install(create(f.settings(service_url(signalement_db))))
    yield application
    await application.state.database.close()


@pytest.fixture
async def ouvrir(app: FastAPI) -> AsyncIterator[Ouvrir]:
    """A browser of that person, signed in; None is nobody."""
    async with AsyncExitStack() as stack:

        def client(actor: Actor | None) -> httpx2.AsyncClient:
            browser = AsyncBrowser(
                transport=httpx2.ASGITransport(app),
                base_url=f.ADRESSE,
                cookies=OWNERS.cookies(actor),
                headers={"origin": f.ADRESSE, "accept": "text/html"},
            )
            stack.push_async_callback(browser.aclose)
            return browser

        yield client
