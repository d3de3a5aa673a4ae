"""The barest pipeline: asyncpg outbox insert, relay, JetStream, inbox insert, signed aiohttp POST. No checks, no recovery.

As in the hub, one process writes, one relays and one listens and posts: `python -m tests.bench.bare relay|listen`.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
import nats
from nats.aio.msg import Msg
from standardwebhooks import Webhook

from common.clock import new_id

SCHEMA = """
    CREATE TABLE IF NOT EXISTS outbox (seq bigserial PRIMARY KEY, id uuid NOT NULL, body text NOT NULL, published timestamptz);
    CREATE INDEX IF NOT EXISTS pending ON outbox (seq) WHERE published IS NULL;
    CREATE TABLE IF NOT EXISTS referral (id uuid PRIMARY KEY, state text NOT NULL);
    CREATE TABLE IF NOT EXISTS inbox (id uuid PRIMARY KEY);
"""
# A referral and its event in one statement, one transaction, one wake-up: the least that a hub must write.
INSERT = """
    WITH r AS (INSERT INTO referral VALUES ($1, 'envoyee')), o AS (INSERT INTO outbox (id, body) VALUES ($1, $2))
    SELECT pg_notify('outbox', '')
"""
SUBJECT = "bare.sent"


async def write(pool: Any) -> str:
    """Commit one referral; returns its id."""
    identifier = new_id()
    body = json.dumps({"id": str(identifier), "type": "orientation.envoyee", "date": datetime.now(UTC).isoformat()})
    await pool.execute(INSERT, identifier, body)
    return str(identifier)


async def relay(dsn: str, nats_url: str, user: str, password: str) -> None:
    """Publish what the outbox holds, for ever."""
    connection = await asyncpg.connect(dsn)
    js = (await nats.connect(nats_url, user=user, password=password)).jetstream()
    wake = asyncio.Event()
    await connection.add_listener("outbox", lambda *_: wake.set())
    while True:
        wake.clear()
        rows = await connection.fetch("SELECT seq, id, body FROM outbox WHERE published IS NULL ORDER BY seq LIMIT 500")
        if not rows:
            await wake.wait()
            continue
        futures = []
        for row in rows:
            headers = {"Nats-Msg-Id": str(row["id"])}
            futures.append(await js.publish_async(SUBJECT, row["body"].encode(), headers=headers))
        await asyncio.gather(*futures)
        done = [row["seq"] for row in rows]
        await connection.execute("UPDATE outbox SET published = now() WHERE seq = ANY($1::bigint[])", done)


async def listen(dsn: str, nats_url: str, user: str, password: str, target: str, secret: str) -> None:
    """Hear, note in the inbox and post, for ever."""
    pool = await asyncpg.create_pool(dsn, min_size=10, max_size=10)
    client = await nats.connect(nats_url, user=user, password=password)
    webhook = Webhook(secret)
    gate = asyncio.Semaphore(50)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50))

    async def one(msg: Msg) -> None:
        async with gate:
            body = json.loads(msg.data)
            if await pool.fetchval("INSERT INTO inbox VALUES ($1) ON CONFLICT DO NOTHING RETURNING id", body["id"]):
                now = datetime.now(UTC)
                headers = {
                    "webhook-id": body["id"],
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": webhook.sign(body["id"], now, msg.data.decode()),
                }
                async with session.post(target, data=msg.data, headers=headers) as answer:
                    await answer.read()
            await msg.ack()

    tasks: set[asyncio.Task[None]] = set()

    async def on_message(msg: Msg) -> None:
        task = asyncio.create_task(one(msg))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    await client.jetstream().subscribe(SUBJECT, durable="bare", manual_ack=True, cb=on_message)
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    arguments = json.loads(sys.stdin.readline())
    uvloop.run(relay(*arguments) if sys.argv[1] == "relay" else listen(*arguments))
