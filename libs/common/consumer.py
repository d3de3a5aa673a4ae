"""Hearing events: each message ends in one of three ways, an ack after the commit, a later retry, or the dead letters.

The inbox row is in the handler's transaction, so that a message heard twice has one effect. A batch is first handled in
one transaction; when anything in it fails, each message gets its own. While a message waits for its retry, the later
ones of its aggregate wait behind it; the other aggregates go on. One that ends its process is found by `in_hand`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common import dead_letters, in_hand
from common.clock import new_id
from common.database import Database, is_away
from common.events import Event, Received, decode
from common.logs import get_logger
from common.pull import Pull
from common.streams import Durable

log = get_logger(__name__)

Handler = Callable[[AsyncSession, Received[Any]], Awaitable[None]]
Rows = Sequence[Mapping[str, Any]]

TAKE = text("""
    INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(CAST(:ids AS uuid[]))
    ON CONFLICT DO NOTHING RETURNING event_id
""")
TAKE_AND_ADD = """
    WITH new AS (
        INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id
    ), heard AS (SELECT r.* FROM json_to_recordset($3) AS r({columns}) JOIN new USING (event_id))
    {statement}
"""
# A task begins, the client writes into its buffer, the buffer goes to the socket: each takes a turn of the loop.
TURNS = 3


@dataclass(frozen=True, slots=True)
class Grouped:
    """A handler for the hot paths: it is given the events of its kinds that come one after the other, in their order."""

    handle: Callable[[AsyncSession, Sequence[Received[Any]]], Awaitable[None]]

    async def __call__(self, session: AsyncSession, received: Received[Any]) -> None:
        """Handle one event, as a replay does."""
        await self.handle(session, [received])


@dataclass(frozen=True, slots=True)
class Adding:
    """A handler that only adds rows, where every millisecond counts: it is one statement with the inbox's own.

    `rows` gives what `statement`, an INSERT … SELECT, finds in the table `heard`; `columns` are its names and types, among them
    `event_id`, by which an event heard before adds nothing. `statement` may begin with a comma and more of the same WITH. Where
    it is the whole transaction, the rows are first given to `prepare`, and what it returns, once committed, to `after`.
    """

    columns: str
    statement: str
    rows: Callable[[Sequence[Received[Any]]], Rows]
    prepare: Callable[[Rows], Rows] = lambda rows: rows
    after: Callable[[Rows], None] = lambda _: None

    async def alone(self, database: Database, durable: str, batch: Sequence[Received[Any]]) -> None:
        """Add what follows from these events, which have nothing else to do, unless they were heard before."""
        statement = TAKE_AND_ADD.format(columns=self.columns, statement=self.statement)
        found = self.rows(batch)
        # What that began to ask of another service leaves before this goes on.
        for _ in range(TURNS):
            await asyncio.sleep(0)
        rows = as_json(self.prepare(found))
        self.after(await database.direct.fetch(statement, durable, [one.id for one in batch], rows))

    async def handle(self, session: AsyncSession, batch: Sequence[Received[Any]]) -> None:
        """Add what follows from these events, in a transaction that has more to do."""
        heard = f"WITH heard AS (SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r({self.columns}))"  # noqa: S608 - constants.
        await session.execute(text(f"{heard} {self.statement}"), {"rows": as_json(self.rows(batch))})

    async def __call__(self, session: AsyncSession, received: Received[Any]) -> None:
        """Handle one event, as a replay does."""
        await self.handle(session, [received])


def as_json(rows: Rows) -> str:
    """Rows as PostgreSQL reads them: ids and moments in their text form."""
    return json.dumps(rows, default=str)


Handlers = Mapping[type[Event], Handler | Grouped | Adding]

MAX_TRIES = 5
RETRY_SECONDS = (0.1, 0.3, 0.6, 1.0)
HANDLER_SECONDS = 10


class HandlerTooSlow(Exception):
    """A handler took longer than `HANDLER_SECONDS`; it was cancelled and its transaction rolled back."""


@dataclass(slots=True)
class Incoming:
    """A message with what could be read of it: `received`, or the `error` met in reading."""

    msg: Msg
    received: Received[Event] | None
    error: Exception | None = None
    # Somebody was given it before, who left no outcome.
    again: bool = False

    @property
    def key(self) -> str:
        """What distinguishes this message: its event's id, or its place in the stream."""
        return str(self.received.id) if self.received else f"{self.msg.metadata.stream}:{self.msg.metadata.sequence.stream}"

    @property
    def aggregate(self) -> str:
        """What this message must stay in order with."""
        return self.received.event.aggregate_id if self.received else self.key


def read(msg: Msg, *, again: bool = False) -> Incoming:
    """Read a message; what cannot be read is kept with its error, for the dead letters."""
    try:
        return Incoming(msg, decode(msg.data), again=again)
    except Exception as error:
        return Incoming(msg, None, error, again)


