"""What the API and the form of an organisation's systems send and answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.traduction import N_
from orientation.partenaires.models import ClientRow


class ClientADeclarer(BaseModel):
    """A client of the identity provider, by its id there. No issuer given: the one whose access tokens this hub takes."""

    model_config = ConfigDict(str_strip_whitespace=True)

    client_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] = Field(
        title=N_("Identifiant du client")
    )
    issuer: Annotated[str, Field(max_length=300)] = Field(default="", title=N_("Émetteur"))


class ClientLu(BaseModel):
    """A system of the organisation; `vu_at` and `portees` are of its last request, to the minute."""

    machine_id: UUID
    issuer: str
    client_id: str
    portees: list[str]
    vu_at: datetime | None


class Clients(BaseModel):
    """The systems that act for the organisation."""

    elements: list[ClientLu]


def client_lu(row: ClientRow) -> ClientLu:
    """A system."""
    return ClientLu(machine_id=row.id, issuer=row.issuer, client_id=row.client_id, portees=row.portees, vu_at=row.vu_at)
