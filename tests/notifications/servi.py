"""The application on a real port, in the test's own loop: streams do not pass through a transport in memory."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from tests.notifications.banc import make_settings
from tests.sessions import OWNERS, AsyncBrowser

from common.actor import Actor
from common.database import Database
from notifications.app import create


@dataclass(frozen=True, slots=True)
class Servi:
    """An application that listens."""

    app: FastAPI
    url: str

    def client(self, actor: Actor | None) -> httpx2.AsyncClient:
        """A client that is signed in as that actor."""
        headers = {"Origin": self.url}
        return AsyncBrowser(base_url=self.url, cookies=OWNERS.cookies(actor), headers=headers, timeout=10, trust_env=False)


@asynccontextmanager
async def servir(database: Database) -> AsyncIterator[Servi]:
    """Serve notifications on a free port."""
    prise = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{prise.getsockname()[1]}"
    app = OWNERS.install(create(make_settings(database, public_url=url)))
    serveur = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    tache = asyncio.create_task(serveur.serve([prise]))
    while not serveur.started:
        await asyncio.sleep(0.01)
    try:
        yield Servi(app, url)
    finally:
        app.state.veille.fermer()
        serveur.should_exit = True
        with suppress(asyncio.CancelledError):
            await tache


@dataclass(frozen=True, slots=True)
class Message:
    """One server-sent event."""

    event: str
    id: str
    data: str


class Lecteur:
    """Reads server-sent events; comments count as heartbeats."""

    def __init__(self, reponse: httpx2.Response) -> None:
        self.lignes = reponse.aiter_lines()
        self.battements = 0
        self.fini = False

    async def suivant(self, seconds: float = 5) -> Message | None:
        """The next message; None when the stream has ended."""
        champs: dict[str, list[str]] = {}
        async with asyncio.timeout(seconds):
            async for ligne in self.lignes:
                nom, _, valeur = ligne.partition(": ")
                if ligne.startswith(":"):
                    self.battements += 1
                elif ligne:
                    champs.setdefault(nom, []).append(valeur)
                elif "data" in champs:
                    joints: dict[str, Any] = {nom: "\n".join(valeurs) for nom, valeurs in champs.items()}
                    return Message(joints.get("event", "message"), joints.get("id", ""), joints["data"])
                else:
                    champs = {}
        self.fini = True
        return None

    async def jusqu_a(self, texte: str, seconds: float = 5) -> Message:
        """The next message that holds this text."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.suivant(seconds)
                assert message is not None, f"the stream ended without {texte!r}"
                if texte in message.data:
                    return message
