"""Streams and durable consumers, all in this file: their names are the memory of what was already heard.

A renamed durable reads everything again, and the client ignores our configuration when the durable exists:
change a configuration here and by an explicit update, never by hand.
"""

from dataclasses import dataclass

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig

SERVICES = ("signalement", "orientation", "cellule", "notifications")

AUDIT = "AUDIT"

# Which streams each service hears. AUDIT is made by cellule, its witness.
HEARS: dict[str, tuple[str, ...]] = {
    "signalement": ("ORIENTATION", "CELLULE", "NOTIFICATIONS"),
    "orientation": ("SIGNALEMENT", "CELLULE", "NOTIFICATIONS"),
    "cellule": ("SIGNALEMENT", "ORIENTATION", AUDIT),
    "notifications": ("SIGNALEMENT", "ORIENTATION", "CELLULE"),
}


@dataclass(frozen=True, slots=True)
class Durable:
    """One durable consumer: the service `listener` on `stream`."""

    listener: str
    stream: str

    @property
    def name(self) -> str:
        """Name of the durable, also the first half of the inbox's key."""
        return f"{self.listener}-{self.stream.lower()}"

    def gather_seconds(self, *, busy: bool) -> float:
        """How long a first message waits for others, so that one transaction takes many; `busy` when they come thick and fast.

        What people and systems are told leaves at once while it comes singly. Read models take a few together, and leave
        the machine to the others meanwhile.
        """
        if self.listener == "notifications":
            return 0.03 if busy else 0.0
        return 0.1 if busy else 0.015


def streams_of(service: str) -> dict[str, StreamConfig]:
    """The streams that this service makes and keeps."""
    own = {service.upper(): f"relais.{service}.>"}
    if service == "cellule":
        own[AUDIT] = "relais.audit.>"
    return {name: stream_config(name, subject) for name, subject in own.items()}


def stream_config(name: str, subject: str) -> StreamConfig:
    """Limits retention on disk without limits: PostgreSQL is the record, a stream can be rebuilt from it."""
    return StreamConfig(
        name=name,
        subjects=[subject],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        allow_atomic=True,
        allow_direct=True,
        duplicate_window=120,
        max_msg_size=64 * 1024,
    )


def durables_of(service: str) -> tuple[Durable, ...]:
    """The durable consumers of a service."""
    return tuple(Durable(service, stream) for stream in HEARS[service])


def consumer_config(durable: Durable) -> ConsumerConfig:
    """Explicit acks, no server-side limit on tries: five tries and the dead letter are our own rule, kept in PostgreSQL."""
    return ConsumerConfig(
        durable_name=durable.name,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
        # Longer than a handler may take; what a killed process had taken comes again after this.
        ack_wait=12,
        max_deliver=-1,
        max_ack_pending=2000,
    )