class Consumer:
    """One durable consumer of one service."""

    def __init__(self, durable: Durable, nats: Client, database: Database, handlers: Handlers) -> None:
        self.durable = durable
        self.nats = nats
        self.database = database
        self.handlers = handlers
        self.tries: dict[str, int] = {}
        self.stuck: dict[str, str] = {}
        self.after_commit: Callable[[], None] = lambda: None
        self.process_id = new_id()
        # Shared by the consumers of a process: whom its death is put down to was the only one written down.
        self.turn = asyncio.Lock()

    async def run(self) -> None:
        """Hear until cancelled. After a failure of PostgreSQL or NATS, all since the last ack is heard again, in its order."""
        while True:
            pull = Pull(self.nats, self.durable)
            async with aclosing(pull.batches()) as batches:
                try:
                    async for batch in batches:
                        await self.process([read(msg, again=pull.given_before(msg)) for msg in batch])
                except Exception as error:
                    if not (is_away(error) or isinstance(error, NatsError)):
                        raise
                    log.warning("consumer.interrupted", durable=self.durable.name, error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def process(self, batch: list[Incoming]) -> None:
        """Bring each message of a batch to one of its three ends."""
        work: list[Incoming] = []
        for incoming in batch:
            if incoming.received and type(incoming.received.event) not in self.handlers:
                await incoming.msg.ack()
            elif self.stuck.get(incoming.aggregate, incoming.key) != incoming.key:
                await incoming.msg.nak(delay=0.5)
            else:
                # What failed here before has not ended this process: it comes again because it was sent back.
                incoming.again = incoming.again and incoming.key not in self.tries
                work.append(incoming)
        together, alone = await self._rounds(work)
        await self._together(together)
        for incoming, deaths in alone:
            if in_hand.condemned(deaths):
                await self._bury(incoming, in_hand.ProcessDied(), deaths)
                await in_hand.strike(self.database, self.durable.name, [incoming.key])
            else:
                await self._process_one(incoming)

    async def _rounds(self, work: list[Incoming]) -> tuple[list[Incoming], list[tuple[Incoming, int]]]:
        """Who goes together, and who alone because processes ended with it, with how many of them."""
        again = [incoming.key for incoming in work if incoming.again]
        if not again:
            return work, []
        deaths = await in_hand.deaths_of(self.database, self.durable.name, again, self.process_id)
        together, alone = in_hand.rounds(work, deaths)
        return together, [(incoming, deaths.get(incoming.key, 0)) for incoming in alone]

    async def _together(self, work: list[Incoming]) -> None:
        if not work:
            return
        if not self.stuck and all(incoming.received for incoming in work):
            try:
                await self._handle(work)
            except Exception as error:
                if is_away(error):
                    raise
                log.info("consumer.batch_split", durable=self.durable.name, size=len(work), error=type(error).__name__)
            else:
                await self._ack(work)
                return
        for incoming in work:
            await self._process_one(incoming)

    async def _handle(self, work: list[Incoming]) -> None:
        """Handle these messages in one transaction; those that the inbox knows have had their effect.

        What somebody was given before is written down meanwhile.
        """
        again = [incoming.key for incoming in work if incoming.again]
        if not again:
            await self._handle_in_time(work)
            return
        async with self.turn:
            await in_hand.take(self.database, self.durable.name, again, self.process_id)
            try:
                await self._handle_in_time(work)
            finally:
                await in_hand.strike(self.database, self.durable.name, again)

    async def _handle_in_time(self, work: list[Incoming]) -> None:
        received = [incoming.received for incoming in work if incoming.received]
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                await self._handle_in_transaction(received)
        except TimeoutError as error:
            # TimeoutError is an OSError: left as it is, a slow handler would pass for a database that is away.
            if await self.database.answers():
                raise HandlerTooSlow from error
            raise
        self.after_commit()

    async def _handle_in_transaction(self, received: list[Received[Event]]) -> None:
        handlers = {self.handlers[type(one.event)] for one in received}
        adding = handlers.pop() if len(handlers) == 1 else None
        if isinstance(adding, Adding):
            # The same event may be in a batch twice.
            await adding.alone(self.database, self.durable.name, list({one.id: one for one in received}.values()))
            return
        async with self.database.transaction() as session:
            rows = await session.execute(TAKE, {"consumer": self.durable.name, "ids": [r.id for r in received]})
            new = set(rows.scalars())
            # The same event may be in a batch twice.
            first = {one.id: one for one in received if one.id in new}
            for handler, group in groupby(first.values(), lambda one: self.handlers[type(one.event)]):
                if isinstance(handler, Grouped | Adding):
                    await handler.handle(session, list(group))
                else:
                    for one in group:
                        await handler(session, one)

    async def _ack(self, work: list[Incoming]) -> None:
        for incoming in work:
            self.tries.pop(incoming.key, None)
            if self.stuck.get(incoming.aggregate) == incoming.key:
                del self.stuck[incoming.aggregate]
            await incoming.msg.ack()

    async def _process_one(self, incoming: Incoming) -> None:
        if self.stuck.get(incoming.aggregate, incoming.key) != incoming.key:
            await incoming.msg.nak(delay=0.5)
            return
        error: Exception
        try:
            if incoming.error:
                raise incoming.error
            await self._handle([incoming])
        except Exception as failure:
            if is_away(failure):
                # The database's trouble is not the message's. Going on might have a later one of its aggregate heard first.
                raise
            error = failure
        else:
            await self._ack([incoming])
            return
        tries = self.tries[incoming.key] = self.tries.get(incoming.key, 0) + 1
        if tries >= MAX_TRIES:
            await self._bury(incoming, error, tries)
            return
        self.stuck[incoming.aggregate] = incoming.key
        await incoming.msg.nak(delay=RETRY_SECONDS[tries - 1])

    async def _bury(self, incoming: Incoming, error: Exception, tries: int) -> None:
        await dead_letters.bury(self.database, self.durable.name, incoming.key, incoming.msg, error, tries)
        self.tries.pop(incoming.key, None)
        self.stuck.pop(incoming.aggregate, None)
        await incoming.msg.term()
