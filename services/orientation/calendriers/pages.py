"""The page of one's own calendar, and the file that an agenda reads at its address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from common.actor import Actor
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.limites import par_adresse
from common.web import render
from orientation.calendriers import domain, service, store
from orientation.calendriers.fichier import etag

router = APIRouter(tags=["pages"], include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(*service.ROLES))]
ICI = "/orientation/mon-agenda"


@router.get("/mon-agenda")
async def page_agenda(
    request: Request, actor: Membre, session: Transaction, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For members who see referrals: what it is, and whether one has an address."""
    contexte = {"calendrier": await store.find(session, actor), "revoque": fait == "fin", "maximum": domain.ENTREES_MAX}
    return render(request, "agenda.html", contexte)


@router.post("/mon-agenda")
async def creer(request: Request, actor: Membre, session: Transaction) -> HTMLResponse:
    """For members who see referrals: the address, shown this once."""
    return _lien(request, await service.creer(session, actor, utc_now()), renouvele=False)


@router.get("/mon-agenda/renouvellement")
async def page_renouvellement(request: Request, actor: Membre) -> HTMLResponse:
    """For members who see referrals: what another address means, before it is done."""
    return render(request, "agenda_renouvellement.html")


@router.post("/mon-agenda/renouvellement")
async def renouveler(request: Request, actor: Membre, session: Transaction) -> HTMLResponse:
    """For members who see referrals: the new address, shown this once."""
    return _lien(request, await service.renouveler(session, actor, utc_now()), renouvele=True)


@router.get("/mon-agenda/fin")
async def page_fin(request: Request, actor: Membre) -> HTMLResponse:
    """For members who see referrals: what revoking means, before it is done."""
    return render(request, "agenda_fin.html")


@router.post("/mon-agenda/fin")
async def revoquer(actor: Membre, session: Transaction) -> Response:
    """For members who see referrals."""
    await service.revoquer(session, actor, utc_now())
    return RedirectResponse(f"{ICI}?fait=fin", 303)


@router.get("/calendriers/{jeton}.ics", dependencies=[Depends(par_adresse(120))])
async def flux(request: Request, jeton: str) -> Response:
    """For whoever has the address: iCalendar. Wrong, renewed, revoked or of somebody who has left, it is not there."""
    state = request.app.state
    contenu = await service.lire(state.database, jeton, state.settings.public_url, utc_now())
    # An agenda may keep it, and asks each time whether it has changed; nothing in between may.
    headers = {"ETag": etag(contenu), "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    connus = (connu.strip().removeprefix("W/") for connu in request.headers.get("if-none-match", "").split(","))
    if headers["ETag"] in connus:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="relais.ics"'
    return Response(contenu, media_type="text/calendar; charset=utf-8", headers=headers)


def _lien(request: Request, jeton: str, *, renouvele: bool) -> HTMLResponse:
    adresse = f"{request.app.state.settings.public_url}{service.ADRESSE}/{jeton}.ics"
    abonnement = "webcal://" + adresse.partition("://")[2]
    return render(request, "agenda_lien.html", {"adresse": adresse, "abonnement": abonnement, "renouvele": renouvele})
