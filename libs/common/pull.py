"""Pulling messages without pause, and noticing when a pull has died.

The library's `fetch` waits for a full batch before it gives the first message, its `next_msg` starts a task for each, and a
pull subscription may stay dead after a restart of the server. Here requests linger on the server, whatever has come is
given at once, and a silence longer than a request may last makes the subscription, and the durable itself if it is gone,
anew. Each begins where everything before has been acknowledged: what a dead process or a lost connection had taken comes again
at once and before what is newer, so that the order of a case's events is kept.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import APIError, NotFoundError

from common.ending import heed
from common.logs import get_logger
from common.streams import Durable, consumer_config

log = get_logger(__name__)

BATCH = 100
EXPIRES_SECONDS = 2


class Pull:
    """The messages of one durable consumer, in batches as they come."""

    def __init__(self, nats: Client, durable: Durable) -> None:
        self.nats = nats
        self.durable = durable
        self.js = nats.jetstream(timeout=5)
        # Up to where messages had been given to somebody, by their place in the stream, when this began.
        self.given_up_to = 0

    async def batches(self) -> AsyncGenerator[list[Msg], None]:
        """Yield batches of one to `BATCH` messages until cancelled; lost connections and stores are waited out."""
        while True:
            heed()
            subscription: Subscription | None = None
            try:
                await self._ensure_durable()
                await self._begin_at_the_floor()
                # Never more than was asked for: the server sends a batch a request.
                come: asyncio.Queue[Msg] = asyncio.Queue()
                subscription = await self.nats.subscribe(self.nats.new_inbox(), cb=come.put)
                async for batch in self._pull(subscription, come):
                    yield batch
            except (NatsError, OSError, TimeoutError) as error:
                log.info("pull.again", durable=self.durable.name, error=type(error).__name__)
                await asyncio.sleep(0.3)
            finally:
                if subscription is not None and self.nats.is_connected:
                    await subscription.unsubscribe()

    async def _ensure_durable(self) -> None:
        try:
            info = await self.js.consumer_info(self.durable.stream, self.durable.name)
            self.given_up_to = info.delivered.stream_seq if info.delivered else 0
        except NotFoundError:
            await self.js.add_consumer(self.durable.stream, consumer_config(self.durable))
            self.given_up_to = 0
            log.info("durable.made", durable=self.durable.name)

    async def _begin_at_the_floor(self) -> None:
        # Left alone, the server gives the newer messages first, and those that were taken only once their wait is over.
        reply = await self.nats.request(f"$JS.API.CONSUMER.RESET.{self.durable.stream}.{self.durable.name}", timeout=5)
        if error := json.loads(reply.data).get("error"):
            raise APIError.from_error(error)

    def given_before(self, msg: Msg) -> bool:
        """Whether somebody was given this message before, and left no outcome: the server counts anew after its reset."""
        about = msg.metadata
        return about.num_delivered > 1 or about.sequence.stream <= self.given_up_to

    async def _pull(self, subscription: Subscription, come: asyncio.Queue[Msg]) -> AsyncIterator[list[Msg]]:
        asked = 0
        busy = False
        while True:
            heed()
            if asked <= 0:
                await self._ask(subscription)
                asked = BATCH
            # A live request answers or expires within its time; beyond that the subscription is dead.
            async with asyncio.timeout(EXPIRES_SECONDS + 2):
                messages = [await come.get()]
            if gather := self.durable.gather_seconds(busy=busy):
                await asyncio.sleep(gather)
            while not come.empty():
                messages.append(come.get_nowait())
            batch: list[Msg] = []
            for msg in messages:
                if is_status(msg):
                    _raise_on_gone(msg)
                    asked = 0
                else:
                    batch.append(msg)
            asked -= len(batch)
            busy = len(batch) > 2
            if batch:
                yield batch

    async def _ask(self, subscription: Subscription) -> None:
        request = {"batch": BATCH, "expires": EXPIRES_SECONDS * 1_000_000_000}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.durable.stream}.{self.durable.name}"
        await self.nats.publish(subject, json.dumps(request).encode(), reply=subscription.subject)


def is_status(msg: Msg) -> bool:
    """Whether the server talks about the request itself instead of giving a message."""
    return bool(msg.headers) and not msg.data and "Status" in (msg.headers or {})


def _raise_on_gone(msg: Msg) -> None:
    """A request that ran out (404, 408) is asked again; a consumer that is gone (409, 503) is made again."""
    if (msg.headers or {}).get("Status") not in ("404", "408"):
        raise NatsTimeout
