"""The public API of the eligibility: anybody may ask, nothing is kept."""

from fastapi import APIRouter

from common.clock import utc_now
from common.database import Transaction
from orientation.eligibilite import service
from orientation.eligibilite.schemas import Demande, Eligibilite, lu
from orientation.limites import RoutePublique
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/eligibilite", tags=["éligibilité"], route_class=RoutePublique)


@router.post("", summary="Quels dispositifs conviennent, et pourquoi", responses=refus(413, 422, 429))
async def evaluer_eligibilite(demande: Demande, session: Transaction) -> Eligibilite:
    """For everybody, without signing in: each dispositif with its verdict, why, in which rank, and what to ask next.

    What is not known is left out or null, and makes « a_confirmer », never « non ». Nothing of the request is kept.
    """
    return lu(await service.evaluer(session, demande.faits(), utc_now()))
