"""What orientation announces of the links of partners without an account: that a mail is to leave, by opaque ids."""

from datetime import datetime
from uuid import UUID

from common.events.base import Event


class _Lien(Event):
    service, capability, aggregate = "orientation", "lien", "lien_id"

    lien_id: UUID
    orientation_id: UUID
    partenaire_id: UUID


class LienEnvoye(_Lien):
    """A partner without an account is to be mailed the link of a referral; address and link are asked for at sending time."""

    fact = "envoye"

    due_at: datetime | None = None


class LienCodeDemande(_Lien):
    """Whoever has the link asks for its code, which is drawn when the mail leaves, and sent to the partner's own address."""

    fact = "code_demande"
