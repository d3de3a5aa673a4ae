"""The API of an organisation's systems: for its managers. A system never manages systems."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.idempotence import Idempotent
from common.traduction import _
from orientation.machines import service, store
from orientation.machines.schemas import ClientADeclarer, ClientLu, Clients, client_lu
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/machines", tags=["machines"])

Manager = Annotated[Actor, Depends(allow(Role.manager))]


def emetteur(request: Request, voulu: str) -> str:
    """The issuer of a client. Raises DonneeInvalide for one whose access tokens this hub does not take."""
    connu: str = request.app.state.settings.oidc_issuer
    if voulu not in ("", connu):
        raise DonneeInvalide(_("Relais accepte les jetons d’accès de {connu}.").format(connu=connu), champ="issuer")
    return connu


@router.get("", summary="Lister ses systèmes connectés", responses=refus(401, 403))
async def lister_clients(actor: Manager, session: Transaction) -> Clients:
    """For the manager: the clients that act for its organisation, with their last use."""
    return Clients(elements=[client_lu(row) for row in await store.clients(session, actor)])


@router.post("", status_code=201, summary="Déclarer un client", responses=refus(401, 403, 404, 409, 422))
async def declarer_client(
    request: Request, corps: ClientADeclarer, actor: Manager, session: Transaction, idem: Idempotent, response: Response
) -> ClientLu:
    """For the manager: a client that exists at the identity provider acts for its organisation from now on."""
    row = await service.declarer(session, actor, emetteur(request, corps.issuer), corps.client_id, utc_now())
    answer: ClientLu = await idem.keep(response, 201, client_lu(row))
    return answer


@router.delete("/{machine_id}", status_code=204, summary="Révoquer un client", responses=refus(401, 403, 404, 422))
async def revoquer_client(machine_id: UUID, actor: Manager, session: Transaction) -> None:
    """For the manager: the next request of that client is refused, by every service."""
    await service.revoquer(session, actor, machine_id, utc_now())
