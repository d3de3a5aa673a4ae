"""Dead letters: messages that failed five times, kept in PostgreSQL with their reason until somebody replays them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nats.aio.msg import Msg
from sqlalchemy import Row, text

from common.database import Database
from common.events import decode
from common.logs import get_logger

if TYPE_CHECKING:
    from common.consumer import Handlers

log = get_logger(__name__)

BURY = text("""
    INSERT INTO dead_letters (consumer, event_id, subject, body, reason, tries)
    VALUES (:consumer, :event_id, :subject, :body, :reason, :tries)
    ON CONFLICT (consumer, event_id) DO UPDATE
    SET reason = excluded.reason, tries = dead_letters.tries + excluded.tries, died_at = now(), replayed_at = NULL
""")
WAITING = text("""
    SELECT id, consumer, event_id, subject, reason, tries, died_at FROM dead_letters
    WHERE replayed_at IS NULL ORDER BY id LIMIT :limit
""")
ONE = text("SELECT consumer, body FROM dead_letters WHERE id = :id AND replayed_at IS NULL FOR UPDATE")
REPLAYED = text("UPDATE dead_letters SET replayed_at = now() WHERE id = :id")
TAKE = text("INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING 1")


async def bury(database: Database, consumer: str, key: str, msg: Msg, error: Exception, tries: int) -> None:
    """Keep a message that will not be tried again, and why: the kind of error only, whose text might hold data."""
    async with database.transaction() as session:
        await session.execute(
            BURY,
            {
                "consumer": consumer,
                "event_id": key,
                "subject": msg.subject,
                "body": msg.data.decode(errors="replace"),
                "reason": f"{type(error).__module__}.{type(error).__qualname__}",
                "tries": tries,
            },
        )
    log.error("message.dead", consumer=consumer, event_id=key, error=type(error).__name__)


async def waiting(database: Database, limit: int = 100) -> Sequence[Row[Any]]:
    """The dead letters not replayed yet, oldest first."""
    async with database.transaction() as session:
        return (await session.execute(WAITING, {"limit": limit})).all()


async def replay(database: Database, letter_id: int, handlers: "Handlers") -> bool:
    """Handle a dead letter again, once in effect. False when there is none by that id; raises what the handler raises."""
    async with database.transaction() as session:
        row = (await session.execute(ONE, {"id": letter_id})).one_or_none()
        if row is None:
            return False
        received = decode(row.body.encode())
        if (await session.execute(TAKE, {"consumer": row.consumer, "event_id": received.id})).first():
            await handlers[type(received.event)](session, received)
        await session.execute(REPLAYED, {"id": letter_id})
        return True
