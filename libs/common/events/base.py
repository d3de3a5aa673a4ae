"""What an event is: a frozen fact in the past tense, one definition for all who publish or hear it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt

REGISTRY: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """Base of all events. A subclass names its service, capability, fact and version, and the field of its aggregate.

    Optional fields may be added to a published event; any other change is a new version beside the old one.
    Never a name, a SIREN, a contact, a free text or an amount that identifies.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: ClassVar[str]
    capability: ClassVar[str]
    fact: ClassVar[str]
    version: ClassVar[int] = 1
    aggregate: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "fact" in cls.__dict__:
            if cls.subject() in REGISTRY:
                raise TypeError(f"two events are called {cls.subject()}")
            REGISTRY[cls.subject()] = cls

    @classmethod
    def subject(cls) -> str:
        """The NATS subject: `relais.<service>.<capability>.<fact>.v<n>`."""
        return f"relais.{cls.service}.{cls.capability}.{cls.fact}.v{cls.version}"

    @classmethod
    def type(cls) -> str:
        """The CloudEvents type: the subject under the reversed domain."""
        return f"fr.{cls.subject()}"

    @property
    def aggregate_id(self) -> str:
        """The id of the aggregate that this fact is about; the order of events is kept for each aggregate."""
        return str(getattr(self, self.aggregate))


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as it came from the bus. `sequence` is the aggregate's version, `time` is aware, in UTC."""

    id: UUID
    event: E
    sequence: int
    time: datetime


class Envelope(BaseModel):
    """What a listener reads of CloudEvents 1.0 in structured JSON; other attributes are for others."""

    specversion: Literal["1.0"]
    id: UUID
    type: str
    time: AwareDatetime
    sequence: NonNegativeInt
    data: dict[str, Any]


def encode(event: Event, event_id: UUID, sequence: int, now: datetime, traceparent: str | None = None) -> str:
    """The event as CloudEvents 1.0 in structured JSON. `now` is aware, in UTC."""
    attributes = {
        "id": str(event_id),
        "source": f"/{event.service}",
        "type": event.type(),
        "subject": event.aggregate_id,
        "time": now.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": str(sequence),
    }
    dossier = getattr(event, "dossier_id", None)
    if dossier is not None:
        attributes["dossier"] = str(dossier)
    if traceparent:
        attributes["traceparent"] = traceparent
    return json.dumps(attributes | {"specversion": "1.0", "data": event.model_dump(mode="json")})


def decode(body: bytes) -> Received[Event]:
    """The event in a message. Raises ValueError when it is no CloudEvent or of another form, KeyError on an unknown type."""
    envelope = Envelope.model_validate_json(body)
    event = REGISTRY[envelope.type.removeprefix("fr.")].model_validate(envelope.data)
    return Received(id=envelope.id, event=event, sequence=envelope.sequence, time=envelope.time)
