"""The API of lots, for animateurs."""

from uuid import UUID

from fastapi import APIRouter, Request

from common.clock import new_id, utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.traduction import _
from orientation.lots import service, store
from orientation.lots.schemas import LotAFaire, LotAPrevoir, LotFait, LotPrevu, ligne_prevue, lot_fait
from orientation.orientations.api import Animateur
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/orientations/lots", tags=["lots"])


@router.post("/apercu", summary="Prévoir une action sur plusieurs orientations", responses=refus(401, 403, 404, 422))
async def prevoir_lot(corps: LotAPrevoir, actor: Animateur, session: Transaction) -> LotPrevu:
    """For the animateur of their territory: says for each what would happen, or why it would not. Changes nothing."""
    previsions = await service.prevoir(session, actor, corps.action, corps.orientations, corps.cible(), utc_now())
    return LotPrevu(lot_id=new_id(), lignes=[ligne_prevue(prevision) for prevision in previsions])


@router.post("", summary="Agir sur plusieurs orientations", responses=refus(401, 403, 404, 422))
async def faire_lot(corps: LotAFaire, actor: Animateur, session: Transaction, request: Request) -> LotFait:
    """For the animateur of their territory: each by itself, so that one refusal undoes none of the others.

    The `lot_id` makes it idempotent: asked for again, the same lot answers what became of it the first time.
    """
    versions = {chosen.orientation_id: chosen.version for chosen in corps.orientations}
    if len(versions) < len(corps.orientations):
        raise DonneeInvalide(_("Choisissez chaque orientation une seule fois."), champ="orientations")
    nats, cible = request.app.state.nats, corps.cible()
    row = await service.faire(session, nats, actor, corps.lot_id, corps.action, versions, cible, utc_now())
    return lot_fait(row)


@router.get("/{lot_id}", summary="Lire ce qu’un lot a fait", responses=refus(401, 403, 404, 422))
async def lire_lot(lot_id: UUID, actor: Animateur, session: Transaction) -> LotFait:
    """For the animateur who asked for it."""
    return lot_fait(await store.find(session, actor, lot_id))
