"""The tables of what came of mails: of whom, by opaque ids and codes; never an address."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.tables import moment
from notifications.base import Base
from notifications.retours.domain import Joignabilite

GENRES = "genre IN ('membre', 'correspondant', 'invite', 'sans_compte', 'declarant')"


class EnvoiRow(Base, table=True):
    """A mail that was handed over, or refused: to whom, and what came of it. `juge` when that was taken into account."""

    __tablename__: ClassVar[Any] = "envois"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(GENRES, name="genre"),
        CheckConstraint("issue IN ('definitif', 'temporaire', 'arrive')", name="issue"),
        CheckConstraint("(issue IS NULL) = (code IS NULL)", name="code"),
        Index("ix_envois_personne", "personne_id", "envoye_le"),
        Index("ix_envois_envoye_le", "envoye_le"),
        Index("ix_envois_a_juger", "envoye_le", postgresql_where=text("issue IS NOT NULL AND NOT juge")),
    )

    message_id: str = Field(primary_key=True, max_length=280)
    genre: str = Field(max_length=20)
    personne_id: UUID
    organisation_id: UUID | None = None
    dossier_id: UUID | None = None
    envoye_le: datetime = Field(sa_column=moment("envoye_le"))
    issue: str | None = Field(default=None, max_length=20)
    code: str | None = Field(default=None, max_length=12)
    juge: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class JoignabiliteRow(Base, table=True):
    """Whether mails reach somebody, once something failed. `version` is that of the event which says so."""

    __tablename__: ClassVar[Any] = "joignabilites"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(GENRES, name="genre"),
        CheckConstraint("joint OR depuis IS NOT NULL", name="depuis"),
        Index("ix_joignabilites_en_doute", "personne_id", postgresql_where=text("depuis IS NOT NULL")),
    )

    personne_id: UUID = Field(primary_key=True)
    genre: str = Field(max_length=20)
    organisation_id: UUID | None = None
    dossier_id: UUID | None = None
    joint: bool = True
    depuis: datetime | None = Field(default=None, sa_column=moment("depuis", nullable=True))
    cause: str | None = Field(default=None, max_length=30)
    temporaires: int = 0
    echec_le: datetime | None = Field(default=None, sa_column=moment("echec_le", nullable=True))
    atteint_le: datetime | None = Field(default=None, sa_column=moment("atteint_le", nullable=True))
    version: int = 0

    def valeur(self) -> Joignabilite:
        """As the rule sees it."""
        return Joignabilite(**{name: getattr(self, name) for name in Joignabilite.__slots__})

    def prendre(self, apres: Joignabilite) -> None:
        """Keep what the rule says."""
        for name in Joignabilite.__slots__:
            setattr(self, name, getattr(apres, name))
