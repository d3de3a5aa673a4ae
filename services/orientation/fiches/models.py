"""Tables of the sheets and of the absences."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment, un_code
from orientation.fiches.domain import Absence

TEXTE_MAX = 1000


class FicheRow(Base, table=True):
    """What an organisation says of itself, public: never the name of a person. `horaires` is in OpenStreetMap's notation.

    `publics` and `conditions` are the answers of the guide's « outil 1 ». `saisie_at` is when a manager last wrote it in the
    portal: from then on a file leaves it alone.
    """

    __tablename__ = "fiches"
    __table_args__ = (
        CheckConstraint(f"greatest(length(presentation), length(publics), length(conditions)) <= {TEXTE_MAX}", name="taille"),
    )

    partenaire_id: UUID = Field(foreign_key="partenaires.id", primary_key=True)
    presentation: str = ""
    publics: str = ""
    conditions: str = ""
    horaires: str = Field(default="", max_length=300)
    siret: str = Field(default="", max_length=14)
    adresse: str = Field(default="", max_length=200)
    code_postal: str = Field(default="", max_length=5)
    commune: str = Field(default="", max_length=100)
    telephone: str = Field(default="", max_length=20)
    courriel: str = Field(default="", max_length=254)
    site_web: str = Field(default="", max_length=300)
    modifiee_at: datetime = moment()
    saisie_at: datetime | None = moment(nullable=True)
    version: int = 1
    # Since when mails to a partner without an account do not arrive, and why, as the event of this version said. Not public.
    injoignable_depuis: datetime | None = moment(nullable=True)
    injoignable_cause: str | None = un_code(default=None, nullable=True)
    joignabilite: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class AbsenceRow(Base, table=True):
    """An organisation is away; the database itself refuses two absences that share a day."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("du <= au", name="ordre"),
        CheckConstraint("remplacant_partenaire_id IS NULL OR remplacant_membre_id IS NULL", name="un_remplacant"),
        CheckConstraint("remplacant_partenaire_id <> partenaire_id", name="un_autre"),
        ExcludeConstraint(
            ("partenaire_id", "="), (text("daterange(du, au, '[]')"), "&&"), name="ex_absences_jours", using="gist"
        ),
        Index("ix_absences_partenaire", "partenaire_id", "au"),
    )

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    du: date
    au: date
    remplacant_partenaire_id: UUID | None = Field(default=None, foreign_key="partenaires.id")
    remplacant_membre_id: UUID | None = Field(default=None, foreign_key="membres.id")

    def valeur(self) -> Absence:
        """The absence as the rules see it."""
        return Absence(self.du, self.au, self.remplacant_partenaire_id, self.remplacant_membre_id)
