"""The clock and the ids of a process; rules take them as arguments, only the edges call these."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A new time-ordered identifier (UUID version 7)."""
    return uuid_utils.compat.uuid7()
