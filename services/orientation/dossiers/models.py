"""Tables of what is heard from signalement: coarse facts of cases, and consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from common.codes import BandeBudget, EtatConsentement, EtatDossier, Finalite, Horizon, Niveau
from orientation.base import Base
from orientation.colonnes import des_codes, moment, parmi, un_code


class DossierRow(Base, table=True):
    """A case: its territory and facts as bands. `sequence` is the newest event that was heard, so that none goes back."""

    __tablename__ = "dossiers"
    __table_args__ = (
        parmi("etat", EtatDossier),
        parmi("niveau", Niveau),
        parmi("horizon", Horizon),
        parmi("budget", BandeBudget),
        Index("ix_dossiers_territoire", "departement", "etat", "id"),
        # Serves equality as well as how a reference begins, whatever the database's collation.
        Index("ix_dossiers_reference", "reference", postgresql_ops={"reference": "text_pattern_ops"}),
    )

    id: UUID = Field(primary_key=True)
    # Empty as long as the filing itself has not been heard.
    reference: str = Field(default="", max_length=40)
    departement: str = Field(default="", max_length=3)
    etat: str = un_code()
    niveau: str | None = un_code(default=None, nullable=True)
    horizon: str = un_code(default=Horizon.inconnu)
    indicateurs: list[str] = des_codes(default_factory=list)
    emplois: int = 0
    budget: str = un_code(default=BandeBudget.inconnu)
    sequence: int = 0


class ConsentementRow(Base, table=True):
    """A consent as last heard. Sending a referral and hearing of a withdrawal lock this row, so that neither overtakes."""

    __tablename__ = "consentements"
    __table_args__ = (
        parmi("etat", EtatConsentement),
        parmi("finalite", Finalite),
        Index("ix_consentements_destinataire", "dossier_id", "destinataire_id"),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    destinataire_id: UUID
    finalite: str = un_code()
    categories: list[str] = des_codes()
    etat: str = un_code()
    expire_le: datetime | None = moment(nullable=True)
    sequence: int = 0
