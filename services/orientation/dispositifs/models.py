"""Tables of the catalogue: published versions that never change, drafts, the source documents."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code


class Origine(StrEnum):
    """Where a version comes from: the files delivered with the hub, or an animateur in the portal."""

    fichier = "fichier"
    portail = "portail"


class DispositifRow(Base, table=True):
    """One published version of one dispositif. `contenu` is its file as data, `empreinte` the SHA-256 of that."""

    __tablename__ = "dispositifs"
    __table_args__ = (parmi("origine", Origine), CheckConstraint("version > 0", name="version"))

    code: str = un_code(primary_key=True)
    version: int = Field(primary_key=True)
    contenu: dict[str, Any] = Field(sa_type=JSONB)
    empreinte: str = Field(max_length=64)
    origine: str = un_code()
    publie_par: str = Field(max_length=200)
    publie_at: datetime = moment()


class SourceRow(Base, table=True):
    """A document that facts were read in."""

    __tablename__ = "dispositifs_sources"

    cle: str = un_code(primary_key=True)
    document: str = Field(max_length=500)
    date: str | None = Field(default=None, max_length=10)
    lien: str | None = Field(default=None, max_length=500)


class BrouillonRow(Base, table=True):
    """What is being prepared for a dispositif: one text for all who edit it, kept as it was typed, right or not.

    `depuis` is the published version that it was begun from, `version` its own, so that nobody overwrites another's text.
    """

    __tablename__ = "dispositifs_brouillons"

    code: str = un_code(primary_key=True)
    texte: str = Field(sa_type=Text)
    depuis: int
    version: int = 1
    modifie_par: str = Field(max_length=200)
    modifie_at: datetime = moment()


class EtatCatalogueRow(Base, table=True):
    """One row. `jeton` changes with every publication: reading it says whether what a process knows is still current."""

    __tablename__ = "dispositifs_etat"
    __table_args__ = (CheckConstraint("id = 1", name="unique"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    jeton: UUID = Field(sa_column_kwargs={"server_default": text("gen_random_uuid()")})
