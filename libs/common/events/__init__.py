"""The events of Relais; importing this package registers them all."""

from common.events import (
    audit,
    cellule,
    comptes,
    joignabilite,
    liens,
    membres,
    orientation,
    rendez_vous,
    signalement,
    transferts,
)
from common.events.base import REGISTRY, Event, Received, decode, encode

__all__ = [
    "REGISTRY",
    "Event",
    "Received",
    "audit",
    "cellule",
    "comptes",
    "decode",
    "encode",
    "joignabilite",
    "liens",
    "membres",
    "orientation",
    "rendez_vous",
    "signalement",
    "transferts",
]
