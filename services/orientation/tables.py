"""All tables of this service, imported so that migrations see them."""

from orientation.adhesions import models as adhesions
from orientation.base import Base
from orientation.calendriers import models as calendriers
from orientation.complements import models as complements
from orientation.comptes import models as comptes
from orientation.connexion import models as connexion
from orientation.dispositifs import models as dispositifs
from orientation.dossiers import models as dossiers
from orientation.fiches import models as fiches
from orientation.invitations import models as invitations
from orientation.liens import models as liens
from orientation.lots import models as lots
from orientation.orientations import models as orientations
from orientation.partenaires import models as partenaires
from orientation.rendez_vous import models as rendez_vous
from orientation.transferts import models as transferts

__all__ = [
    "adhesions",
    "calendriers",
    "complements",
    "comptes",
    "connexion",
    "dispositifs",
    "dossiers",
    "fiches",
    "invitations",
    "liens",
    "lots",
    "metadata",
    "orientations",
    "partenaires",
    "rendez_vous",
    "transferts",
]

metadata = Base.metadata
