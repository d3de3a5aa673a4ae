"""The table of requests to join."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from orientation.adhesions.domain import Adhesion, EtatAdhesion
from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code


class AdhesionRow(Base, table=True):
    """Somebody asks to join. Name and address are the provider's, shown to those who decide, and forgotten once they did."""

    __tablename__ = "adhesions"
    __table_args__ = (
        parmi("etat", EtatAdhesion),
        CheckConstraint("(etat = 'en_attente') = (decidee_at IS NULL)", name="decision"),
        CheckConstraint("etat = 'en_attente' OR (nom = '' AND courriel = '')", name="oubli"),
        Index("ix_adhesions_identite", "issuer", "sub", "demandee_at"),
        Index("ix_adhesions_partenaire", "partenaire_id", postgresql_where=text("etat = 'en_attente'")),
    )

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    issuer: str = Field(max_length=300)
    sub: str = Field(max_length=200)
    nom: str = Field(max_length=200)
    courriel: str = Field(max_length=254)
    etat: str = un_code()
    demandee_at: datetime = moment()
    decidee_at: datetime | None = moment(nullable=True)

    def valeur(self) -> Adhesion:
        """The request as the rules see it."""
        return Adhesion(self.partenaire_id, EtatAdhesion(self.etat), self.demandee_at)
