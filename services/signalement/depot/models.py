"""What somebody is typing in the form, kept by the server between two steps."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from signalement.base import Base
from signalement.colonnes import moment


def _compte(name: str) -> "Column[Any]":
    return Column(name, Integer, server_default="0", nullable=False)


class Brouillon(Base, table=True):
    """A form in progress, or, once sent, the case that it opened.

    `cle` is the hash of the key in that browser's cookie, `saisies` what was typed in each step, word for word. Set aside, it
    waits under `lien`, the hash of the secret in the last mail (`envoi_id`), to `courriel`; `envois` counts the mails that were
    asked for since `demande_le` was more than an hour old, `essais` the wrong codes. `injoignable_cause`: the last mail did not
    arrive, and what servers say of it.
    """

    __tablename__: ClassVar[Any] = "brouillons"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("(lien IS NULL) = (envoi_id IS NULL)", name="lien"),
        CheckConstraint("lien IS NULL OR (courriel IS NOT NULL AND demande_le IS NOT NULL)", name="mis_de_cote"),
        CheckConstraint("essais BETWEEN 0 AND 5", name="essais"),
        Index("ux_brouillons_lien", "lien", unique=True),
        Index("ux_brouillons_envoi", "envoi_id", unique=True),
        Index("ix_brouillons_courriel", "courriel", postgresql_where=text("courriel IS NOT NULL")),
        Index("ix_brouillons_expire_le", "expire_le"),
    )

    cle: str = Field(primary_key=True, max_length=64)
    saisies: dict[str, Any] = Field(sa_column=Column("saisies", JSONB, nullable=False))
    dossier_id: UUID | None = Field(default=None, sa_column=Column("dossier_id", ForeignKey("dossiers.id"), nullable=True))
    expire_le: datetime = Field(sa_column=moment("expire_le"))
    lien: str | None = Field(default=None, max_length=64)
    envoi_id: UUID | None = None
    courriel: str | None = Field(default=None, max_length=254)
    demande_le: datetime | None = Field(default=None, sa_column=moment("demande_le", nullable=True))
    envois: int = Field(default=0, sa_column=_compte("envois"))
    essais: int = Field(default=0, sa_column=_compte("essais"))
    injoignable_cause: str | None = Field(default=None, max_length=40)
