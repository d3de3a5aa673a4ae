"""JSON API of the ledger: the dirigeant gives, refuses and withdraws."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from signalement.consentements import service
from signalement.consentements.schemas import EtatConsenti, ReponseDonnee

router = APIRouter(prefix="/api/v1/consentements", tags=["consentements"])

Dirigeant = Annotated[Actor, Depends(allow(Role.dirigeant))]


@router.post("/{consentement_id}/donner", response_model=EtatConsenti, summary="Donner son accord")
async def donner(
    consentement_id: UUID, body: ReponseDonnee, session: Transaction, actor: Dirigeant, idem: Idempotent, response: Response
) -> Any:
    """For the dirigeant of the case. 409 `texte-modifie` when the text on record is not the one that was read."""
    etat = await service.repondre(session, actor, consentement_id, "donner", utc_now, body.texte_version)
    return await idem.keep(response, 200, EtatConsenti(etat=etat))


@router.post("/{consentement_id}/refuser", response_model=EtatConsenti, summary="Refuser son accord")
async def refuser(consentement_id: UUID, session: Transaction, actor: Dirigeant, idem: Idempotent, response: Response) -> Any:
    """For the dirigeant of the case."""
    etat = await service.repondre(session, actor, consentement_id, "refuser", utc_now)
    return await idem.keep(response, 200, EtatConsenti(etat=etat))


@router.post("/{consentement_id}/retirer", response_model=EtatConsenti, summary="Retirer son accord")
async def retirer(consentement_id: UUID, session: Transaction, actor: Dirigeant, idem: Idempotent, response: Response) -> Any:
    """For the dirigeant of the case. Once this has answered, nothing more is disclosed on this consent."""
    etat = await service.repondre(session, actor, consentement_id, "retirer", utc_now)
    return await idem.keep(response, 200, EtatConsenti(etat=etat))
