"""The same role elsewhere: who may ask for such things, and not for these. And every row that must not move meanwhile."""

import json
import time
from collections.abc import Iterator

import asyncpg
import httpx2

from common.actor import Actor, Role
from common.clock import new_id
from common.streams import SERVICES
from relais.hub import Hub
from tests.access.routes import Route, routes
from tests.access.world import SECRET_NAME, World
from tests.people import dirigeant, member
from tests.sessions import now

# What the hub itself records or tries meanwhile, whoever asks: none of it is what an organisation entered.
RECORDS = {
    *(
        "outbox",
        "inbox",
        "relay_state",
        "in_hand",
        "dead_letters",
        "audit_entries",
        "idempotence",
        "jetons_vus",
        "sessions",
        "alembic_version",
    ),
    *("livraisons", "tentatives", "faits", "courriels", "journal", "rejeux", "lectures", "lecteurs"),
}
# Columns that say when somebody was last seen, or how an endpoint fares.
MOVING = {"vu_at", "vu_le", "portees", "echecs", "en_echec_depuis", "dernier_echec_le", "coupe_jusqu_a", "averti", "avis"}
# Answers for one's own organisation, or about the catalogue, whose address names nothing of anybody's.
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def elsewhere() -> dict[str, Actor]:
    """One of each role that acts on cases, of another organisation, another territory, another association."""
    agent = member("france-active-bretagne", Role.agent)
    return {
        "agent of another partner": agent,
        "manager of another partner": member("france-active-bretagne", Role.manager),
        "system of another partner": Actor("si-other", frozenset({Role.machine}), agent.organisation_id),
        "animateur of another territory": member("cellule-bretagne", Role.animateur),
        "dirigeant of another association": dirigeant(new_id()),
    }


def crossings(actor: Actor) -> Iterator[Route]:
    """The routes that this role opens and that name a row: asked for what is another's."""
    for route in routes():
        if route.roles is not None and route.identifiers and route.roles & actor.roles:
            yield route


def withheld(answer: httpx2.Response, world: World, *, empty: bool = False) -> str | None:
    """What is wrong with an answer to somebody from elsewhere; None when it is refused and tells nothing.

    `empty`: a page may also come, on which there is nothing.
    """
    planted = [value for key, value in world.ids.items() if key.endswith("_id")]
    told = [value for value in (*planted, SECRET_NAME) if value in answer.text and value not in str(answer.request.url)]
    if told:
        return f"tells {told}"
    right = answer.status_code < 500 if empty else answer.status_code in (403, 404)
    return None if right else f"answered {answer.status_code}"


async def _rows(hub: Hub) -> dict[str, set[str]]:
    found = {}
    for service in SERVICES:
        bare = await asyncpg.connect(hub.database_url(service).replace("+asyncpg", ""))
        for (table,) in await bare.fetch(TABLES):
            if table not in RECORDS:
                rows = await bare.fetch(f"SELECT to_jsonb(t)::text FROM {table} t")
                found[f"{service}.{table}"] = {_still(row[0]) for row in rows}
        await bare.close()
    return found


def _still(row: str) -> str:
    values = json.loads(row)
    return json.dumps({name: value for name, value in values.items() if name not in MOVING}, sort_keys=True)


def rows(hub: Hub) -> dict[str, set[str]]:
    """Every row of every table of the four databases, once nothing moves by itself any more."""
    deadline = time.monotonic() + 60
    before = now(_rows(hub))
    while True:
        time.sleep(1)
        after: dict[str, set[str]] = now(_rows(hub))
        if after == before:
            return after
        assert time.monotonic() < deadline, moved(before, after)
        before = after


def moved(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, list[str]]:
    """What is not the same, by table."""
    return {table: sorted(before[table] ^ after[table])[:4] for table in before if before[table] != after[table]}
