"""The tables that every service's database has: outbox, inbox, what is in hand, dead letters, audit, idempotency; sessions."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB


def moment(name: str, *, nullable: bool = False, default: bool = False) -> "Column[object]":
    """A column for a moment: always with its time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if default else None)


def add_common_tables(metadata: MetaData) -> None:
    """Declare the common tables in a service's metadata, so that its migrations make them."""
    Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("subject", String(120), nullable=False),
        Column("aggregate_id", String(64), nullable=False),
        Column("body", Text, nullable=False),
        moment("created_at", default=True),
        moment("published_at", nullable=True),
        Index("ix_outbox_pending", "seq", postgresql_where=text("published_at IS NULL")),
    )
    Table(
        "relay_state",
        metadata,
        Column("stream", String(40), primary_key=True),
        Column("created", String(64), nullable=False),
    )
    Table(
        "inbox",
        metadata,
        Column("consumer", String(60), primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        moment("received_at", default=True),
    )
    Table(
        "dead_letters",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", String(60), nullable=False),
        Column("event_id", String(64), nullable=False),
        Column("subject", String(120), nullable=False),
        Column("body", Text, nullable=False),
        Column("reason", String(500), nullable=False),
        Column("tries", Integer, nullable=False),
        moment("died_at", default=True),
        moment("replayed_at", nullable=True),
        Index("ux_dead_letters_consumer_event", "consumer", "event_id", unique=True),
    )
    Table(
        "in_hand",
        metadata,
        Column("consumer", String(60), primary_key=True),
        Column("event_id", String(64), primary_key=True),
        Column("process", Uuid, nullable=False),
        Column("deaths", Integer, nullable=False, server_default="0"),
    )
    Table(
        "audit_entries",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("acteur_id", String(200), nullable=False),
        Column("acteur_role", String(20), nullable=False),
        Column("organisation_id", Uuid),
        Column("action", String(60), nullable=False),
        Column("objet_id", String(64), nullable=False),
        Column("dossier_id", Uuid),
        Column("finalite", String(30)),
        Column("consentement_id", Uuid),
        Column("categories", ARRAY(String(30)), nullable=False, server_default="{}"),
        moment("at"),
        Index("ix_audit_entries_dossier", "dossier_id", "at"),
    )
    Table(
        "idempotence",
        metadata,
        Column("actor_id", String(200), primary_key=True),
        Column("cle", String(100), primary_key=True),
        Column("empreinte", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("body", Text, nullable=False),
        moment("created_at", default=True),
    )


def add_sessions_table(metadata: MetaData) -> None:
    """Declare the sessions of the people whom this service signs in; `empreinte` is the hash of the cookie's token.

    Whoever has a copy of the table can sign in as nobody, and cannot read the id_tokens: their key is the token.
    """
    ouverte = text("finie_at IS NULL")
    Table(
        "sessions",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("empreinte", LargeBinary, nullable=False),
        Column("acteur_id", String(200), nullable=False),
        Column("organisation_id", Uuid),
        Column("claims", JSONB, nullable=False),
        Column("issuer", String(300)),
        Column("sub", String(200)),
        Column("sid", String(200)),
        Column("id_token", Text),
        moment("ouverte_at"),
        moment("vue_at"),
        moment("finie_at", nullable=True),
        Column("fin", String(20)),
        CheckConstraint("(finie_at IS NULL) = (fin IS NULL)", name="fin"),
        Index("ux_sessions_empreinte", "empreinte", unique=True),
        Index("ix_sessions_acteur", "acteur_id", postgresql_where=ouverte),
        Index("ix_sessions_organisation", "organisation_id", postgresql_where=ouverte),
        Index("ix_sessions_identite", "issuer", "sub", postgresql_where=ouverte),
        Index("ix_sessions_sid", "issuer", "sid", postgresql_where=ouverte),
        Index("ix_sessions_finie", "finie_at"),
    )
