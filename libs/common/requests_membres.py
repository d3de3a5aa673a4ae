"""The synchronous call about people who are invited; see `common.requests`."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.requests import Request


class AdresseInvitation(BaseModel):
    """Where to write to somebody who is invited, by which organisation, and the link of this very mail."""

    model_config = ConfigDict(frozen=True)

    courriel: str
    organisation: str
    lien: str


class ContactInvitation(Request[AdresseInvitation]):
    """The address of an invitation at sending time, with a link that is drawn for this mail; never stored by the asker."""

    owner, name = "orientation", "invitation_adresse"
    askers = frozenset({"notifications"})
    answer = AdresseInvitation

    invitation_id: UUID
