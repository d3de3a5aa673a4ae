"""The API of withdrawn consents, for the systems and people of their recipient."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from notifications.retraits import service, store
from notifications.retraits.domain import EtatRetrait
from notifications.retraits.models import RetraitRow

router = APIRouter(prefix="/api/v1/retraits", tags=["retraits"])

Destinataire = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.animateur, Role.machine))]


REFUS: dict[int | str, dict[str, Any]] = {
    404: {"description": "Pas d’accord retiré à cet identifiant"},
    409: {"description": "Rien n’avait été transmis"},
}


class RetraitVu(BaseModel):
    """A consent that was taken back. `echeance` is when its recipient is reminded, or the animateur called."""

    consentement_id: UUID
    dossier_id: UUID
    reference: str | None = None
    retire_le: datetime
    etat: EtatRetrait
    echeance: datetime | None
    confirme_le: datetime | None


class PageRetraits(BaseModel):
    """The newest first; `suivant` is the `avant` of the next page."""

    elements: list[RetraitVu]
    suivant: datetime | None


def vue(row: RetraitRow, reference: str | None = None) -> RetraitVu:
    """As the API shows it."""
    return RetraitVu(
        consentement_id=row.consentement_id,
        dossier_id=row.dossier_id,
        reference=reference,
        retire_le=row.retire_le,
        etat=EtatRetrait(row.etat),
        echeance=row.due_at,
        confirme_le=row.confirme_le,
    )


@router.get("", summary="Les accords retirés")
async def lister(
    session: Transaction,
    actor: Destinataire,
    limite: Annotated[int, Query(ge=1, le=200, description="Nombre d’éléments par page")] = 50,
    avant: Annotated[datetime | None, Query(description="Retirés avant ce moment")] = None,
) -> PageRetraits:
    """The consents that associations took back from this organisation."""
    found = await store.page(session, actor, limite + 1, avant)
    suivant = found[limite - 1][0].retire_le if len(found) > limite else None
    return PageRetraits(elements=[vue(row, reference) for row, reference in found[:limite]], suivant=suivant)


@router.post(
    "/{consentement_id}/prise-d-acte",
    summary="Prendre acte d’un accord retiré",
    responses={
        404: {"description": "Pas d’accord retiré à cet identifiant"},
        409: {"description": "Rien n’avait été transmis"},
    },
)
async def prendre_acte(session: Transaction, actor: Destinataire, consentement_id: UUID) -> RetraitVu:
    """Say that this organisation knows and has stopped using what it received. Saying it twice changes nothing."""
    return vue(await service.prendre_acte(session, actor, consentement_id, utc_now()))
