"""What is typed about the people of an association."""

from pydantic import BaseModel, ConfigDict, Field

from common.codes import Droit
from common.identifiants import Courriel
from common.traduction import N_
from signalement.signalements.schemas import Ligne


class Droits(BaseModel):
    """What a person may do besides reading."""

    model_config = ConfigDict(extra="forbid")

    droits: list[Droit] = Field(default=[], max_length=10)


class Invitation(Droits):
    """One more person for the space."""

    prenom: Ligne = Field(title=N_("Prénom"))
    nom: Ligne = Field(title=N_("Nom"))
    fonction: Ligne = Field(title=N_("Fonction"))
    courriel: Courriel = Field(title=N_("Adresse de courriel"))
