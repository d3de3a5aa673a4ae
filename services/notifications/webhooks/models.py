"""Tables of the endpoints and of what is delivered to them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    false,
    text,
)
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


class Webhook(Base, table=True):
    """An endpoint of a partner's system. Its secrets, which sign what is sent to it, are sealed (`common.coffre`).

    `debit` is how many deliveries it takes in a minute. How it fares is in `echecs` and what follows
    (`livraisons.domain.Forme`); `avis` is what its manager is still to be told.
    """

    __tablename__: ClassVar[Any] = "webhooks"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('actif', 'en_pause', 'desactive')", name="etat"),
        CheckConstraint("cardinality(types) > 0", name="types"),
        CheckConstraint("debit BETWEEN 1 AND 6000", name="debit"),
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
    dispositifs: list[str] = Field(
        default_factory=list, sa_column=Column("dispositifs", ARRAY(String(60)), server_default="{}", nullable=False)
    )
    departements: list[str] = Field(
        default_factory=list, sa_column=Column("departements", ARRAY(String(3)), server_default="{}", nullable=False)
    )
    debit: int | None = None
    ordonne: bool = Field(default=False, sa_column=Column("ordonne", Boolean, server_default=false(), nullable=False))
    echecs: int = Field(default=0, sa_column=Column("echecs", Integer, server_default="0", nullable=False))
    en_echec_depuis: datetime | None = Field(default=None, sa_column=moment("en_echec_depuis", nullable=True))
    coupe_jusqu_a: datetime | None = Field(default=None, sa_column=moment("coupe_jusqu_a", nullable=True))
    dernier_echec_le: datetime | None = Field(default=None, sa_column=moment("dernier_echec_le", nullable=True))
    averti: bool = Field(default=False, sa_column=Column("averti", Boolean, server_default=false(), nullable=False))
    avis: str | None = Field(default=None, max_length=20)


class Livraison(Base, table=True):
    """One event for one endpoint. `porteur` is the process that has claimed it, until `bail` at the latest.

    `pas_avant` is what the last answer's Retry-After asked for.
    """

    __tablename__: ClassVar[Any] = "livraisons"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('en_attente', 'livree', 'abandonnee')", name="etat"),
        # A delivery that is neither ended nor due some day would be forgotten.
        CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name="echeance"),
        Index("ux_livraisons_webhook_event", "webhook_id", "event_id", unique=True),
        Index("ix_livraisons_journal", "webhook_id", "seq"),
        Index(
            "ix_livraisons_dues",
            "webhook_id",
            "due_at",
            "seq",
            postgresql_where=text("etat = 'en_attente' AND porteur IS NULL"),
        ),
        Index(
            "ix_livraisons_ordre",
            "webhook_id",
            "dossier_id",
            "seq",
            postgresql_where=text("ordonnee AND etat = 'en_attente'"),
        ),
        Index("ix_livraisons_rejeu", "rejeu_id", postgresql_where=text("rejeu_id IS NOT NULL")),
        Index("ix_livraisons_portees", "porteur", postgresql_where=text("porteur IS NOT NULL")),
    )

    seq: int = Field(sa_column=Column("seq", BigInteger, Identity(always=True), primary_key=True))
    webhook_id: UUID = Field(
        sa_column=Column("webhook_id", ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), nullable=False)
    )
    event_id: UUID
    type: str = Field(max_length=40)
    corps: str
    dossier_id: UUID | None = None
    finalite: str | None = Field(default=None, max_length=30)
    ordonnee: bool = Field(default=False, sa_column=Column("ordonnee", Boolean, server_default=false(), nullable=False))
    etat: str = Field(max_length=20)
    tentatives: int = 0
    rejeu_id: UUID | None = None
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    pas_avant: datetime | None = Field(default=None, sa_column=moment("pas_avant", nullable=True))
    porteur: int | None = None
    bail: datetime | None = Field(default=None, sa_column=moment("bail", nullable=True))
    statut: int | None = None
    echec: str | None = Field(default=None, max_length=20)
    latence_ms: int | None = None
    tentee_le: datetime | None = Field(default=None, sa_column=moment("tentee_le", nullable=True))
    creee_le: datetime = Field(sa_column=moment("creee_le"))


class Tentative(Base, table=True):
    """One try of one delivery, which ended at `le`; `commencee_le` is the moment that was signed, where one was.

    `reponse` is the first words of the answer, sealed: who knows what they say.
    """

    __tablename__: ClassVar[Any] = "tentatives"

    livraison_seq: int = Field(
        sa_column=Column("livraison_seq", BigInteger, ForeignKey("livraisons.seq", ondelete="CASCADE"), primary_key=True)
    )
    le: datetime = Field(sa_column=Column("le", DateTime(timezone=True), primary_key=True))
    commencee_le: datetime | None = Field(default=None, sa_column=moment("commencee_le", nullable=True))
    numero: int
    statut: int | None = None
    echec: str | None = Field(default=None, max_length=20)
    latence_ms: int
    reponse: str = Field(max_length=1400)


class Territoire(Base, table=True):
    """Where a case is, for the endpoints that ask for some territories only; how people call it, and whether it is closed."""

    __tablename__: ClassVar[Any] = "territoires"

    dossier_id: UUID = Field(primary_key=True)
    departement: str = Field(max_length=3)
    reference: str | None = Field(default=None, max_length=40)
    clos_le: datetime | None = Field(default=None, sa_column=moment("clos_le", nullable=True))


class Rejeu(Base, table=True):
    """Many deliveries sent again together: those of a time, or those of them that failed. They bear its id."""

    __tablename__: ClassVar[Any] = "rejeux"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("portee IN ('echecs', 'tout')", name="portee"),
        Index("ix_rejeux_webhook", "webhook_id", "rejeu_id"),
    )

    rejeu_id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(
        sa_column=Column("webhook_id", ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), nullable=False)
    )
    portee: str = Field(max_length=10)
    depuis: datetime = Field(sa_column=moment("depuis"))
    jusqu_a: datetime = Field(sa_column=moment("jusqu_a"))
    total: int
    demande_le: datetime = Field(sa_column=moment("demande_le"))
