"""What is typed about a change of address."""

from pydantic import BaseModel, ConfigDict, Field

from common.codes_espace import VerificationIdentite
from common.identifiants import Courriel
from common.traduction import N_


class Proposition(BaseModel):
    """The new address, and how the person's identity was checked."""

    model_config = ConfigDict(extra="ignore")

    courriel: Courriel = Field(title=N_("Nouvelle adresse"))
    verification: VerificationIdentite
