"""What orientation announces of accounts that changed at their provider: by opaque ids, never an address or a `sub`."""

from uuid import UUID

from common.events.base import Event


class _Compte(Event):
    service, capability, aggregate = "orientation", "compte", "compte_id"

    compte_id: UUID
    partenaire_id: UUID
    decideur_id: UUID


class CompteDemande(_Compte):
    """A member came back under another identifier: the managers of `decideur_id` are to decide, or its administrateurs."""

    fact = "demande"

    administrateur: bool


class CompteConfirme(_Compte):
    """It was confirmed by the member `decideur_id` of that organisation: both people are told."""

    fact = "confirme"

    membre_id: UUID
    decideur_organisation_id: UUID
