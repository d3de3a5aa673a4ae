"""Sessions in their owner's database: opened, seen, listed, ended one by one and together, and what the log says of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pydantic import TypeAdapter
from sqlalchemy import text

from common import sessions_store as store
from common.actor import SYSTEM, Actor
from common.clock import utc_now
from common.database import Database
from common.errors import NonAuthentifie
from common.sessions import LIMITES, Fin, Fournisseur, Jeton
from common.sessions_worker import sweep
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.partenaires.store import find_acteur
from orientation.settings import OrientationSettings
from tests.orientation.monde import AGENT, AGENT_APPUI, ANNUAIRE, ISSUER, MANAGER
from tests.sessions import COOKIE, AsyncBrowser

IDP = Fournisseur("https://idp.example", "sub-1", "sid-1", "un.id.token")


async def open_one(database: Database, actor: Actor, now: datetime, fournisseur: Fournisseur | None = None) -> Jeton:
    async with database.transaction() as session:
        return await store.open_session(session, actor, now, fournisseur)


async def bearer(database: Database, jeton: Jeton, now: datetime) -> Actor | None:
    try:
        return Actor.from_claims(await store.find(database.direct.fetch, jeton.owner, jeton.empreinte, now))
    except NonAuthentifie:
        return None


async def log_of(database: Database) -> list[tuple[str, str]]:
    async with database.transaction() as session:
        query = "SELECT action, acteur_id FROM audit_entries WHERE action LIKE 'session.%' ORDER BY at, id"
        return [(row.action, row.acteur_id) for row in (await session.execute(text(query))).all()]


async def test_whoever_bears_a_session_is_who_was_signed_in(orientation_db: Database) -> None:
    now = utc_now()
    jeton = await open_one(orientation_db, AGENT, now)
    assert await bearer(orientation_db, jeton, now) == AGENT
    assert await bearer(orientation_db, Jeton.new("orientation"), now) is None
    assert await bearer(orientation_db, replace(jeton, owner="signalement"), now) is None
    assert await log_of(orientation_db) == [("session.ouvrir", AGENT.id)]


async def test_nothing_kept_can_be_borne_or_read(orientation_db: Database) -> None:
    jeton = await open_one(orientation_db, AGENT, utc_now(), IDP)
    async with orientation_db.transaction() as session:
        row = (await session.execute(text("SELECT sessions::text AS kept FROM sessions"))).one()
        assert await store.fournisseur_of(session, jeton) == IDP
        assert await store.fournisseur_of(session, Jeton.new("orientation")) is None
    assert jeton.secret not in row.kept
    assert "un.id.token" not in row.kept


async def test_a_session_is_kept_by_use_until_its_end(orientation_db: Database) -> None:
    limites, now = LIMITES["orientation"], utc_now()
    jeton = await open_one(orientation_db, AGENT, now)
    step = limites.inactivite - timedelta(minutes=1)
    moment = now
    while moment + step < now + limites.duree:
        moment += step
        assert await bearer(orientation_db, jeton, moment)
    assert await bearer(orientation_db, jeton, now + limites.duree) is None
    idle = await open_one(orientation_db, AGENT, now)
    assert await bearer(orientation_db, idle, now + limites.inactivite) is None


async def test_that_somebody_was_here_is_written_once_a_minute(orientation_db: Database) -> None:
    now = utc_now()
    jeton = await open_one(orientation_db, AGENT, now)
    seen = []
    for seconds in (1, 59, 60, 100, 121):
        await bearer(orientation_db, jeton, now + timedelta(seconds=seconds))
        async with orientation_db.transaction() as session:
            seen.append((await session.execute(text("SELECT vue_at FROM sessions"))).scalar_one() - now)
    assert [s.total_seconds() for s in seen] == [0, 0, 60, 60, 121]


async def test_a_page_that_only_follows_keeps_no_session_alive(orientation_db: Database) -> None:
    now = utc_now()
    jeton, limites = await open_one(orientation_db, AGENT, now), LIMITES["orientation"]
    later = now + limites.inactivite - timedelta(seconds=1)
    await store.find(orientation_db.direct.fetch, "orientation", jeton.empreinte, later, passif=True)
    assert await bearer(orientation_db, jeton, now + limites.inactivite) is None


async def test_each_way_of_ending_ends_its_own_and_says_why(orientation_db: Database) -> None:
    now = utc_now()
    ends: list[tuple[Fin, Any]] = [
        (Fin.deconnexion, lambda s, j: store.end(s, j.empreinte, Fin.deconnexion, AGENT, now)),
        (Fin.droits, lambda s, j: store.end_of_persons(s, [AGENT.id], Fin.droits, MANAGER, now)),
        (Fin.droits, lambda s, j: store.end_of_organisation(s, AGENT.organisation_id, Fin.droits, SYSTEM, now)),  # type: ignore[arg-type]
        (Fin.fournisseur, lambda s, j: store.end_of_identity(s, IDP.issuer, now, sub=IDP.sub, sid=None)),
        (Fin.fournisseur, lambda s, j: store.end_of_identity(s, IDP.issuer, now, sub=None, sid=IDP.sid)),
        (Fin.fournisseur, lambda s, j: store.end_of_identity(s, IDP.issuer, now, sub=IDP.sub, sid=IDP.sid)),
    ]
    for fin, end in ends:
        jeton = await open_one(orientation_db, AGENT, now, IDP)
        other = await open_one(orientation_db, AGENT_APPUI, now, replace(IDP, sub="sub-2", sid="sid-2"))
        async with orientation_db.transaction() as session:
            assert await end(session, jeton) == 1
            assert await end(session, jeton) == 0
        assert await bearer(orientation_db, jeton, now) is None
        assert await bearer(orientation_db, other, now) == AGENT_APPUI
        assert (await log_of(orientation_db))[-1][0] == fin.action
        async with orientation_db.transaction() as session:
            await store.end(session, other.empreinte, Fin.deconnexion, AGENT_APPUI, now)
            kept = (await session.execute(text("SELECT count(id_token) FROM sessions"))).scalar_one()
            assert kept == 0, "what has ended needs no hint any more"
    async with orientation_db.transaction() as session:
        with pytest.raises(ValueError, match="named"):
            await store.end_of_identity(session, IDP.issuer, now, sub=None, sid=None)


async def test_an_ending_that_is_rolled_back_has_not_happened(orientation_db: Database) -> None:
    now = utc_now()
    jeton = await open_one(orientation_db, AGENT, now)
    with pytest.raises(RuntimeError):
        async with orientation_db.transaction() as session:
            await store.end_of_persons(session, [AGENT.id], Fin.droits, SYSTEM, now)
            assert await bearer(orientation_db, jeton, now) == AGENT, "before the commit the others see it open"
            raise RuntimeError
    assert await bearer(orientation_db, jeton, now) == AGENT


async def test_the_sweep_ends_what_is_over_and_forgets_what_is_old(orientation_db: Database) -> None:
    now, limites = utc_now(), LIMITES["orientation"]
    long_ago = await open_one(orientation_db, AGENT, now - limites.duree)
    idle = await open_one(orientation_db, AGENT, now - limites.inactivite)
    young = await open_one(orientation_db, AGENT, now)
    await sweep(orientation_db, lambda: now)
    async with orientation_db.transaction() as session:
        rows = (await session.execute(text("SELECT empreinte, fin FROM sessions"))).all()
    fins = {row.empreinte: row.fin for row in rows}
    assert (fins[long_ago.empreinte], fins[idle.empreinte], fins[young.empreinte]) == ("duree", "inactivite", None)
    ended = [action for action, acteur in await log_of(orientation_db) if acteur == SYSTEM.id]
    assert sorted(ended) == [Fin.duree.action, Fin.inactivite.action]
    await sweep(orientation_db, lambda: now + store.KEPT_FOR + timedelta(seconds=1))
    async with orientation_db.transaction() as session:
        assert (await session.execute(text("SELECT empreinte FROM sessions"))).scalars().all() == [young.empreinte]


@pytest.mark.parametrize(
    ("change", "signed_out"),
    [
        ({"membres": [{"roles": ["agent", "manager"]}]}, True),
        ({"membres": [{"roles": ["agent"], "prenom": "Autre"}]}, False),
        ({"actif": False}, True),
        ({"departements": ["30"]}, True),
        ({"nom": "Fonds autrement"}, False),
    ],
)
async def test_other_rights_end_the_sessions_of_their_bearer(
    orientation_db: Database, annuaire: None, change: dict[str, Any], signed_out: bool
) -> None:
    now = utc_now()
    async with orientation_db.transaction() as session:
        agent = await find_acteur(session, ISSUER, "fonds-agent")
    jeton = await open_one(orientation_db, agent, now)
    fonds = next(one for one in ANNUAIRE if any(m["sub"] == "fonds-agent" for m in one.get("membres", ())))
    member = next(m for m in fonds["membres"] if m["sub"] == "fonds-agent")
    changed = fonds | change | ({"membres": [member | change["membres"][0]]} if "membres" in change else {})
    async with orientation_db.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python([changed]), ISSUER, now)
    assert (await bearer(orientation_db, jeton, now) is None) is signed_out


@pytest.fixture
async def service(settings: OrientationSettings, annuaire: None) -> AsyncIterator[httpx2.ASGITransport]:
    """The service as it is, which looks its sessions up itself."""
    app = create(settings)
    async with app.router.lifespan_context(app):
        yield httpx2.ASGITransport(app)


def browser(service: httpx2.ASGITransport, settings: OrientationSettings, jeton: Jeton | None) -> AsyncBrowser:
    """A browser with this session."""
    origin = settings.public_url
    cookies = {COOKIE: jeton.cookie} if jeton else {}
    return AsyncBrowser(transport=service, base_url=origin, headers={"Origin": origin}, cookies=cookies)


async def test_a_form_needs_the_token_of_its_own_session(
    orientation_db: Database, service: httpx2.ASGITransport, settings: OrientationSettings
) -> None:
    now = utc_now()
    mine, theirs = await open_one(orientation_db, AGENT, now), await open_one(orientation_db, AGENT_APPUI, now)
    async with browser(service, settings, mine) as client:
        for sent in ("", theirs.csrf, mine.csrf[:-1], "é"):
            answer = await client.post("/orientation/deconnexion", data={"csrf": sent})
            assert answer.status_code == 403, sent
        bare = await client.post("/orientation/deconnexion", content=b"", headers={"Content-Type": "text/plain"})
        assert bare.status_code == 403
        for headers in (
            {"Origin": "https://ailleurs.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            assert (await client.post("/orientation/deconnexion", headers=headers)).status_code == 403, headers
        assert await bearer(orientation_db, mine, now) == AGENT
        assert (await client.post("/orientation/deconnexion", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303
    assert await bearer(orientation_db, mine, now) is None
    assert await bearer(orientation_db, theirs, now) == AGENT_APPUI


async def test_a_form_of_nobody_comes_from_here_too(service: httpx2.ASGITransport, settings: OrientationSettings) -> None:
    async with browser(service, settings, None) as client:
        for headers in ({"Origin": "https://ailleurs.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await client.post("/orientation/simulateur", data={"x": "y"}, headers=headers)
            assert answer.status_code == 403, headers
        assert (await client.post("/orientation/simulateur", data={"x": "y"})).status_code == 200


async def test_a_cookie_that_was_kept_after_signing_out_opens_nothing(
    orientation_db: Database, service: httpx2.ASGITransport, settings: OrientationSettings
) -> None:
    jeton = await open_one(orientation_db, AGENT, utc_now())
    async with browser(service, settings, jeton) as client:
        assert (await client.get("/orientation/api/v1/orientations")).status_code == 200
        gone = await client.post("/orientation/deconnexion")
        assert "Max-Age=0" in gone.headers["set-cookie"]
    async with browser(service, settings, jeton) as replaying:
        assert (await replaying.get("/orientation/api/v1/orientations")).status_code == 401
    assert [action for action, _ in await log_of(orientation_db)] == ["session.ouvrir", Fin.deconnexion.action]


async def test_ones_own_sessions_are_listed_and_ended(
    orientation_db: Database, service: httpx2.ASGITransport, settings: OrientationSettings
) -> None:
    now = utc_now()
    here, there = [await open_one(orientation_db, AGENT, now - timedelta(minutes=m)) for m in (1, 9)]
    foreign = await open_one(orientation_db, AGENT_APPUI, now)
    async with orientation_db.transaction() as session:
        ids = {s.actuelle: s.id for s in await store.list_of(session, AGENT, here, now)}
        (other_id,) = [s.id for s in await store.list_of(session, AGENT_APPUI, None, now)]
    page = "/orientation/mes-sessions"
    async with browser(service, settings, here) as client:
        shown = (await client.get(page)).text
        assert all(str(one) in shown for one in ids.values())
        assert str(other_id) not in shown
        for unknown in (other_id, uuid4()):
            assert (await client.post(f"{page}/{unknown}/fin")).status_code == 404
        assert (await client.post(f"{page}/{ids[False]}/fin")).headers["location"] == f"{page}?fait=1"
        assert await bearer(orientation_db, there, now) is None
        assert (await client.get(f"{page}?fait=1")).text.count('/fin"') == 2
        assert (await client.post(f"{page}/{ids[True]}/fin")).headers["location"] == "/orientation/deconnexion"
    again = [await open_one(orientation_db, AGENT, now) for _ in range(3)]
    async with browser(service, settings, again[0]) as client:
        assert (await client.post(f"{page}/fin")).status_code == 303
    assert [await bearer(orientation_db, one, now) for one in again] == [None] * 3
    assert await bearer(orientation_db, foreign, now) == AGENT_APPUI
