"""Tables of the endpoints and of what is delivered to them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, String, text
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


class Webhook(Base, table=True):
    """An endpoint of a partner's system. Its secrets, which sign what is sent to it, are sealed (`common.coffre`)."""

    __tablename__: ClassVar[Any] = "webhooks"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('actif', 'desactive')", name="etat"),
        CheckConstraint("cardinality(types) > 0", name="types"),
        CheckConstraint("(secret_precedent IS NULL) = (precedent_jusqu_a IS NULL)", name="precedent"),
        Index("ix_webhooks_partenaire_id", "partenaire_id", "webhook_id"),
    )

    webhook_id: UUID = Field(primary_key=True)
    partenaire_id: UUID
    url: str = Field(max_length=500)
    types: list[str] = Field(sa_column=Column("types", ARRAY(String(40)), nullable=False))
    description: str = Field(default="", max_length=200)
    secret: str = Field(max_length=300)
    secret_precedent: str | None = Field(default=None, max_length=300)
    precedent_jusqu_a: datetime | None = Field(default=None, sa_column=moment("precedent_jusqu_a", nullable=True))
    etat: str = Field(default="actif", max_length=20)
    cree_le: datetime = Field(sa_column=moment("cree_le"))
    desactive_le: datetime | None = Field(default=None, sa_column=moment("desactive_le", nullable=True))


class Livraison(Base, table=True):
    """One event for one endpoint. `porteur` is the process that has claimed it, until `bail` at the latest."""

    __tablename__: ClassVar[Any] = "livraisons"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('en_attente', 'livree', 'abandonnee')", name="etat"),
        # A delivery that is neither ended nor due some day would be forgotten.
        CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name="echeance"),
        Index("ux_livraisons_webhook_event", "webhook_id", "event_id", unique=True),
        Index("ix_livraisons_journal", "webhook_id", "seq"),
        Index("ix_livraisons_dues", "due_at", postgresql_where=text("etat = 'en_attente' AND porteur IS NULL")),
        Index("ix_livraisons_portees", "porteur", postgresql_where=text("porteur IS NOT NULL")),
    )

    seq: int = Field(sa_column=Column("seq", BigInteger, Identity(always=True), primary_key=True))
    webhook_id: UUID = Field(
        sa_column=Column("webhook_id", ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), nullable=False)
    )
    event_id: UUID
    type: str = Field(max_length=40)
    corps: str
    etat: str = Field(max_length=20)
    tentatives: int = 0
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    porteur: int | None = None
    bail: datetime | None = Field(default=None, sa_column=moment("bail", nullable=True))
    statut: int | None = None
    echec: str | None = Field(default=None, max_length=20)
    latence_ms: int | None = None
    tentee_le: datetime | None = Field(default=None, sa_column=moment("tentee_le", nullable=True))
    creee_le: datetime = Field(sa_column=moment("creee_le"))
