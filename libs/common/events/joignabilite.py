"""What the notifications service announces: whether its mails reach somebody, by opaque ids."""

from datetime import datetime
from uuid import UUID

from common.codes_echanges import CauseRetour, GenreDestinataire
from common.events.base import Event


class JoignabiliteChangee(Event):
    """Mails no longer reach somebody, or reach this person again.

    `joint` says which; when not, the first mail that failed left at `depuis`, and `cause` is what servers say of it. A member
    or somebody invited has an `organisation_id`, a person of an association a `dossier_id`. A partner without an account is
    its organisation, and whoever set a form aside nobody yet: there `personne_id` is the mail's own id.
    """

    service, capability, fact, aggregate = "notifications", "joignabilite", "changee", "personne_id"

    personne_id: UUID
    genre: GenreDestinataire
    organisation_id: UUID | None = None
    dossier_id: UUID | None = None
    joint: bool
    depuis: datetime
    cause: CauseRetour | None = None
