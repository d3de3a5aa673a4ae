"""What the orientation service announces of the people of an organisation: that somebody is to be written to, by opaque ids."""

from datetime import datetime
from uuid import UUID

from common.events.base import Event


class InvitationEnvoyee(Event):
    """Somebody is invited into an organisation. Address and link are asked for at sending time, never carried here."""

    service, capability, fact, aggregate = "orientation", "invitation", "envoyee", "invitation_id"

    invitation_id: UUID
    partenaire_id: UUID
    expire_at: datetime


class AdhesionDemandee(Event):
    """Somebody who has signed in asks to join an organisation: its managers are to be written to."""

    service, capability, fact, aggregate = "orientation", "adhesion", "demandee", "adhesion_id"

    adhesion_id: UUID
    partenaire_id: UUID
