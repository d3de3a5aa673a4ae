"""The pages of those who decide about a changed account: a warning, then yes or no."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from common.clock import utc_now
from common.database import Transaction
from common.errors import Conflit
from common.formulaires import vierge
from common.web import render
from orientation.comptes import service, store
from orientation.comptes.domain import CompteDecide
from orientation.membres import store as equipes
from orientation.membres.domain import libelles
from orientation.membres.pages import Responsable, tenter

router = APIRouter(tags=["pages"], include_in_schema=False)

ICI = "/equipes/{organisation}/comptes/{compte_id}"


@router.get("/comptes/{compte_id}")
async def suivre_courriel(compte_id: UUID, actor: Responsable, session: Transaction) -> RedirectResponse:
    """For those who decide: an administrateur's mail does not say whose team it is about."""
    organisation = await store.organisation_of(session, actor, compte_id)
    return RedirectResponse(f"/orientation/equipes/{organisation}/comptes/{compte_id}", 303)


@router.get(ICI)
async def page_compte(
    request: Request, organisation: UUID, compte_id: UUID, actor: Responsable, session: Transaction
) -> HTMLResponse:
    """For the managers of the organisation and the administrateur: what confirming means, before it is done."""
    return await _page(request, session, actor, organisation, compte_id)


@router.post(f"{ICI}/confirmation")
async def confirmer(
    request: Request, organisation: UUID, compte_id: UUID, actor: Responsable, session: Transaction
) -> Response:
    """For the managers of the organisation and the administrateur."""
    demande = service.confirmer(session, actor, organisation, compte_id, utc_now())
    f, fait = await tenter(vierge(), demande, "compte", organisation)
    return fait or await _page(request, session, actor, organisation, compte_id, f.erreur(""))


@router.post(f"{ICI}/refus")
async def refuser(organisation: UUID, compte_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    await service.refuser(session, actor, organisation, compte_id, utc_now())
    return RedirectResponse(f"/orientation/equipes/{organisation}?fait=compte-refus", 303)


async def _page(
    request: Request, session: Transaction, actor: Responsable, organisation: UUID, compte_id: UUID, refus: str = ""
) -> HTMLResponse:
    row = await equipes.find_organisation(session, actor, organisation)
    compte, membre = await store.find(session, row, compte_id)
    if not refus and not compte.valeur().attend(utc_now()):
        refus = CompteDecide.titre
    contexte = {
        "organisation": row,
        "change": compte,
        "membre": membre,
        "roles": libelles(membre.roles),
        "attend": compte.valeur().attend(utc_now()),
        "refus": refus,
    }
    return render(request, "compte_confirmation.html", contexte, status=Conflit.status if refus else 200)
