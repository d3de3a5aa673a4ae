"""The pages of an organisation's systems: for its managers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.clock import utc_now
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_
from common.web import render
from orientation.machines import service, store
from orientation.machines.api import Manager, emetteur
from orientation.machines.schemas import ClientADeclarer

router = APIRouter(prefix="/machines", tags=["pages"], include_in_schema=False)

ICI = "/orientation/machines"
FAITS = {
    "declaration": N_("Le client est déclaré : il agit pour votre organisation."),
    "revocation": N_("Le client est révoqué : sa prochaine demande sera refusée."),
}
MESSAGES = {"client_id": N_("Donnez l’identifiant du client, sans espace ni accent, comme le fournisseur d’identité l’écrit.")}


@router.get("")
async def page_machines(
    request: Request, actor: Manager, session: Transaction, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For the manager: the systems that act for its organisation, and how one is added."""
    return await _machines(request, actor, session, vierge(), FAITS.get(fait, ""))


@router.post("")
async def declarer(request: Request, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    f = analyser(ClientADeclarer, await request.form(), MESSAGES)
    if f.objet:
        try:
            await service.declarer(session, actor, emetteur(request, f.objet.issuer), f.objet.client_id, utc_now())
        except DonneeInvalide as refus:
            f = f.avec_erreur(refus.champ or "", refus.remede)
        except Conflit as refus:
            f = f.avec_erreur(refus.champ or "", refus.phrase)
        else:
            return RedirectResponse(f"{ICI}?fait=declaration", 303)
    return await _machines(request, actor, session, f, status=422)


@router.get("/{machine_id}/revocation")
async def page_revocation(request: Request, machine_id: UUID, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager: what revoking means, before it is done."""
    return render(request, "machine_revocation.html", {"client": await store.find(session, actor, machine_id)})


@router.post("/{machine_id}/revocation")
async def revoquer(machine_id: UUID, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    await service.revoquer(session, actor, machine_id, utc_now())
    return RedirectResponse(f"{ICI}?fait=revocation", 303)


async def _machines(
    request: Request, actor: Actor, session: AsyncSession, f: Formulaire[Any], bandeau: str = "", status: int = 200
) -> HTMLResponse:
    contexte = {
        "f": f,
        "clients": await store.clients(session, actor),
        "emetteur": emetteur(request, ""),
        "audience": request.app.state.settings.token_audience,
        "bandeau_texte": bandeau,
    }
    return render(request, "machines.html", contexte, status=status)
