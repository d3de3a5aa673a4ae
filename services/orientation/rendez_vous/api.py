"""The API of appointments, for the two sides of a referral."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from orientation.orientations.api import Partie, version_attendue
from orientation.problemes import refus
from orientation.rendez_vous import service
from orientation.rendez_vous.models import RendezVousRow
from orientation.rendez_vous.schemas import (
    Annulation,
    Confirmation,
    Proposition,
    RendezVousListe,
    RendezVousSuivi,
    rendez_vous_lu,
)

router = APIRouter(prefix="/api/v1/orientations/{orientation_id}/rendez-vous", tags=["rendez-vous"])

Version = Annotated[int | None, Depends(version_attendue)]
REFUS = refus(401, 403, 404, 409, 412, 422)


@router.get("", summary="Lire les rendez-vous", responses=refus(401, 403, 404, 422))
async def lire_rendez_vous(orientation_id: UUID, actor: Partie, session: Transaction) -> RendezVousListe:
    """For the two sides of the referral. The reading is recorded, since places are free text."""
    now = utc_now()
    vue, fiches = await service.lire(session, actor, orientation_id, now)
    par = service.partie(actor, vue.orientation)
    return RendezVousListe(elements=[rendez_vous_lu(fiche, vue.orientation, par, now) for fiche in fiches])


@router.post("", status_code=201, summary="Proposer un rendez-vous", responses=REFUS)
async def proposer_rendez_vous(
    orientation_id: UUID, corps: Proposition, actor: Partie, session: Transaction, idem: Idempotent, response: Response
) -> RendezVousSuivi:
    """For either side, once the partner has opened the dossier: one to five slots, of which the other side takes one."""
    creneaux = [creneau.valeur() for creneau in corps.creneaux]
    row = await service.proposer(session, actor, orientation_id, creneaux, utc_now())
    answer: RendezVousSuivi = await idem.keep(response, 201, _suivi(row, response))
    return answer


@router.post("/{rendez_vous_id}/proposition", summary="Proposer d’autres créneaux", responses=REFUS)
async def reproposer_rendez_vous(
    orientation_id: UUID,
    rendez_vous_id: UUID,
    corps: Proposition,
    actor: Partie,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> RendezVousSuivi:
    """For the side that a proposal waits for, or either side to move what was confirmed."""
    creneaux = [creneau.valeur() for creneau in corps.creneaux]
    row = await service.reproposer(session, actor, orientation_id, rendez_vous_id, creneaux, utc_now(), version=version)
    answer: RendezVousSuivi = await idem.keep(response, 200, _suivi(row, response))
    return answer


@router.post("/{rendez_vous_id}/confirmation", summary="Confirmer un créneau", responses=REFUS)
async def confirmer_rendez_vous(
    orientation_id: UUID,
    rendez_vous_id: UUID,
    corps: Confirmation,
    actor: Partie,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> RendezVousSuivi:
    """For the side that the proposal waits for; the cell may do so on behalf of the association."""
    row = await service.confirmer(
        session,
        actor,
        orientation_id,
        rendez_vous_id,
        corps.creneau_id,
        utc_now(),
        pour_association=corps.pour_association,
        version=version,
    )
    answer: RendezVousSuivi = await idem.keep(response, 200, _suivi(row, response))
    return answer


@router.post("/{rendez_vous_id}/annulation", summary="Annuler un rendez-vous", responses=REFUS)
async def annuler_rendez_vous(
    orientation_id: UUID,
    rendez_vous_id: UUID,
    corps: Annulation,
    actor: Partie,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> RendezVousSuivi:
    """For either side, with a coded reason, as long as it has not begun."""
    row = await service.annuler(session, actor, orientation_id, rendez_vous_id, corps.motif, utc_now(), version=version)
    answer: RendezVousSuivi = await idem.keep(response, 200, _suivi(row, response))
    return answer


@router.get(
    "/{rendez_vous_id}/calendrier",
    summary="Prendre le rendez-vous dans un agenda",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}, **refus(401, 403, 404, 422)},
)
async def fichier_rendez_vous(
    orientation_id: UUID, rendez_vous_id: UUID, actor: Partie, session: Transaction, request: Request
) -> Response:
    """For the two sides: iCalendar (RFC 5545). Taken again after a change, it moves or cancels what the agenda has."""
    origine: str = request.app.state.settings.public_url
    contenu = await service.fichier(session, actor, orientation_id, rendez_vous_id, utc_now(), origine)
    headers = {"Content-Disposition": 'attachment; filename="rendez-vous.ics"', "Cache-Control": "no-store"}
    return Response(contenu, media_type="text/calendar; charset=utf-8", headers=headers)


def _suivi(row: RendezVousRow, response: Response) -> RendezVousSuivi:
    response.headers["ETag"] = f'"{row.version}"'
    return RendezVousSuivi(rendez_vous_id=row.id, **row.model_dump(include={"etat", "version"}))
