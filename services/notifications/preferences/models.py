"""The kinds of mail that members refuse."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field

from common.tables import moment
from notifications.base import Base


class Desinscription(Base, table=True):
    """A member, by its opaque id, wants no mail of this kind; its feed is as it was."""

    __tablename__: ClassVar[Any] = "desinscriptions"

    membre_id: str = Field(primary_key=True, max_length=200)
    genre: str = Field(primary_key=True, max_length=20)
    le: datetime = Field(sa_column=moment("le"))
