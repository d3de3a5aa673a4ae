"""Audit entries on the bus, one event per service so that each may publish only its own."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.actor import Role
from common.codes import Finalite
from common.events.base import Event


class _Entree(Event):
    """Who did what, to which object, for which purpose, on which consent, when (UTC). No confidential content."""

    service: ClassVar[str] = "audit"
    aggregate: ClassVar[str] = "entree_id"

    entree_id: UUID
    acteur_id: str
    acteur_role: Role
    organisation_id: UUID | None
    action: str
    objet_id: str
    dossier_id: UUID | None
    finalite: Finalite | None
    consentement_id: UUID | None
    at: datetime


class EntreeSignalement(_Entree):
    """An entry in the log of signalement."""

    capability, fact = "signalement", "entree"


class EntreeOrientation(_Entree):
    """An entry in the log of orientation."""

    capability, fact = "orientation", "entree"


class EntreeCellule(_Entree):
    """An entry in the log of cellule."""

    capability, fact = "cellule", "entree"


class EntreeNotifications(_Entree):
    """An entry in the log of notifications."""

    capability, fact = "notifications", "entree"


ENTREES: dict[str, type[_Entree]] = {
    "signalement": EntreeSignalement,
    "orientation": EntreeOrientation,
    "cellule": EntreeCellule,
    "notifications": EntreeNotifications,
}
