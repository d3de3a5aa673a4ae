"""The table of withdrawn consents, one for each recipient."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base
from notifications.retraits.domain import EtatRetrait, Retrait


class RetraitRow(Base, table=True):
    """A consent that an association took back from a recipient, and whether the recipient has taken note, by its opaque id.

    `oral`: an animateur, who is `confirme_par`, wrote down that the recipient said so.
    """

    __tablename__: ClassVar[Any] = "retraits"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("etat IN ('a_confirmer', 'confirme', 'sans_objet')", name="etat"),
        # One that waits and is due at no time would be forgotten.
        CheckConstraint("(etat = 'a_confirmer') = (due_at IS NOT NULL)", name="echeance"),
        CheckConstraint("(etat = 'confirme') = (confirme_le IS NOT NULL)", name="confirmation"),
        CheckConstraint("NOT oral OR etat = 'confirme'", name="oral"),
        Index("ix_retraits_destinataire", "destinataire_id", "retire_le"),
        Index("ix_retraits_dossier", "dossier_id"),
        Index("ix_retraits_dus", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    consentement_id: UUID = Field(primary_key=True)
    dossier_id: UUID
    destinataire_id: UUID
    retire_le: datetime = Field(sa_column=moment("retire_le"))
    etat: str = Field(max_length=20)
    etapes: int = 0
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    confirme_le: datetime | None = Field(default=None, sa_column=moment("confirme_le", nullable=True))
    confirme_par: str | None = Field(default=None, max_length=200)
    oral: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})

    def valeur(self) -> Retrait:
        """The withdrawal as the rules see it."""
        return Retrait(EtatRetrait(self.etat), self.due_at, self.etapes, self.confirme_le, self.oral)

    def prendre(self, retrait: Retrait) -> None:
        """Keep what the rules made of it."""
        self.etat, self.due_at = retrait.etat.value, retrait.due_at
        self.etapes, self.confirme_le, self.oral = retrait.etapes, retrait.confirme_le, retrait.oral
