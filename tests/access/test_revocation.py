"""Sessions on a whole hub: a thousand ended while their people work, each refused at the very next request, everywhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx2
import pytest

from common import sessions_store as store
from common.actor import SYSTEM, Actor, Role
from common.clock import new_id, utc_now
from common.database import Database
from common.sessions import Fin, Fournisseur, Jeton
from relais.hub import Hub
from tests.people import dirigeant, member, signed_in
from tests.sessions import COOKIE

pytestmark = pytest.mark.timeout(600)

SESSIONS, AT_ONCE = 1000, 16
ANIMATEUR = member("cellule-occitanie", Role.animateur)
# One page of each service that an animateur may read; the last two ask orientation who it is.
PAGES = ("/orientation/api/v1/orientations", "/signalement/api/v1/dossiers", "/cellule/api/v1/chiffres")
JSON = {"Accept": "application/json"}
ISSUER = "https://idp.example"

End = Callable[[Database, Jeton, Actor], Awaitable[int]]


async def one(database: Database, jeton: Jeton, actor: Actor) -> int:
    async with database.transaction() as session:
        return await store.end(session, jeton.empreinte, Fin.retrait, actor, utc_now())


async def person(database: Database, jeton: Jeton, actor: Actor) -> int:
    async with database.transaction() as session:
        return await store.end_of_persons(session, [actor.id], Fin.droits, SYSTEM, utc_now())


async def organisation(database: Database, jeton: Jeton, actor: Actor) -> int:
    assert actor.organisation_id is not None
    async with database.transaction() as session:
        return await store.end_of_organisation(session, actor.organisation_id, Fin.droits, SYSTEM, utc_now())


async def identity(database: Database, jeton: Jeton, actor: Actor) -> int:
    async with database.transaction() as session:
        return await store.end_of_identity(session, ISSUER, utc_now(), sub=actor.id, sid=None)


ENDS: tuple[End, ...] = (one, person, organisation, identity)


def people() -> list[Actor]:
    """As many animateurs, each of an organisation of its own."""
    return [Actor(f"a-{n}", ANIMATEUR.roles, new_id(), ANIMATEUR.departements) for n in range(SESSIONS)]


async def test_a_thousand_sessions_ended_at_work_are_refused_at_the_next_request(hub: Hub) -> None:
    database = Database(hub.database_url("orientation"), service="orientation")
    everybody = people()
    async with database.transaction() as session:
        jetons = [await store.open_session(session, a, utc_now(), Fournisseur(ISSUER, a.id)) for a in everybody]
    waiting = list(enumerate(zip(everybody, jetons, strict=True)))
    refused, worked = 0, 0

    async def work(client: httpx2.AsyncClient) -> None:
        nonlocal refused, worked
        while waiting:
            number, (actor, jeton) = waiting.pop()
            cookie, page = {"Cookie": f"{COOKIE}={jeton.cookie}"}, PAGES[number % len(PAGES)]
            assert (await client.get(page, headers=cookie)).status_code == 200
            # Requests of this session are under way, at all three services, while it is ended.
            under_way = [asyncio.ensure_future(client.get(each, headers=cookie)) for each in PAGES]
            assert await ENDS[number % len(ENDS)](database, jeton, actor) == 1
            after = [(await client.get(each, headers=cookie)).status_code for each in (page, PAGES[(number + 1) % len(PAGES)])]
            assert after == [401, 401], f"{number}: {after}"
            assert {answer.status_code for answer in await asyncio.gather(*under_way)} <= {200, 401}
            refused, worked = refused + len(after), worked + 1

    try:
        async with httpx2.AsyncClient(base_url=hub.url, timeout=30, trust_env=False) as client, asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work(client))
    finally:
        await database.close()
    assert (worked, refused) == (SESSIONS, 2 * SESSIONS)


def test_a_dirigeants_session_ends_everywhere_too(hub: Hub) -> None:
    with signed_in(hub, dirigeant(UUID(int=1))) as client:
        pages = ("/signalement/mes-sessions", "/cellule/diagnostics")
        assert [client.get(page).status_code for page in pages] == [200, 200]
        assert client.get("/orientation/mes-sessions").status_code == 403
        gone = client.post("/orientation/deconnexion")
        assert (gone.status_code, "Max-Age=0" in gone.headers["set-cookie"]) == (303, True)
        # The client keeps the cookie all the same, as somebody might who had seen it.
        assert [client.get(page, headers=JSON).status_code for page in pages] == [401, 401]
    with signed_in(hub, dirigeant(UUID(int=2))) as client:
        assert client.post("/signalement/mes-sessions/fin").status_code == 303
        assert [client.get(page, headers=JSON).status_code for page in pages] == [401, 401]


def test_nobody_is_let_in_while_the_owner_of_the_session_is_away(hub: Hub) -> None:
    with signed_in(hub, ANIMATEUR) as client:
        hub.stop_program("orientation-worker")
        try:
            away = client.get("/signalement/api/v1/dossiers")
            assert (away.status_code, away.json()["type"]) == (503, "urn:relais:erreur:service-injoignable")
            page = client.get("/cellule/diagnostics", headers={"Accept": "text/html"})
            assert page.status_code == 503
            assert "momentanément indisponible" in page.text
            # Its owner still knows its own.
            assert client.get("/orientation/api/v1/orientations").status_code == 200
        finally:
            hub.start_program("orientation-worker")
        deadline = time.monotonic() + 60
        while (back := client.get("/signalement/api/v1/dossiers").status_code) == 503 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert back == 200
