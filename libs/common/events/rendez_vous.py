"""What the orientation service announces of appointments: when, never where, nor what anybody wrote."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.events.base import Event


class _RendezVous(Event):
    """Common part: `par` is the side that acted, `acteur_id` the opaque id of who did, `etat` the state after the fact.

    `dispositif` is the referral's; events of before it was told have none.
    """

    service: ClassVar[str] = "orientation"
    capability: ClassVar[str] = "rendez_vous"
    aggregate: ClassVar[str] = "rendez_vous_id"

    rendez_vous_id: UUID
    orientation_id: UUID
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    etat: EtatRendezVous
    par: Auteur
    acteur_id: str | None = None
    dispositif: str | None = None


class RendezVousPropose(_RendezVous):
    """One to five slots were proposed; `tour` counts the proposals, from 1."""

    fact = "propose"

    tour: int


class RendezVousConfirme(_RendezVous):
    """A slot was confirmed (UTC), by the cell for the association when `pour_association`."""

    fact = "confirme"

    debut: datetime
    minutes: int
    mode: ModeRendezVous
    pour_association: bool


class RendezVousAnnule(_RendezVous):
    """The appointment will not take place, for a coded reason."""

    fact = "annule"

    motif: MotifAnnulation
