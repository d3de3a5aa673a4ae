"""What a member has read of its feed."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from notifications.base import Base


class Lecteur(Base, table=True):
    """A member, by its opaque id, has read everything up to here."""

    __tablename__: ClassVar[Any] = "lecteurs"

    membre_id: str = Field(primary_key=True, max_length=200)
    lu_jusqu_a: int = Field(sa_column=Column("lu_jusqu_a", BigInteger, nullable=False))


class Lecture(Base, table=True):
    """A member has read this one, beyond what it has read everything of."""

    __tablename__: ClassVar[Any] = "lectures"

    membre_id: str = Field(primary_key=True, max_length=200)
    seq: int = Field(sa_column=Column("seq", BigInteger, primary_key=True))
