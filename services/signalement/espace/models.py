"""Access of dirigeants: one row a mail, with what limits its code. The code itself is stored nowhere."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from signalement.base import Base
from signalement.colonnes import moment


class Acces(Base, table=True):
    """One mail to a person and the access that it gives. `id` stands in the link and in the mail's request: no secret.

    `courriel` is where a mail that gives no access goes, when that is to stay the address of the moment.
    """

    __tablename__: ClassVar[Any] = "acces"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("essais BETWEEN 0 AND 5", name="essais"),
        Index("ix_acces_dossier", "dossier_id", "demande_le"),
        Index("ix_acces_personne", "personne_id", "demande_le"),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    personne_id: UUID = Field(foreign_key="personnes.id")
    modele: str = Field(max_length=40)
    courriel: str | None = Field(default=None, max_length=254)
    demande_le: datetime = Field(sa_column=moment("demande_le"))
    expire_le: datetime | None = Field(default=None, sa_column=moment("expire_le", nullable=True))
    utilise_le: datetime | None = Field(default=None, sa_column=moment("utilise_le", nullable=True))
    essais: int = 0
