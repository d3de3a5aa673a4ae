"""One example of each event, always the same: for documents and golden files."""

import types
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from common.events.base import Event

EVENT_ID = UUID("01900000-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SEQUENCE = 7


def sample(event: type[Event]) -> Event:
    """An instance with a plain value in each field, optional ones included."""
    return event(**{name: value(field.annotation, name) for name, field in event.model_fields.items()})


def value(annotation: Any, name: str) -> Any:
    """A fixed value of that type."""
    if get_origin(annotation) in (Union, types.UnionType):
        return value(next(a for a in get_args(annotation) if a is not type(None)), name)
    if get_origin(annotation) is tuple:
        return (value(get_args(annotation)[0], name),)
    if annotation is UUID:
        return UUID(int=0x01900000_0000_7000_8000_000000000000 + sum(name.encode()))
    if annotation is datetime:
        return datetime(2026, 3, 12, 22, 59, 59, tzinfo=UTC)
    if issubclass(annotation, Enum):
        return next(iter(annotation))
    return {int: 12, bool: True, str: name}[annotation]
