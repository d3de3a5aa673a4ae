"""Streams of server-sent events: heartbeats, cuts, limits, slow readers, ended sessions, and the stop of a process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from tests.notifications.banc import member
from tests.notifications.servi import Lecteur, Servi, servir
from tests.sessions import COOKIE, OWNERS

from common import flux
from common.actor import Actor, Role
from common.auth import SignedIn
from common.database import Database
from common.flux import DernierRecu, Flux, Lecture, Places
from common.veille import annoncer

CLE = "essai:un"


class Nouvelles:
    """What changes: numbers, of which a reader gets those after its cursor."""

    def __init__(self) -> None:
        self.valeurs: list[str] = []
        self.lectures = 0

    async def lire(self, _session: AsyncSession, _actor: Actor, depuis: str) -> Lecture:
        self.lectures += 1
        neuves = self.valeurs[int(depuis or 0) :]
        return Lecture(str(len(self.valeurs)), "".join(f"<li>{valeur}</li>" for valeur in neuves))


@pytest.fixture
def nouvelles() -> Nouvelles:
    return Nouvelles()


@pytest.fixture
async def servi(notifications_db: Database, nouvelles: Nouvelles) -> AsyncIterator[Servi]:
    router = APIRouter()

    @router.get("/notifications/essai/flux")
    async def suivre(request: Request, actor: SignedIn, depuis: DernierRecu) -> Flux:
        return Flux(request, actor, CLE, depuis, nouvelles.lire)

    async with servir(notifications_db) as servi:
        servi.app.include_router(router)
        yield servi


async def dire(database: Database, nouvelles: Nouvelles, valeur: str) -> None:
    async with database.transaction() as session:
        nouvelles.valeurs.append(valeur)
        await annoncer(session, CLE)


def suivre(http: Any, **headers: str) -> Any:
    return http.stream("GET", "/notifications/essai/flux", headers=headers)


async def test_what_is_announced_comes_at_once_and_a_cut_loses_nothing(
    servi: Servi, notifications_db: Database, nouvelles: Nouvelles
) -> None:
    async with servi.client(member(Role.agent)) as http:
        async with suivre(http) as reponse:
            assert reponse.headers["content-type"].startswith("text/event-stream")
            assert reponse.headers["cache-control"] == "no-store"
            assert "script-src 'self'" in reponse.headers["content-security-policy"]
            lecteur = Lecteur(reponse)
            await dire(notifications_db, nouvelles, "un")
            premier = await lecteur.suivant(1)
            assert premier is not None
            assert (premier.data, premier.id) == ("<li>un</li>", "1")
        await dire(notifications_db, nouvelles, "deux")
        await dire(notifications_db, nouvelles, "trois")
        async with suivre(http, **{"Last-Event-ID": premier.id}) as reponse:
            suite = await Lecteur(reponse).suivant(1)
            assert suite is not None
            assert (suite.data, suite.id) == ("<li>deux</li><li>trois</li>", "3")


async def test_a_quiet_stream_beats_and_reads_again(
    servi: Servi, nouvelles: Nouvelles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notification that was lost costs a heartbeat."""
    monkeypatch.setattr(flux, "HEARTBEAT_SECONDS", 0.1)
    async with servi.client(member(Role.agent)) as http, suivre(http) as reponse:
        lecteur = Lecteur(reponse)
        asyncio.get_running_loop().call_later(1, nouvelles.valeurs.append, "sans bruit")
        message = await lecteur.suivant()
        assert message is not None
        assert "sans bruit" in message.data
        assert lecteur.battements > 1


async def test_a_burst_makes_few_messages(servi: Servi, notifications_db: Database, nouvelles: Nouvelles) -> None:
    async with servi.client(member(Role.agent)) as http, suivre(http) as reponse:
        lecteur = Lecteur(reponse)
        for rang in range(100):
            await dire(notifications_db, nouvelles, str(rang))
        await lecteur.jusqu_a("<li>99</li>")
        assert nouvelles.lectures < 30


async def test_a_session_that_ends_is_told_so_within_a_heartbeat(
    servi: Servi, notifications_db: Database, nouvelles: Nouvelles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "HEARTBEAT_SECONDS", 0.2)
    actor = member(Role.agent)
    async with servi.client(actor) as http:
        async with suivre(http) as reponse:
            lecteur = Lecteur(reponse)
            asyncio.get_running_loop().call_later(1, OWNERS.given.pop, OWNERS.jeton(actor).cookie)
            fin = await lecteur.suivant(3)
            assert fin is not None
            assert fin.event == "fin"
            await dire(notifications_db, nouvelles, "après")
            assert await lecteur.suivant() is None
        assert (await http.get("/notifications/essai/flux")).status_code == 401


async def test_one_person_holds_few_streams_and_a_process_some(servi: Servi) -> None:
    servi.app.state.places_flux = Places(par_personne=2, en_tout=3)
    un, autre = member(Role.agent), member(Role.agent)
    async with servi.client(un) as http, servi.client(autre) as other:
        async with suivre(http), suivre(http):
            refus = await http.get("/notifications/essai/flux")
            assert (refus.status_code, refus.headers["retry-after"]) == (429, "30")
            async with suivre(other) as reponse:
                assert reponse.status_code == 200
                plein = await other.get("/notifications/essai/flux")
                assert (plein.status_code, plein.headers["retry-after"]) == (503, "30")
        await nobody_left(servi)
        async with suivre(http) as reponse:
            assert reponse.status_code == 200


async def nobody_left(servi: Servi) -> None:
    async with asyncio.timeout(5):
        while servi.app.state.places_flux.prises.total() or servi.app.state.veille.attentes:
            await asyncio.sleep(0.02)


async def test_a_reader_that_takes_nothing_is_dropped(
    servi: Servi, notifications_db: Database, nouvelles: Nouvelles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "SLOW_SECONDS", 0.3)
    cookie = OWNERS.jeton(member(Role.agent)).cookie
    host, port = servi.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as prise:
        prise.sendall(f"GET /notifications/essai/flux HTTP/1.1\r\nHost: {host}\r\nCookie: {COOKIE}={cookie}\r\n\r\n".encode())
        async with asyncio.timeout(5):
            while not servi.app.state.places_flux.prises:
                await asyncio.sleep(0.02)
        for _ in range(4):
            await dire(notifications_db, nouvelles, "x" * 4_000_000)
            await asyncio.sleep(0.3)
        await nobody_left(servi)


async def test_a_process_that_stops_ends_its_streams(servi: Servi) -> None:
    async with servi.client(member(Role.agent)) as http, suivre(http) as reponse:
        lecteur = Lecteur(reponse)
        asyncio.get_running_loop().call_later(0.5, servi.app.state.veille.fermer)
        assert await lecteur.suivant(2) is None


async def test_the_listening_connection_is_made_again(servi: Servi, notifications_db: Database, nouvelles: Nouvelles) -> None:
    async with servi.client(member(Role.agent)) as http, suivre(http) as reponse:
        lecteur = Lecteur(reponse)
        await dire(notifications_db, nouvelles, "avant")
        await lecteur.jusqu_a("avant")
        # Only the role that another connection came in with sees what it does, and may end it.
        connection = await servi.app.state.database.connect()
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        assert await connection.fetch(cut)
        await connection.close()
        await asyncio.sleep(1.5)
        await dire(notifications_db, nouvelles, "pendant")
        await lecteur.jusqu_a("pendant", 3)
