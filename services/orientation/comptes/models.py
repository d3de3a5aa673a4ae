"""The table of changed accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code
from orientation.comptes.domain import Changement, EtatCompte


class CompteRow(Base, table=True):
    """A member came back under `sub`, where its row still has `ancien_sub`. No name and no address: those are the member's."""

    __tablename__ = "comptes_changes"
    __table_args__ = (
        parmi("etat", EtatCompte),
        CheckConstraint("(etat = 'en_attente') = (decide_at IS NULL)", name="decision"),
        Index("ux_comptes_changes_membre", "membre_id", "sub", unique=True),
        Index("ix_comptes_changes_partenaire", "partenaire_id", "demande_at"),
    )

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    membre_id: UUID = Field(foreign_key="membres.id")
    sub: str = Field(max_length=200)
    ancien_sub: str = Field(max_length=200)
    etat: str = un_code()
    demande_at: datetime = moment()
    decide_at: datetime | None = moment(nullable=True)
    version: int = 1

    def valeur(self) -> Changement:
        """The change as the rules see it."""
        return Changement(self.membre_id, self.sub, self.ancien_sub, EtatCompte(self.etat), self.demande_at, self.decide_at)
