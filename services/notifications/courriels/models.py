"""The table of the mails to send: never an address, a link or a code, which are asked for when the mail leaves."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Identity, Index, String, text
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


class Courriel(Base, table=True):
    """One mail about one event, to a dirigeant or to the members of an organisation, each written to apart.

    `remis` holds digests of the addresses that have been dealt with, so that a retry does not write to them again; it is
    emptied when the mail has ended. `code` is the last enhanced status code of the mail server (RFC 3463).
    """

    __tablename__: ClassVar[Any] = "courriels"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('en_attente', 'envoye', 'abandonne')", name="etat"),
        CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name="echeance"),
        CheckConstraint("etat = 'en_attente' OR remis = '{}'", name="remis_oublies"),
        CheckConstraint("(destinataire = 'dirigeant') = (organisation_id IS NULL)", name="organisation"),
        Index("ux_courriels_event_destinataire", "event_id", "destinataire", unique=True),
        Index("ix_courriels_objet", "objet_id", "destinataire"),
        Index("ix_courriels_dus", "due_at", postgresql_where=text("etat = 'en_attente' AND porteur IS NULL")),
        Index("ix_courriels_portes", "porteur", postgresql_where=text("porteur IS NOT NULL")),
    )

    seq: int = Field(sa_column=Column("seq", BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    modele: str = Field(max_length=40)
    destinataire: str = Field(max_length=20)
    organisation_id: UUID | None = None
    dossier_id: UUID | None = None
    objet_id: UUID
    echeance: datetime | None = Field(default=None, sa_column=moment("echeance", nullable=True))
    etat: str = Field(max_length=20)
    tentatives: int = 0
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    porteur: int | None = None
    bail: datetime | None = Field(default=None, sa_column=moment("bail", nullable=True))
    remis: list[str] = Field(sa_column=Column("remis", ARRAY(String(16)), nullable=False))
    envoyes: int = 0
    refuses: int = 0
    code: str | None = Field(default=None, max_length=10)
    echec: str | None = Field(default=None, max_length=30)
    cree_le: datetime = Field(sa_column=moment("cree_le"))
    fini_le: datetime | None = Field(default=None, sa_column=moment("fini_le", nullable=True))
