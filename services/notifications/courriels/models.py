"""The table of what people are told: never an address, a link or a code, which are asked for when a mail leaves."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Identity, Index, String, text
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


def _roles(name: str) -> "Column[object]":
    return Column(name, ARRAY(String(20)), server_default="{}", nullable=False)


class Fait(Base, table=True):
    """An event that is still to be told to people, as it was heard; `apres` when telling it has failed once."""

    __tablename__: ClassVar[Any] = "faits"

    seq: int = Field(sa_column=Column("seq", BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    fait: str
    apres: datetime | None = Field(default=None, sa_column=moment("apres", nullable=True))


class Courriel(Base, table=True):
    """One notice about one event, to a dirigeant or to members of an organisation: in their feed, and by mail when it says so.

    `event_id` is the event's, or one made from it when it gives several. The notice is for those members who hold one of
    `roles` and none of `sauf`, whom another notice of the same event tells sooner; for `membre_id` alone when there is one;
    never for `acteur_id`. Mails of one `pli` leave together, and each member is written to apart. `remis` holds digests of the
    addresses that have been dealt with, so that a retry does not write to them again; it is emptied when the mail has ended.
    `code` is the last enhanced status code of the mail server (RFC 3463).
    """

    __tablename__: ClassVar[Any] = "courriels"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('en_attente', 'envoye', 'abandonne', 'sans_objet', 'fil')", name="etat"),
        CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name="echeance"),
        CheckConstraint("etat = 'en_attente' OR remis = '{}'", name="remis_oublies"),
        CheckConstraint("(destinataire = 'dirigeant') = (organisation_id IS NULL)", name="organisation"),
        Index("ux_courriels_event_destinataire", "event_id", "destinataire", unique=True),
        Index("ix_courriels_objet", "objet_id", "destinataire"),
        Index("ix_courriels_fil", "organisation_id", "seq"),
        Index("ix_courriels_plis", "pli", postgresql_where=text("etat = 'en_attente' AND porteur IS NULL")),
        Index(
            "ix_courriels_dus",
            text("(pli IS NOT NULL)"),
            "due_at",
            postgresql_where=text("etat = 'en_attente' AND porteur IS NULL"),
        ),
        Index("ix_courriels_portes", "porteur", postgresql_where=text("porteur IS NOT NULL")),
    )

    seq: int = Field(sa_column=Column("seq", BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    modele: str = Field(max_length=40)
    destinataire: str = Field(max_length=20)
    organisation_id: UUID | None = None
    roles: list[str] = Field(sa_column=_roles("roles"))
    sauf: list[str] = Field(sa_column=_roles("sauf"))
    membre_id: UUID | None = None
    acteur_id: str | None = Field(default=None, max_length=200)
    dossier_id: UUID | None = None
    objet_id: UUID
    departement: str | None = Field(default=None, max_length=3)
    echeance: datetime | None = Field(default=None, sa_column=moment("echeance", nullable=True))
    pli: str | None = Field(default=None, max_length=60)
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
