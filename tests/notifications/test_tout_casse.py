"""50,000 events to 200 endpoints, a fifth of which misbehave, while processes are killed: nothing lost, all accounted for."""

import asyncio
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.ends import ended_by_themselves
from tests.notifications.banc import receiving, rows
from tests.notifications.foule import MANNERS, Partenaire, consentir, publier, s_abonner

from common.clock import utc_now
from common.coffre import Coffre
from common.database import Database
from notifications.livraisons import store
from relais.hub import Hub
from relais.ports import free_port

ENDPOINTS, CASES, ROUNDS, WAVES = 200, 10, 25, 5
BREAKS = ("notifications-worker", "nats", "notifications-worker", "postgres", "notifications-worker", "signalement-worker")
MEMORY_MB = 400
# Nothing that the hub does on purpose, an end of a lease included, takes as long.
SILENCE_SECONDS = 150
# A failing endpoint is tried often here, so that there is much to account for.
ENVIRONMENT = {"RELAIS_WEBHOOK_RETRY_SECONDS": "[0.2, 0.5, 1, 2, 2, 2, 2, 2, 2]", "RELAIS_WEBHOOK_PAUSE_SECONDS": "[1, 2]"}

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture
def foule_hub() -> Iterator[Hub]:
    """A hub of its own, whose programs come back when they are killed."""
    with tempfile.TemporaryDirectory(prefix="relais-foule-") as folder:
        hub = Hub(Path(folder), free_port(folder), environment=ENVIRONMENT)
        with hub:
            yield hub


class Arrivals:
    """What came to each endpoint, in its order. Those in `bad` are answered in their manner."""

    def __init__(self, partenaires: list[Partenaire]) -> None:
        bad = partenaires[::5]
        self.manners = {str(one.webhook_id): MANNERS[n % len(MANNERS)] for n, one in enumerate(bad)}
        self.healthy = [one for one in partenaires if str(one.webhook_id) not in self.manners]
        self.came: dict[str, list[str]] = defaultdict(list)
        self.seen: set[str] = set()

    async def answer(self, request: web.Request, _: int) -> web.StreamResponse:
        """Note one delivery, and answer it."""
        event_id, webhook_id = request.headers["webhook-id"].split("_")
        self.came[webhook_id].append(event_id)
        if manner := self.manners.get(webhook_id):
            return await manner(request)
        self.seen.add(event_id)
        return web.Response()


def memory_mb(pid: int) -> float:
    """The most memory that this process has held, in megabytes; 0 for one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


async def test_many_events_to_many_endpoints_while_everything_breaks(foule_hub: Hub) -> None:
    hub, partenaires = foule_hub, [Partenaire(ordonne=n % 2 == 0) for n in range(ENDPOINTS)]
    arrivals, memory = Arrivals(partenaires), 0.0
    total = len(arrivals.healthy) * CASES * ROUNDS
    notifications = Database(hub.database_url("notifications"), service="notifications", systeme=True)
    coffre = Coffre(hub.service_environment("notifications")["RELAIS_WEBHOOK_SECRET_KEYS"])
    async with receiving() as receiver:
        receiver.answer = arrivals.answer
        receiver.hits = Forgetful()
        await s_abonner(notifications, coffre, partenaires, receiver.url)
        ledger = Database(hub.database_url("signalement"), service="signalement", systeme=True)
        await consentir(ledger, partenaires, CASES)
        await ledger.close()
        for _ in range(WAVES):
            orientation = await Database(hub.database_url("orientation"), service="orientation", systeme=True).connect()
            await publier(orientation, partenaires, ROUNDS // WAVES)
            await orientation.close()
        breaks, came, since = list(BREAKS), 0, time.monotonic()
        while breaks or len(arrivals.seen) < total:
            if len(arrivals.seen) > came:
                came, since = len(arrivals.seen), time.monotonic()
            elif time.monotonic() - since > SILENCE_SECONDS:
                pytest.fail(f"{came} of {total} came, then nothing more; {breaks} left; {await standstill(hub, notifications)}")
            memory = max(memory, memory_mb(hub.pids()["notifications-worker"]))
            done = len(arrivals.seen) / total
            if breaks and done > (len(BREAKS) - len(breaks) + 1) / (len(BREAKS) + 1):
                await asyncio.to_thread(hub.kill, breaks.pop(0))
            await asyncio.sleep(0.2)
        # What the last to arrive are told is written, and the last claims of killed processes are freed.
        await asyncio.sleep(8)
        await asyncio.to_thread(hub.stop_program, "notifications-worker")
        # What was under way until the end is logged when its claim is freed, as the next process would do at its start.
        connection = await notifications.connect()
        await store.release(connection, utc_now())
        await connection.close()
        await check(notifications, arrivals)
    await notifications.close()
    assert not ended_by_themselves(hub)
    assert memory < MEMORY_MB


async def standstill(hub: Hub, notifications: Database) -> dict[str, object]:
    """Where things stand when nothing moves any more, for whoever looks for the reason."""
    lives = "SELECT etat, porteur, tentatives, echec, min(due_at) AS due, count(*) AS n FROM livraisons GROUP BY 1, 2, 3, 4"
    orientation = Database(hub.database_url("orientation"), service="orientation", systeme=True)
    found: dict[str, object] = {
        "programs": {name: info["statename"] for name, info in hub.supervisor.states().items()},
        "deliveries": await rows(notifications, lives),
        "endpoints": await rows(notifications, "SELECT etat, count(*) AS n FROM webhooks GROUP BY 1"),
        "dead letters": await rows(notifications, "SELECT consumer, reason, count(*) AS n FROM dead_letters GROUP BY 1, 2"),
        "to relay": await rows(orientation, "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL"),
        "log": (hub.layout.logs / "notifications-worker.log").read_text().splitlines()[-20:],
    }
    await orientation.close()
    return found


async def check(notifications: Database, arrivals: Arrivals) -> None:
    """Each healthy endpoint had each event, in order where it asked; whatever came to any endpoint stands in the log."""
    for one in arrivals.healthy:
        came = list(dict.fromkeys(arrivals.came[str(one.webhook_id)]))
        assert set(came) == one.attendus
        for events in one.cas.values() if one.ordonne else ():
            known = set(events)
            assert [event_id for event_id in came if event_id in known] == events
    logged = Counter[tuple[str, str]]()
    tried = "SELECT l.webhook_id, l.event_id FROM tentatives t JOIN livraisons l ON l.seq = t.livraison_seq"
    for row in await rows(notifications, tried):
        logged[str(row["webhook_id"]), str(row["event_id"])] += 1
    for webhook_id, events in arrivals.came.items():
        for event_id, times in Counter(events).items():
            assert logged[webhook_id, event_id] >= times, (webhook_id, event_id)
    healthy = [one.webhook_id for one in arrivals.healthy]
    ends = await rows(notifications, "SELECT webhook_id, etat, count(*) AS n FROM livraisons GROUP BY 1, 2")
    for healthy_id in healthy:
        assert {row["etat"]: row["n"] for row in ends if row["webhook_id"] == healthy_id} == {"livree": CASES * ROUNDS}


class Forgetful(list):  # type: ignore[type-arg]
    """Keeps nothing of the requests themselves: there are too many."""

    def append(self, _: object) -> None:
        """Forget it."""
