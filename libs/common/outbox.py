"""Recording facts: events and audit entries join the transaction that makes them true.

What a use case records is kept on its session and written by one statement just before the commit, by
`Database.transaction`: the rows are there if and only if the change is. NOTIFY only wakes the relay.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import new_id
from common.events.base import Event, encode

PENDING = "pending_events"
CHANNEL = "outbox"

INSERT = """
    INSERT INTO outbox (event_id, subject, aggregate_id, body)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:subjects AS text[]), CAST(:aggregates AS text[]), CAST(:bodies AS text[]))
"""
QUIETLY = text(INSERT)
# One statement, so that the wake-up costs no round trip of its own.
AND_WAKE = text(f"WITH rows AS ({INSERT}) SELECT pg_notify('{CHANNEL}', '')")


def record(session: AsyncSession, event: Event, *, sequence: int, now: datetime, event_id: UUID | None = None) -> UUID:
    """Record that `event` happened at `now`; `sequence` is its aggregate's version after it. Returns the event's id."""
    event_id = event_id or new_id()
    row = (event_id, event.subject(), event.aggregate_id, encode(event, event_id, sequence, now))
    session.info.setdefault(PENDING, []).append(row)
    return event_id


async def flush(session: AsyncSession, service: str, *, notify: bool) -> None:
    """Write what was recorded on this session into its transaction. Raises ValueError for another service's event."""
    rows: list[tuple[Any, ...]] = session.info.pop(PENDING, [])
    if not rows:
        return
    for _, subject, _, _ in rows:
        if not subject.startswith((f"relais.{service}.", f"relais.audit.{service}.")):
            raise ValueError(f"{service} may not publish {subject}")
    ids, subjects, aggregates, bodies = (list(column) for column in zip(*rows, strict=True))
    values = {"ids": ids, "subjects": subjects, "aggregates": aggregates, "bodies": bodies}
    await session.execute(AND_WAKE if notify else QUIETLY, values)
