"""The deliverer of webhooks: what `dispatch.loop` does for deliveries."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
from aiohttp import ClientSession

from common.clock import Clock, utc_now
from common.coffre import Coffre
from notifications.livraisons import store
from notifications.livraisons.envoi import message_id, poster, signed_headers
from notifications.livraisons.places import SLOW_SECONDS, Places
from notifications.livraisons.store import Claimed, Outcome
from notifications.webhooks.domain import decider


class Livreur:
    """Delivers what is due. `plan` is the schedule of waits in seconds."""

    def __init__(
        self, http: ClientSession, coffre: Coffre, plan: Sequence[float], places: Places, clock: Clock = utc_now
    ) -> None:
        self.http = http
        self.coffre = coffre
        self.plan = plan
        self.places = places
        self.clock = clock

    async def release(self, connection: asyncpg.Connection) -> None:
        """Free the claims of the dead and the overdue."""
        await store.release(connection, self.clock())

    async def claim(self, connection: asyncpg.Connection, holder: int) -> list[Coroutine[Any, Any, Outcome]]:
        """Claim as many due deliveries as there are places, none beyond its endpoint's share."""
        if self.places.free <= 0:
            return []
        rows = await store.claim(connection, holder, self.clock(), self.places.free, self.places.limits())
        for row in rows:
            self.places.take(row.webhook_id)
        return [self._deliver(row) for row in rows]

    async def write(self, connection: asyncpg.Connection, results: list[Outcome]) -> None:
        """Write what came of these deliveries."""
        await store.write(connection, results, self.clock())

    async def _deliver(self, row: Claimed) -> Outcome:
        aside = False

        def too_long() -> None:
            nonlocal aside
            aside = self.places.step_aside(row.webhook_id)

        timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, too_long)
        answered = False
        try:
            now = self.clock()
            secrets = [self.coffre.ouvrir(secret) for secret in row.secrets.valables(now)]
            headers = signed_headers(message_id(row.event_id, row.webhook_id), secrets, row.corps, now)
            reponse = await poster(self.http, row.url, headers, row.corps)
            answered = reponse.livree
        finally:
            timer.cancel()
            self.places.give_back(row.webhook_id, answered=answered, was_aside=aside)
        now = self.clock()
        suite = decider(row.tentatives + 1, reponse, now, random.random(), self.plan)  # noqa: S311 - jitter.
        return Outcome(row.seq, row.webhook_id, row.tentatives, reponse, suite, now)
