"""Recording facts: an event joins the transaction that makes it true.

What a use case records is written with everything else by `common.writes`, just before the commit: the row is there if and
only if the change is. NOTIFY only wakes the relay.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import writes
from common.clock import new_id
from common.events.base import Event, encode

CHANNEL = writes.CHANNEL
COLUMNS = "event_id uuid, subject text, aggregate_id text, body text"
SERVICE = "service"


def record(session: AsyncSession, event: Event, *, sequence: int, now: datetime, event_id: UUID | None = None) -> UUID:
    """Record that `event` happened at `now`; `sequence` is its aggregate's version after it. Returns the event's id.

    Raises ValueError for another service's event.
    """
    subject, service = event.subject(), session.info[SERVICE]
    if not subject.startswith((f"relais.{service}.", f"relais.audit.{service}.")):
        raise ValueError(f"{service} may not publish {subject}")
    event_id = event_id or new_id()
    body = encode(event, event_id, sequence, now)
    row = {"event_id": event_id, "subject": subject, "aggregate_id": event.aggregate_id, "body": body}
    writes.add(session, CHANNEL, COLUMNS, row)
    return event_id
