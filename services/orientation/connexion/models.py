"""What may be used once: the states of sign-ins that came back, and the identifiers of logout notices."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment


class JetonVuRow(Base, table=True):
    """Something that was used, as its hash, until it is worth nothing by itself."""

    __tablename__ = "jetons_vus"
    __table_args__ = (Index("ix_jetons_vus_fin", "fin"),)

    empreinte: str = Field(primary_key=True, max_length=64)
    fin: datetime = moment()
