"""Reconciliation: JetStream is disposable, so what a stream lacks is published again from the outbox.

Two signs of loss are looked at. A stream made anew (the store was deleted) has another date of creation than the one we
remember: everything is published again, and each consumer's inbox takes what it lacks. A stream that holds fewer
messages than we published lost some: its message ids are read, and the missing ones are published again.
"""

import contextlib
from datetime import timedelta

import asyncpg
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, Header, StreamInfo
from nats.js.errors import NotFoundError

from common.logs import get_logger
from common.streams import AUDIT, streams_of

log = get_logger(__name__)

# Younger messages may still be on their way, and the server would drop them as duplicates within its window of two minutes.
SETTLED = timedelta(seconds=130)

COUNT = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL AND subject LIKE $1"
FORGET_ALL = "UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL AND subject LIKE $1"
FORGET_LOST = """
    UPDATE outbox SET published_at = NULL
    WHERE published_at < now() - $3::interval AND subject LIKE $1 AND NOT event_id = ANY($2::uuid[])
"""


class Reconciliation:
    """What the relay of one service calls at its beginning, after each lost connection and every few seconds."""

    def __init__(self, service: str, nats: Client) -> None:
        self.service = service
        self.nats = nats

    async def __call__(self, connection: asyncpg.Connection, js: JetStreamContext, *, thorough: bool) -> None:
        """Make this service's streams where they are missing, and have what they lack published again.

        Only the `thorough` check counts the messages: it reads the whole outbox.
        """
        for config in streams_of(self.service).values():
            try:
                await js.stream_info(config.name or "")
            except NotFoundError:
                await js.add_stream(config)
                log.info("stream.made", stream=config.name)
        for stream, pattern in ((self.service.upper(), f"relais.{self.service}.%"), (AUDIT, f"relais.audit.{self.service}.%")):
            # AUDIT is made by cellule; until then entries wait in the outbox.
            with contextlib.suppress(NotFoundError):
                await self._check(connection, js, stream, pattern, thorough=thorough)

    async def _check(
        self, connection: asyncpg.Connection, js: JetStreamContext, stream: str, pattern: str, *, thorough: bool
    ) -> None:
        subject = pattern.replace("%", ">")
        info = await js.stream_info(stream, subjects_filter=subject)
        created = str(info.created)
        known = await connection.fetchval("SELECT created FROM relay_state WHERE stream = $1", stream)
        if known != created:
            async with connection.transaction():
                again = await connection.execute(FORGET_ALL, pattern) if known else "UPDATE 0"
                await connection.execute(
                    "INSERT INTO relay_state VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET created = excluded.created",
                    stream,
                    created,
                )
            log.info("stream.new", stream=stream, republish=again)
        elif thorough and _messages(info) < await connection.fetchval(COUNT, pattern):
            await self._republish_lost(connection, stream, subject, pattern)

    async def _republish_lost(self, connection: asyncpg.Connection, stream: str, subject: str, pattern: str) -> None:
        if stream == AUDIT:
            # No service may read the others' entries; all of its own go again, and the witness keeps what it lacks.
            again = await connection.execute(FORGET_ALL, pattern)
        else:
            ids = await self._ids_in(stream, subject)
            again = await connection.execute(FORGET_LOST, pattern, ids, SETTLED)
        log.warning("stream.lost_messages", stream=stream, republish=again)

    async def _ids_in(self, stream: str, subject: str) -> list[str]:
        """The message ids that the stream still holds, read with headers only."""
        js = self.nats.jetstream(timeout=5)
        config = ConsumerConfig(filter_subject=subject, headers_only=True, ack_policy=AckPolicy.NONE, inactive_threshold=10)
        subscription = await js.pull_subscribe(subject, stream=stream, config=config)
        ids: list[str] = []
        try:
            while True:
                messages = await subscription.fetch(1000, timeout=1)
                ids += [message.headers[Header.MSG_ID] for message in messages if message.headers]
                if messages[-1].metadata.num_pending == 0:
                    return ids
        except NatsTimeout:
            return ids
        finally:
            await subscription.unsubscribe()


def _messages(info: StreamInfo) -> int:
    return sum((info.state.subjects or {}).values())
