"""The table of the members' calendars."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment


class CalendrierRow(Base, table=True):
    """A member's calendar in one organisation. `empreinte` is a hash of the secret in its address: the secret is nowhere.

    A member that another organisation takes over has a calendar no more: `partenaire_id` is the one that it was made in.
    `lu_le` is the last day (UTC) on which an agenda read it.
    """

    __tablename__ = "calendriers"

    membre_id: UUID = Field(foreign_key="membres.id", primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    empreinte: bytes = Field(unique=True)
    cree_at: datetime = moment()
    lu_le: date | None = None
