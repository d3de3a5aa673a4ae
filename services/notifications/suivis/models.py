"""Tables of what is remembered of organisations and referrals. The cases' is beside the webhooks', which filter by it."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Column, Index, String
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


class Cellule(Base, table=True):
    """A regional cell and its territory: who learns of a case before anybody has sent it on."""

    __tablename__: ClassVar[Any] = "cellules"

    partenaire_id: UUID = Field(primary_key=True)
    departements: list[str] = Field(sa_column=Column("departements", ARRAY(String(3)), nullable=False))


class Organisation(Base, table=True):
    """By whose clock an organisation reads: that of its first département, as everywhere in the hub."""

    __tablename__: ClassVar[Any] = "organisations"

    partenaire_id: UUID = Field(primary_key=True)
    departement: str = Field(max_length=3)


class OrientationSuivie(Base, table=True):
    """Where a referral stands, as its newest event said."""

    __tablename__: ClassVar[Any] = "orientations_suivies"
    __table_args__: ClassVar[Any] = (
        Index("ix_orientations_suivies_partenaire", "partenaire_id", "due_at"),
        Index("ix_orientations_suivies_emetteur", "emetteur_id", "due_at"),
        Index("ix_orientations_suivies_dossier", "dossier_id"),
    )

    orientation_id: UUID = Field(primary_key=True)
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    etat: str = Field(max_length=30)
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    envoyee: bool = False
    sequence: int
