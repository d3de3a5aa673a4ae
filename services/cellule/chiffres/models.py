"""The read model: one row a case, one a referral, one a partner, each built from events in whatever order they come.

`sequence_…` columns hold the version of the aggregate that a group of columns comes from, so that an older event heard
late never overwrites a newer one. Moments are those of the events, never of their arrival.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, String
from sqlmodel import Field

from cellule.base import Base
from common.codes import Code, EtatDossier, EtatOrientation, Motif, Niveau
from common.tables import moment


def parmi(colonne: str, codes: type[Code]) -> CheckConstraint:
    """The column holds one of these codes."""
    return CheckConstraint(f"{colonne} IN ({', '.join(repr(code.value) for code in codes)})", name=colonne)


class CasRow(Base, table=True):
    """A case. What only `signalement.depose` says is None until it was heard, and the case is not counted before.

    `depose_le` is the day of filing by the calendar of the case's own territory; `rang` is that of its own state
    (see `common.cas`), without its referrals'.
    """

    __tablename__ = "cas"
    __table_args__ = (
        parmi("etat", EtatDossier),
        parmi("niveau", Niveau),
        Index("ix_cas_depose_le", "depose_le"),
        Index("ix_cas_departement", "departement", "depose_le"),
    )

    dossier_id: UUID = Field(primary_key=True)
    reference: str | None = Field(default=None, max_length=40)
    departement: str | None = Field(default=None, max_length=3)
    region: str | None = Field(default=None, max_length=3)
    emplois: int | None = None
    depose_at: datetime | None = Field(default=None, sa_column=moment("depose_at", nullable=True))
    depose_le: date | None = None
    etat: str = Field(max_length=20)
    rang: int
    sequence_etat: int
    niveau: str | None = Field(default=None, max_length=20)
    horizon: str | None = Field(default=None, max_length=20)
    sequence_faits: int


class RenvoiRow(Base, table=True):
    """A referral. `envoyee_at` is None as long as it is a draft, which no figure counts.

    It counts as accepted while `sequence_acceptee`, its newest acceptance, is above `sequence_attente`, the newest event that
    left or brought it back where it awaits an answer.
    """

    __tablename__ = "renvois"
    __table_args__ = (
        parmi("etat", EtatOrientation),
        parmi("motif", Motif),
        Index("ix_renvois_dossier", "dossier_id", "rang"),
    )

    orientation_id: UUID = Field(primary_key=True)
    dossier_id: UUID
    partenaire_id: UUID
    dispositif: str = Field(max_length=80)
    etat: str = Field(max_length=30)
    rang: int
    motif: str | None = Field(default=None, max_length=30)
    sequence: int
    envoyee_at: datetime | None = Field(default=None, sa_column=moment("envoyee_at", nullable=True))
    premiere_reponse_at: datetime | None = Field(default=None, sa_column=moment("premiere_reponse_at", nullable=True))
    acceptee_at: datetime | None = Field(default=None, sa_column=moment("acceptee_at", nullable=True))
    close_at: datetime | None = Field(default=None, sa_column=moment("close_at", nullable=True))
    sequence_acceptee: int | None = None
    sequence_attente: int | None = None


class DispositifRow(Base, table=True):
    """What people call a dispositif, as its newest version says."""

    __tablename__ = "dispositifs"

    code: str = Field(max_length=80, primary_key=True)
    libelle: str = Field(max_length=500)
    sequence: int


class PartenaireRow(Base, table=True):
    """A partner of the directory: its public name and territories, which also say who is a member of a cell."""

    __tablename__ = "partenaires"

    partenaire_id: UUID = Field(primary_key=True)
    libelle: str = Field(max_length=300)
    type_partenaire: str = Field(max_length=30)
    departements: list[str] = Field(sa_column=Column(ARRAY(String(3)), nullable=False))
    actif: bool
    sequence: int
