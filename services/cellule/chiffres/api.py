"""The JSON of the national figures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from cellule.chiffres import service
from cellule.chiffres.service import Chiffres
from common.actor import Actor, Role
from common.auth import allow
from common.database import Transaction

router = APIRouter(prefix="/api/v1/chiffres", tags=["chiffres"])

Lecteur = Annotated[Actor, Depends(allow(Role.national, Role.auditeur, Role.animateur))]
Territoire = Annotated[str | None, Query(pattern=r"^[0-9][0-9AB][0-9]?$")]


@router.get(
    "",
    summary="Les chiffres nationaux, ou ceux d’un territoire et d’une période",
    responses={
        401: {"description": "Personne n’est connecté."},
        403: {"description": "Votre rôle ne le permet pas, ou ce territoire n’est pas le vôtre."},
    },
)
async def lire_chiffres(
    session: Transaction,
    actor: Lecteur,
    region: Territoire = None,
    departement: Territoire = None,
    depuis: Annotated[date | None, Query(description="Premier jour de dépôt compté, au calendrier du territoire.")] = None,
    jusque: Annotated[date | None, Query(description="Dernier jour de dépôt compté.")] = None,
) -> Chiffres:
    """National cell and auditor: all of France; animateur: its own territory. Totals are exact; a number from 1 to 4 in a
    breakdown is null (« secret statistique »). Codes are INSEE's and those of the events.
    """
    return await service.chiffres(session, actor, region=region, departement=departement, depuis=depuis, jusque=jusque)
