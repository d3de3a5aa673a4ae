"""Documents of a case. The content lies apart, in pieces, so that no list and no transfer holds a whole file in memory."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field

from common.codes_espace import TypeDocument
from signalement.base import Base
from signalement.colonnes import code, moment


class Document(Base, table=True):
    """One file. `empreinte` is the SHA-256 of its content; removed, it stays for a week and may come back."""

    __tablename__: ClassVar[Any] = "documents"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("taille BETWEEN 1 AND 10000000", name="taille"),
        Index("ix_documents_dossier", "dossier_id", "id"),
        Index("ix_documents_supprimes", "supprime_le"),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    nom: str = Field(max_length=130)
    genre: TypeDocument = Field(sa_column=code("genre", TypeDocument))
    taille: int
    empreinte: str = Field(max_length=64)
    ajoute_par: UUID = Field(foreign_key="personnes.id")
    ajoute_le: datetime = Field(sa_column=moment("ajoute_le"))
    supprime_le: datetime | None = Field(default=None, sa_column=moment("supprime_le", nullable=True))


class Morceau(Base, table=True):
    """A piece of a document, counted from 0."""

    __tablename__: ClassVar[Any] = "documents_morceaux"

    document_id: UUID = Field(sa_column=Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True))
    numero: int = Field(primary_key=True)
    octets: bytes = Field(sa_column=Column("octets", LargeBinary, nullable=False))
