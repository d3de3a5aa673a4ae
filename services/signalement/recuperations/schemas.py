"""What is typed about a change of address."""

from pydantic import BaseModel, ConfigDict, Field

from common.codes_espace import VerificationIdentite
from common.identifiants import Courriel


class Proposition(BaseModel):
    """The new address, and how the person's identity was checked."""

    model_config = ConfigDict(extra="ignore")

    courriel: Courriel = Field(title="Nouvelle adresse")
    verification: VerificationIdentite
