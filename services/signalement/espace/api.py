"""JSON API of the association's own space."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.actor import Actor, Role
from common.auth import allow
from common.codes import EtatDossier
from common.database import Transaction
from signalement.espace import service
from signalement.signalements.lecture import Suivi, suivi

router = APIRouter(prefix="/api/v1", tags=["espace"])

Dirigeant = Annotated[Actor, Depends(allow(Role.dirigeant))]


class Espace(Suivi):
    """What concerns the association: its case, its consents, who opened its file, who was asked for help."""

    dossier_id: UUID
    reference: str
    etat: EtatDossier


@router.get("/espace", summary="Lire son espace")
async def espace(session: Transaction, actor: Dirigeant) -> Espace:
    """For the dirigeant of the case."""
    dossier = await service.mon_dossier(session, actor)
    return Espace(
        dossier_id=dossier.id, reference=dossier.reference, etat=dossier.etat, **dict(await suivi(session, actor, dossier.id))
    )
