"""The relay: what the outbox holds goes to JetStream, in order, and is marked as published once the server has it.

One relay works per service (a lock in PostgreSQL sees to it, whatever the number of processes). It is woken by NOTIFY
and polls twice a second all the same, so that a lost or switched-off notification only costs that delay.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Any

import asyncpg
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import APIError

from common.clock import new_id
from common.database import BARE, Database
from common.ending import heed
from common.logs import get_logger
from common.outbox import CHANNEL
from common.reconcile import Reconciliation

log = get_logger(__name__)

POLL_SECONDS = 0.5
# How often the streams are looked at, and how often their messages are counted as well.
GLANCE_SECONDS = 3.0
COUNT_SECONDS = 60.0
# Three events at once are the sign of more to come: a moment later they make one batch, with one sync to the disk.
GATHER_FROM, GATHER_SECONDS = 3, 0.025
MARK_SECONDS = 0.005
BATCH = 500
# Below a dozen messages single publishes are quicker than a batch, which costs about 4 ms to begin with.
SINGLES = 12
DUPLICATE_IN_BATCH = 10201

SELECT = """
    SELECT seq, event_id, subject, body FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT $1
"""
MARK = "UPDATE outbox SET published_at = now() WHERE seq = ANY($1::bigint[])"

Row = Any


class Relay:
    """The relay of one service. `reconcile` is run when it begins and again after each lost connection."""

    def __init__(self, database: Database, nats: Client, reconcile: Reconciliation) -> None:
        self.database = database
        self.js = nats.jetstream(timeout=5)
        self.reconcile = reconcile
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Relay until cancelled; any failure of PostgreSQL or NATS is waited out."""
        while True:
            heed()
            try:
                await self._run_connected()
            except (NatsError, *BARE) as error:
                log.warning("relay.interrupted", error=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _run_connected(self) -> None:
        connection = await self.database.connect()
        try:
            # Another process may hold the lock for hours; there is no event to wait for but its end.
            while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext('relay'))"):  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)
            # A mark that is lost only means that the stream is told again, and knows it already: nobody waits for the disk.
            await connection.execute("SET synchronous_commit = off")
            await connection.add_listener(CHANNEL, lambda *_: self.wake.set())
            await self.reconcile(connection, self.js, thorough=True)
            now = asyncio.get_running_loop().time
            glance, count = now() + GLANCE_SECONDS, now() + COUNT_SECONDS
            while True:
                heed()
                self.wake.clear()
                relayed = await self.relay_once(connection)
                if relayed >= GATHER_FROM:
                    await asyncio.sleep(GATHER_SECONDS)
                elif not relayed:
                    await self._woken(POLL_SECONDS)
                if now() > glance:
                    thorough = now() > count
                    await self.reconcile(connection, self.js, thorough=thorough)
                    glance, count = now() + GLANCE_SECONDS, now() + COUNT_SECONDS if thorough else count
        finally:
            await connection.close(timeout=2)

    async def _woken(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wake.wait()

    async def relay_once(self, connection: asyncpg.Connection) -> int:
        """Publish the oldest pending events and mark them. Returns how many there were."""
        rows = await connection.fetch(SELECT, BATCH)
        if rows:
            await publish(self.js, rows)
            # Nobody waits for the mark: who hears the event goes first, unless there is more to relay.
            await self._woken(MARK_SECONDS)
            await connection.execute(MARK, [row["seq"] for row in rows])
        return len(rows)


async def publish(js: JetStreamContext, rows: Sequence[Row]) -> None:
    """Publish these outbox rows in their order. Raises when the server did not take them all.

    An atomic batch holds one stream's messages only, so AUDIT's go apart; the order that counts is each aggregate's.
    """
    for of_audit in (False, True):
        part = [row for row in rows if row["subject"].startswith("relais.audit.") is of_audit]
        if len(part) >= SINGLES:
            try:
                await _publish_batch(js, part)
                continue
            except APIError as error:
                # One message that the stream already knows refuses the whole batch; singles are deduplicated one by one.
                if error.err_code != DUPLICATE_IN_BATCH:
                    raise
        for row in part:
            await js.publish(row["subject"], row["body"].encode(), headers={Header.MSG_ID: str(row["event_id"])})


async def _publish_batch(js: JetStreamContext, rows: Sequence[Row]) -> None:
    batch_id = new_id().hex
    for number, row in enumerate(rows[:-1], 1):
        headers = _headers(row, batch_id, number)
        if number == 1:
            # The first message of a batch is acknowledged, so that a refusal is known before the rest is sent.
            reply = await js._nc.request(row["subject"], row["body"].encode(), timeout=5, headers=headers)
            _raise_on_error(reply.data)
        else:
            await js._nc.publish(row["subject"], row["body"].encode(), headers=headers)
    last = _headers(rows[-1], batch_id, len(rows)) | {Header.BATCH_COMMIT: "1"}
    await js.publish(rows[-1]["subject"], rows[-1]["body"].encode(), headers=last)


def _headers(row: Row, batch_id: str, number: int) -> dict[str, str]:
    return {Header.MSG_ID: str(row["event_id"]), Header.BATCH_ID: batch_id, Header.BATCH_SEQUENCE: str(number)}


def _raise_on_error(body: bytes) -> None:
    error = json.loads(body).get("error") if body else None
    if error:
        raise APIError.from_error(error)
