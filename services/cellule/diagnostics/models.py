"""Tables of the diagnostics: the document's versions and their validations are only ever added to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from cellule.base import Base
from common.codes import EtatDiagnostic
from common.tables import moment

ETATS = ", ".join(f"'{etat.value}'" for etat in EtatDiagnostic)


class DiagnosticRow(Base, table=True):
    """A diagnostic. `version` counts every change and is the sequence of its events; `numero` counts the document's."""

    __tablename__ = "diagnostics"
    __table_args__ = (
        CheckConstraint(f"etat IN ({ETATS})", name="etat"),
        CheckConstraint("(etat = 'partage') = (partage_at IS NOT NULL)", name="partage_at"),
        Index("ix_diagnostics_dossier", "dossier_id", "partage_at"),
        # One in preparation at a time for each case.
        Index("ux_diagnostics_en_cours", "dossier_id", unique=True, postgresql_where=text("etat <> 'partage'")),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    cellule_id: UUID
    etat: str = Field(max_length=20)
    numero: int
    version: int
    ouvert_at: datetime = Field(sa_column=moment("ouvert_at"))
    partage_at: datetime | None = Field(default=None, sa_column=moment("partage_at", nullable=True))


class VersionRow(Base, table=True):
    """One version of the document, never changed: a trigger of the database refuses it."""

    __tablename__ = "diagnostic_versions"
    __table_args__ = (
        CheckConstraint("numero >= 1", name="numero"),
        CheckConstraint("par IN ('animateur', 'dirigeant')", name="par"),
    )

    diagnostic_id: UUID = Field(primary_key=True, foreign_key="diagnostics.id")
    numero: int = Field(primary_key=True)
    sections: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    empreinte: str = Field(max_length=64)
    par: str = Field(max_length=20)
    auteur_id: str = Field(max_length=200)
    at: datetime = Field(sa_column=moment("at"))


class ValidationRow(Base, table=True):
    """One side's validation of one exact version."""

    __tablename__ = "diagnostic_validations"
    __table_args__ = (
        ForeignKeyConstraint(["diagnostic_id", "numero"], ["diagnostic_versions.diagnostic_id", "diagnostic_versions.numero"]),
        CheckConstraint("par IN ('animateur', 'dirigeant')", name="par"),
    )

    diagnostic_id: UUID = Field(primary_key=True)
    numero: int = Field(primary_key=True)
    par: str = Field(primary_key=True, max_length=20)
    auteur_id: str = Field(max_length=200)
    empreinte: str = Field(max_length=64)
    at: datetime = Field(sa_column=moment("at"))
