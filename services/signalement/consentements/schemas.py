"""What comes in and goes out about consents."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.codes import Categorie, EtatConsentement, Finalite
from signalement.consentements.models import Consentement


class ReponseDonnee(BaseModel):
    """A consent, given to the version of the text that was read."""

    model_config = ConfigDict(extra="forbid")

    texte_version: str = Field(max_length=20)


class EtatConsenti(BaseModel):
    """Where a consent stands after the answer."""

    etat: EtatConsentement


class ConsentementVu(BaseModel):
    """A line of the ledger, with the text that the association was shown."""

    id: UUID
    destinataire_id: UUID
    destinataire: str
    finalite: Finalite
    categories: list[Categorie]
    etat: EtatConsentement
    demande_le: datetime
    repondu_le: datetime | None
    expire_le: datetime | None
    fini_le: datetime | None
    texte: str
    texte_version: str


def vu(row: Consentement, destinataire: str) -> ConsentementVu:
    """The line as it is shown to those who may see the case."""
    return ConsentementVu(
        destinataire=destinataire, **row.model_dump(include=set(ConsentementVu.model_fields) - {"destinataire"})
    )
