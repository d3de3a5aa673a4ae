"""Messages of a case. `auteur_id` is the id of an actor, as in the log."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from common.codes_espace import CoteMessage
from signalement.base import Base
from signalement.colonnes import code, moment


class Message(Base, table=True):
    """One message; the last of a case says whose turn it is."""

    __tablename__: ClassVar[Any] = "messages"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("char_length(texte) BETWEEN 1 AND 4000", name="longueur"),
        Index("ix_messages_dossier", "dossier_id", "id"),
        Index("ix_messages_auteur", "auteur_id", "envoye_le"),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    cote: CoteMessage = Field(sa_column=code("cote", CoteMessage))
    auteur_id: str = Field(max_length=200)
    auteur: str = Field(max_length=200)
    attend_reponse: bool
    texte: str
    envoye_le: datetime = Field(sa_column=moment("envoye_le"))
