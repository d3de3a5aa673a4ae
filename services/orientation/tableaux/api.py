"""The JSON of the dashboard, for the people and systems of a partner and for animateurs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from common.actor import DU_PARTENAIRE, Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from orientation.problemes import refus
from orientation.tableaux import service
from orientation.tableaux.service import Tableau

router = APIRouter(prefix="/api/v1/tableau", tags=["tableau de bord"])

Lecteur = Annotated[Actor, Depends(allow(Role.animateur, *DU_PARTENAIRE))]


@router.get("", summary="Lire mon tableau de bord", responses=refus(401, 403, 422))
async def lire_tableau(
    actor: Lecteur,
    session: Transaction,
    depuis: Annotated[date | None, Query(description="Premier jour compté ; un an avant le dernier par défaut.")] = None,
    jusque: Annotated[date | None, Query(description="Dernier jour compté ; aujourd’hui par défaut.")] = None,
) -> Tableau:
    """A partner's own referrals, or those of an animateur's territory: what waits now, and what came of the period's."""
    return await service.tableau(session, actor, depuis, jusque, utc_now())
