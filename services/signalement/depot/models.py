"""What somebody is typing in the form, kept by the server between two steps."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from signalement.base import Base
from signalement.colonnes import moment


class Brouillon(Base, table=True):
    """A form in progress, or, once sent, the case that it opened.

    `cle` is the hash of the key in that browser's cookie, `saisies` what was typed in each step, word for word.
    """

    __tablename__: ClassVar[Any] = "brouillons"

    cle: str = Field(primary_key=True, max_length=64)
    saisies: dict[str, Any] = Field(sa_column=Column("saisies", JSONB, nullable=False))
    dossier_id: UUID | None = Field(default=None, sa_column=Column("dossier_id", ForeignKey("dossiers.id"), nullable=True))
    expire_le: datetime = Field(sa_column=moment("expire_le"))
