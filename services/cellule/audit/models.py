"""The witness's table: what every service's log announced on AUDIT."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from cellule.base import Base
from common.tables import moment


class EntreeRow(Base, table=True):
    """One entry of one service's log, as heard. `recu_at` is when the witness got it."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_at", "at", "entree_id"),
        Index("ix_journal_dossier", "dossier_id", "at"),
        Index("ix_journal_organisation", "organisation_id", "at"),
        Index("ix_journal_service_action", "service", "action", "at"),
    )

    entree_id: UUID = Field(primary_key=True)
    service: str = Field(max_length=20)
    acteur_id: str = Field(max_length=200)
    acteur_role: str = Field(max_length=20)
    organisation_id: UUID | None = None
    action: str = Field(max_length=60)
    objet_id: str = Field(max_length=64)
    dossier_id: UUID | None = None
    finalite: str | None = Field(default=None, max_length=30)
    consentement_id: UUID | None = None
    at: datetime = Field(sa_column=moment("at"))
    recu_at: datetime = Field(default=None, sa_column=moment("recu_at", default=True))
