"""The API of the thread. The short form, one text, is the referral's own action."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.idempotence import Idempotent
from common.traduction import _
from orientation.complements import service
from orientation.complements.schemas import Fil, QuestionsAPoser, ReponsesDonnees, complement
from orientation.orientations import service as orientations
from orientation.orientations.api import Animateur, Partenaire, Partie, version_attendue
from orientation.orientations.schemas import Suivi, suivi
from orientation.orientations.situation import situer
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/orientations/{orientation_id}/complements", tags=["compléments"])

Version = Annotated[int | None, Depends(version_attendue)]


@router.get("", summary="Lire les questions et réponses", responses=refus(401, 403, 404, 422))
async def lire_complements(orientation_id: UUID, actor: Partie, session: Transaction) -> Fil:
    """For the two sides of the referral. The reading is recorded."""
    _vue, fil = await service.lire(session, actor, orientation_id, utc_now())
    return Fil(elements=[complement(row) for row in fil])


@router.post("", summary="Demander un complément", responses=refus(401, 403, 404, 409, 412, 422))
async def demander_complements(
    orientation_id: UUID,
    corps: QuestionsAPoser,
    actor: Partenaire,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> Suivi:
    """For the partner: one to ten questions at once, each of a kind. The partner's clock stands until the reply."""
    now = utc_now()
    questions = [question.valeur() for question in corps.questions]
    async with situer(session, actor, orientation_id, now):
        row = await service.demander(session, actor, orientation_id, questions, now, version=version)
    response.headers["ETag"] = f'"{row.version}"'
    answer: Suivi = await idem.keep(response, 200, suivi(row, orientations.cotes(actor, row), now))
    return answer


@router.post("/reponses", summary="Fournir le complément", responses=refus(401, 403, 404, 409, 412, 422))
async def fournir_complements(
    orientation_id: UUID,
    corps: ReponsesDonnees,
    actor: Animateur,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> Suivi:
    """For the sender: the replies to all questions that wait."""
    now = utc_now()
    saisies = {reponse.question_id: reponse.saisie() for reponse in corps.reponses}
    if len(saisies) < len(corps.reponses):
        raise DonneeInvalide(_("Répondez une fois à chaque question."), champ="reponses")
    async with situer(session, actor, orientation_id, now):
        row = await service.fournir(session, actor, orientation_id, saisies, now, version=version)
    response.headers["ETag"] = f'"{row.version}"'
    answer: Suivi = await idem.keep(response, 200, suivi(row, orientations.cotes(actor, row), now))
    return answer
