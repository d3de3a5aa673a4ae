"""The table of what was done at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.codes_echanges import ActionLot
from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code


class LotRow(Base, table=True):
    """One lot: its id is given by the preview, so that confirming twice has one effect. `lignes` are ids and problems."""

    __tablename__ = "lots"
    __table_args__ = (parmi("action", ActionLot),)

    id: UUID = Field(primary_key=True)
    acteur_id: str = Field(max_length=200)
    action: str = un_code()
    lignes: list[dict[str, Any]] = Field(sa_type=JSONB)
    at: datetime = moment()
