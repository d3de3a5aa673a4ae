"""The API of withdrawn consents, for the systems and people of their recipient."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.traduction import N_
from notifications.retraits import listes_store, service
from notifications.retraits.domain import EtatRetrait, Position
from notifications.retraits.models import RetraitRow

router = APIRouter(prefix="/api/v1/retraits", tags=["retraits"])

Destinataire = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.animateur, Role.machine))]
Animateur = Annotated[Actor, Depends(allow(Role.animateur))]

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
    oral: bool = Field(default=False, description="La cellule a noté que le destinataire le lui a dit de vive voix")


class PageRetraits(BaseModel):
    """The newest first; `suivant` is the `apres` of the next page."""

    elements: list[RetraitVu]
    suivant: str | None


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
        oral=row.oral,
    )


@router.get("", summary="Les accords retirés")
async def lister(
    session: Transaction,
    actor: Destinataire,
    limite: Annotated[int, Query(ge=1, le=200, description="Nombre d’éléments par page")] = 50,
    apres: Annotated[str, Query(max_length=80, description="Le `suivant` de la page précédente")] = "",
    avant: Annotated[str, Query(max_length=80, description="Retirés avant ce moment", deprecated=True)] = "",
) -> PageRetraits:
    """The consents that associations took back from this organisation."""
    found = await listes_store.page(session, actor, limite + 1, _place(apres, avant))
    suivant = _apres(found[limite - 1][0]) if len(found) > limite else None
    return PageRetraits(elements=[vue(row, reference) for row, reference in found[:limite]], suivant=suivant)


@router.post(
    "/{consentement_id}/prise-d-acte",
    summary="Prendre acte d’un accord retiré",
    responses=REFUS,
)
async def prendre_acte(session: Transaction, actor: Destinataire, consentement_id: UUID) -> RetraitVu:
    """Say that this organisation knows and has stopped using what it received. Saying it twice changes nothing."""
    return vue(await service.prendre_acte(session, actor, consentement_id, utc_now()))


@router.post(
    "/{consentement_id}/prise-d-acte-orale",
    summary="Noter qu’un destinataire a pris acte de vive voix",
    responses={404: REFUS[404]},
)
async def prendre_acte_oral(session: Transaction, actor: Animateur, consentement_id: UUID) -> RetraitVu:
    """For the animateur of the territory, who called: nobody is reminded any more. Saying it twice changes nothing."""
    return vue(await service.prendre_acte_oral(session, actor, consentement_id, utc_now()))


def _apres(row: RetraitRow) -> str:
    return str(Position(row.retire_le, row.consentement_id))


def _place(apres: str, avant: str) -> Position | None:
    """The place that either names. Clients that were written when `suivant` was a moment give it back as `avant`."""
    for champ, texte in (("apres", apres), ("avant", avant)):
        try:
            if texte:
                return Position.lue(texte) if champ == "apres" or "_" in texte else Position.avant(texte)
        except ValueError as error:
            raise DonneeInvalide(N_("Redonnez le « suivant » de la page précédente."), champ=champ) from error
    return None
