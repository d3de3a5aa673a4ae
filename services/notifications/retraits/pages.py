"""The page of withdrawn consents: a recipient takes note, an animateur sees who has not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.web import render
from notifications.retraits import service, store
from notifications.retraits.domain import EtatRetrait

router = APIRouter(prefix="/retraits", include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.animateur))]
RETRAITS = "/notifications/retraits"
MAXIMUM = 100


@router.get("")
async def retraits(
    request: Request, session: Transaction, actor: Membre, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """The newest hundred: what is to be taken note of first."""
    found = await store.page(session, actor, MAXIMUM)
    lignes = sorted(found, key=lambda one: one[0].etat != EtatRetrait.a_confirmer)
    context = {"lignes": lignes, "etats": EtatRetrait, "moi": actor.organisation_id, "confirme": fait == "confirme"}
    return render(request, "retraits.html", context)


@router.post("/{consentement_id}/prise-d-acte")
async def prendre_acte(session: Transaction, actor: Membre, consentement_id: UUID) -> RedirectResponse:
    """Take note. Raises Introuvable, RienRecu."""
    await service.prendre_acte(session, actor, consentement_id, utc_now())
    return RedirectResponse(f"{RETRAITS}?fait=confirme", 303)
