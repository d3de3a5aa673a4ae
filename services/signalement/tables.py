"""All tables of this service, imported so that migrations see them."""

from signalement.base import Base
from signalement.consentements import models as consentements
from signalement.depot import models as depot
from signalement.documents import models as documents
from signalement.espace import models as espace
from signalement.messages import models as messages
from signalement.personnes import models as personnes
from signalement.projections import models as projections
from signalement.recuperations import models as recuperations
from signalement.signalements import models as signalements

__all__ = [
    "consentements",
    "depot",
    "documents",
    "espace",
    "messages",
    "metadata",
    "personnes",
    "projections",
    "recuperations",
    "signalements",
]

metadata = Base.metadata
