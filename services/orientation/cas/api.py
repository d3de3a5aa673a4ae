"""The API of a case as a whole, for the animateur of its territory."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from orientation.cas import service
from orientation.cas.schemas import CasLu, ReorientationProposee, cas_lu, proposee
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1", tags=["orientations"])

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]


@router.get("/dossiers/{dossier_id}/cas", summary="Lire l’état d’un dossier", responses=refus(401, 403, 404, 422))
async def lire_cas(dossier_id: UUID, actor: Animateur, session: Transaction) -> CasLu:
    """For the animateur of the case's territory: its state, in which active work outranks a negative ending."""
    return cas_lu(await service.lire(session, actor, dossier_id), actor, utc_now())


@router.get("/orientations/{orientation_id}/suites", summary="Lire les suites proposées", responses=refus(401, 403, 404, 422))
async def lire_suites(orientation_id: UUID, actor: Animateur, session: Transaction) -> ReorientationProposee:
    """For the animateur of the case's territory: who else could help after a referral that ended without help, and why it did.

    Empty as long as the referral may still help.
    """
    return proposee(await service.reorienter(session, actor, orientation_id, utc_now()))
