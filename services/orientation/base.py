"""The base of this service's tables: one registry, and the tables that every service has."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from common.database import NAMING
from common.tables import add_common_tables, add_sessions_table


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Written out as a class, because mypy takes no base class from a function."""


add_common_tables(Base.metadata)
add_sessions_table(Base.metadata)
