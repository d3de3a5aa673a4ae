"""What the API of following and passing on takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.codes import Motif
from common.codes_echanges import EtatTransfert
from orientation.partenaires.models import MembreRow
from orientation.transferts.models import TransfertRow
from orientation.transferts.store import Etape


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AffectationAFaire(_Strict):
    """Who follows the referral from now on; null gives it back to everybody."""

    responsable_id: UUID | None


class TransfertAProposer(_Strict):
    """Another partner, one of its dispositifs, and the coded reason."""

    partenaire_id: UUID
    dispositif: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
    motif: Motif


class MembreLu(BaseModel):
    """A colleague."""

    membre_id: UUID
    nom: str


class EtapeLue(BaseModel):
    """Since when who followed it; an empty name is nobody."""

    at: datetime
    nom: str


class SuiviInterne(BaseModel):
    """Who follows a referral inside the partner, who may, and who did."""

    orientation_id: UUID
    version: int
    responsable_id: UUID | None
    membres: list[MembreLu]
    histoire: list[EtapeLue]


class TransfertLu(BaseModel):
    """A proposal; `suivante_id` is the referral that came of it."""

    transfert_id: UUID
    orientation_id: UUID
    partenaire_id: UUID
    dispositif: str
    motif: Motif
    etat: EtatTransfert
    propose_at: datetime
    decide_at: datetime | None
    suivante_id: UUID | None


class Transferts(BaseModel):
    """The proposals of a referral, the newest first."""

    elements: list[TransfertLu]


def membre_lu(row: MembreRow) -> MembreLu:
    """A colleague as the API gives it."""
    return MembreLu(membre_id=row.id, nom=f"{row.prenom} {row.nom}")


def etape_lue(etape: Etape) -> EtapeLue:
    """A change as the API gives it."""
    return EtapeLue(at=etape.at, nom=etape.nom)


def transfert_lu(row: TransfertRow, *, emetteur: bool) -> TransfertLu:
    """A proposal as the API gives it: the next referral is the sender's to see."""
    lu = TransfertLu(transfert_id=row.id, **row.model_dump(exclude={"id", "version"}))
    return lu if emetteur else lu.model_copy(update={"suivante_id": None})
