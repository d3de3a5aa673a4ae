"""Changes of address. The new address is kept only as long as it waits; then it is the person's, or nowhere."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes_espace import EtatRecuperation, VerificationIdentite
from signalement.base import Base
from signalement.colonnes import code, moment


class Recuperation(Base, table=True):
    """One proposed change for one person; `proposee_par` and `decidee_par` are the ids of actors, as in the log."""

    __tablename__: ClassVar[Any] = "recuperations"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("(etat = 'proposee') = (nouvelle IS NOT NULL)", name="adresse_tant_qu_elle_attend"),
        CheckConstraint("(etat = 'proposee') = (decidee_le IS NULL)", name="decidee_quand_close"),
        CheckConstraint("etat <> 'confirmee' OR decidee_par <> proposee_par", name="deux_personnes"),
        Index("ux_recuperations_en_cours", "personne_id", unique=True, postgresql_where=text("etat = 'proposee'")),
        Index("ix_recuperations_dossier", "dossier_id"),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    personne_id: UUID = Field(foreign_key="personnes.id")
    etat: EtatRecuperation = Field(sa_column=code("etat", EtatRecuperation))
    nouvelle: str | None = Field(default=None, max_length=254)
    verification: VerificationIdentite = Field(sa_column=code("verification", VerificationIdentite))
    proposee_par: str = Field(max_length=200)
    proposee_le: datetime = Field(sa_column=moment("proposee_le"))
    expire_le: datetime = Field(sa_column=moment("expire_le"))
    decidee_par: str | None = Field(default=None, max_length=200)
    decidee_le: datetime | None = Field(default=None, sa_column=moment("decidee_le", nullable=True))
