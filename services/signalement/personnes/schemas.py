"""What is typed about the people of an association."""

from pydantic import BaseModel, ConfigDict, Field

from common.codes import Droit
from common.identifiants import Courriel
from signalement.signalements.schemas import Ligne


class Droits(BaseModel):
    """What a person may do besides reading."""

    model_config = ConfigDict(extra="forbid")

    droits: list[Droit] = Field(default=[], max_length=10)


class Invitation(Droits):
    """One more person for the space."""

    prenom: Ligne = Field(title="Prénom")
    nom: Ligne = Field(title="Nom")
    fonction: Ligne = Field(title="Fonction")
    courriel: Courriel = Field(title="Adresse de courriel")
