"""The JSON of the journal."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from cellule.audit import service
from cellule.audit.store import Filtre
from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

Auditeur = Annotated[Actor, Depends(allow(Role.auditeur))]
Service = Literal["signalement", "orientation", "cellule", "notifications"]


class Entree(BaseModel):
    """Who did what, to which object, for which purpose, on which consent, when (UTC): ids and codes only."""

    model_config = ConfigDict(from_attributes=True)

    entree_id: UUID
    service: str
    acteur_id: str
    acteur_role: str
    organisation_id: UUID | None
    action: str
    objet_id: str
    dossier_id: UUID | None
    finalite: str | None
    consentement_id: UUID | None
    at: datetime


class Journal(BaseModel):
    """A page of the journal; `suivant` is the cursor of the next one."""

    elements: list[Entree]
    suivant: UUID | None


@router.get(
    "",
    summary="Le journal de tous les services (auditeur)",
    responses={401: {"description": "Personne n’est connecté."}, 403: {"description": "Réservé à l’auditeur."}},
)
async def lire_journal(
    session: Transaction,
    actor: Auditeur,
    depuis: date | None = None,
    jusque: date | None = None,
    service_nom: Annotated[Service | None, Query(alias="service")] = None,
    action: Annotated[str | None, Query(pattern=r"^[a-z_]+\.[a-z_-]+$", max_length=60)] = None,
    organisation_id: UUID | None = None,
    dossier_id: UUID | None = None,
    apres: UUID | None = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Journal:
    """Entries, the latest first. Reading the journal is written in it too."""
    filtre = Filtre(depuis, jusque, service_nom, action, organisation_id, dossier_id)
    entrees, suivant = await service.consulter(session, actor, filtre, apres=apres, limite=limite, now=utc_now())
    return Journal(elements=[Entree.model_validate(entree) for entree in entrees], suivant=suivant)
