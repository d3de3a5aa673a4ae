"""What was heard, newest word only: `sequence` is the aggregate's version that the row shows, and never goes back."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from common.codes import EtatDiagnostic, EtatOrientation, Motif, TypePartenaire
from signalement.base import Base
from signalement.colonnes import code, moment


def sequence() -> "Column[Any]":
    """The version of the aggregate."""
    return Column("sequence", BigInteger, nullable=False)


class Partenaire(Base, table=True):
    """An organisation of the directory: what it is called, and where it works."""

    __tablename__: ClassVar[Any] = "partenaires"

    id: UUID = Field(primary_key=True)
    libelle: str = Field(max_length=200)
    type_partenaire: TypePartenaire = Field(sa_column=code("type_partenaire", TypePartenaire))
    departements: list[str] = Field(sa_column=Column("departements", ARRAY(String(3)), nullable=False))
    actif: bool
    sequence: int = Field(sa_column=sequence())


class Dispositif(Base, table=True):
    """What people call a dispositif, as its newest version says; its id is its code."""

    __tablename__: ClassVar[Any] = "dispositifs"

    id: str = Field(primary_key=True, max_length=100)
    libelle: str = Field(max_length=500)
    sequence: int = Field(sa_column=sequence())


class Orientation(Base, table=True):
    """A referral of a case."""

    __tablename__: ClassVar[Any] = "orientations"

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(index=True)
    partenaire_id: UUID
    dispositif: str = Field(max_length=100)
    etat: EtatOrientation = Field(sa_column=code("etat", EtatOrientation))
    motif: Motif | None = Field(default=None, sa_column=code("motif", Motif, nullable=True))
    due_at: datetime | None = Field(default=None, sa_column=moment("due_at", nullable=True))
    change_le: datetime = Field(sa_column=moment("change_le"))
    sequence: int = Field(sa_column=sequence())


class Diagnostic(Base, table=True):
    """The shared diagnostic of a case."""

    __tablename__: ClassVar[Any] = "diagnostics"

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(index=True)
    etat: EtatDiagnostic = Field(sa_column=code("etat", EtatDiagnostic))
    numero: int
    change_le: datetime = Field(sa_column=moment("change_le"))
    sequence: int = Field(sa_column=sequence())
