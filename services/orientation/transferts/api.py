"""The API of following a referral inside the partner, and of passing it on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from orientation.orientations import service as orientations
from orientation.orientations.api import Animateur, Partenaire, Partie, version_attendue
from orientation.orientations.domain import Cote
from orientation.orientations.schemas import Suivi, suivi
from orientation.orientations.store import find as find_orientation
from orientation.problemes import refus
from orientation.transferts import service, store
from orientation.transferts.schemas import (
    AffectationAFaire,
    SuiviInterne,
    TransfertAProposer,
    TransfertLu,
    Transferts,
    etape_lue,
    membre_lu,
    transfert_lu,
)

router = APIRouter(prefix="/api/v1/orientations/{orientation_id}", tags=["transferts"])

Version = Annotated[int | None, Depends(version_attendue)]
REFUS = refus(401, 403, 404, 409, 412, 422)


@router.get("/responsable", summary="Lire qui suit l’orientation", responses=refus(401, 403, 404, 422))
async def lire_responsable(orientation_id: UUID, actor: Partenaire, session: Transaction, response: Response) -> SuiviInterne:
    """For the partner: names of its own members only."""
    vue, membres, histoire = await service.lire_suivi(session, actor, orientation_id)
    row = vue.orientation
    response.headers["ETag"] = f'"{row.version}"'
    return SuiviInterne(
        orientation_id=row.id,
        version=row.version,
        responsable_id=row.responsable_id,
        membres=[membre_lu(membre) for membre in membres],
        histoire=[etape_lue(etape) for etape in histoire],
    )


@router.put("/responsable", summary="Confier l’orientation à quelqu’un", responses=REFUS)
async def affecter_orientation(
    orientation_id: UUID,
    corps: AffectationAFaire,
    actor: Partenaire,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> Suivi:
    """For the partner: a manager gives it to anybody of the organisation, an agent takes what nobody has."""
    row = await service.affecter(session, actor, orientation_id, corps.responsable_id, utc_now(), version=version)
    response.headers["ETag"] = f'"{row.version}"'
    answer: Suivi = await idem.keep(response, 200, suivi(row, orientations.cotes(actor, row), utc_now()))
    return answer


@router.get("/transferts", summary="Lire les transferts proposés", responses=refus(401, 403, 404, 422))
async def lire_transferts(orientation_id: UUID, actor: Partie, session: Transaction) -> Transferts:
    """For the two sides of the referral."""
    vue = await find_orientation(session, actor, orientation_id)
    emetteur = Cote.emetteur in orientations.cotes(actor, vue.orientation)
    fiches = await store.transferts(session, orientation_id)
    return Transferts(elements=[transfert_lu(fiche.row, emetteur=emetteur) for fiche in fiches])


@router.post("/transferts", status_code=201, summary="Proposer un transfert", responses=REFUS)
async def proposer_transfert(
    orientation_id: UUID,
    corps: TransfertAProposer,
    actor: Partenaire,
    session: Transaction,
    idem: Idempotent,
    response: Response,
    version: Version,
) -> TransfertLu:
    """For the partner that has opened the dossier. Nothing is passed on before the sender and the association agree."""
    row = await service.proposer(
        session, actor, orientation_id, corps.partenaire_id, corps.dispositif, corps.motif, utc_now(), version=version
    )
    answer: TransfertLu = await idem.keep(response, 201, transfert_lu(row, emetteur=False))
    return answer


@router.post("/transferts/{transfert_id}/acceptation", summary="Accepter un transfert", responses=REFUS)
async def accepter_transfert(
    orientation_id: UUID, transfert_id: UUID, actor: Animateur, session: Transaction, idem: Idempotent, response: Response
) -> TransfertLu:
    """For the sender: closes this referral and prepares the next one, which waits for the association's new consent."""
    row = await service.accepter(session, actor, orientation_id, transfert_id, utc_now())
    answer: TransfertLu = await idem.keep(response, 200, transfert_lu(row, emetteur=True))
    return answer


@router.post("/transferts/{transfert_id}/refus", summary="Refuser un transfert", responses=REFUS)
async def refuser_transfert(
    orientation_id: UUID, transfert_id: UUID, actor: Animateur, session: Transaction, idem: Idempotent, response: Response
) -> TransfertLu:
    """For the sender: the referral stays where it is."""
    row = await service.refuser(session, actor, orientation_id, transfert_id, utc_now())
    answer: TransfertLu = await idem.keep(response, 200, transfert_lu(row, emetteur=True))
    return answer


@router.post("/transferts/{transfert_id}/retrait", summary="Retirer une proposition de transfert", responses=REFUS)
async def retirer_transfert(
    orientation_id: UUID, transfert_id: UUID, actor: Partenaire, session: Transaction, idem: Idempotent, response: Response
) -> TransfertLu:
    """For the partner that proposed it."""
    row = await service.retirer(session, actor, orientation_id, transfert_id, utc_now())
    answer: TransfertLu = await idem.keep(response, 200, transfert_lu(row, emetteur=False))
    return answer
