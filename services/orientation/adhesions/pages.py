"""The pages of requests to join: for whoever has signed in and belongs nowhere, and for those who decide."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from common.clock import utc_now
from common.database import SystemTransaction, Transaction
from common.errors import Erreur, NonAuthentifie
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import _
from common.web import render
from orientation.adhesions import service, store
from orientation.adhesions.models import AdhesionRow
from orientation.connexion import attentes
from orientation.connexion.ouverture import sans_rattachement
from orientation.membres import store as equipes
from orientation.membres.pages import Responsable, choix_de_roles, tenter
from orientation.membres.schemas import RolesVoulus
from orientation.partenaires.models import PartenaireRow

router = APIRouter(tags=["pages"], include_in_schema=False)

Siret = Annotated[str, Query(max_length=30)]


@router.get("/adhesions")
async def page_adhesions(request: Request, session: SystemTransaction, siret: Siret = "") -> Response:
    """For whoever has just signed in at a provider and belongs nowhere: the organisations with that SIREN."""
    request.state.actor = None
    now = utc_now()
    qui = attentes.find(request, now)
    if qui is None:
        raise NonAuthentifie
    numero = re.sub(r"\s", "", siret)
    entier = numero.isdecimal() and numero.isascii() and len(numero) == 14
    plus: dict[str, Any] = {"siret": siret or qui.siret, "cherche": bool(siret)}
    plus |= {"trouvees": await store.of_siren(session, numero) if entier else ()}
    plus |= {"refus": _("Un SIRET compte quatorze chiffres.") if siret and not entier else ""}
    return await sans_rattachement(request, session, qui, now, **plus)


@router.post("/adhesions")
async def demander(
    request: Request,
    session: SystemTransaction,
    organisation: Annotated[UUID, Form()],
    siret: Annotated[str, Form(max_length=30)],
) -> Response:
    """For the same: ask that organisation's managers. The number only finds it; they alone decide."""
    request.state.actor = None
    now = utc_now()
    qui = attentes.find(request, now)
    if qui is None:
        raise NonAuthentifie
    try:
        await service.demander(session, qui, organisation, re.sub(r"\s", "", siret), now)
    except Erreur as refus:
        return await sans_rattachement(request, session, qui, now, siret=siret, refus=refus.phrase)
    return RedirectResponse("/orientation/adhesions", 303)


@router.get("/equipes/{organisation}/adhesions/{adhesion_id}/acceptation")
async def page_acceptation(
    request: Request, organisation: UUID, adhesion_id: UUID, actor: Responsable, session: Transaction
) -> HTMLResponse:
    """For the managers of the organisation and the administrateur."""
    row = await equipes.find_organisation(session, actor, organisation)
    return _acceptation(request, actor, row, await store.find(session, row, adhesion_id), vierge())


@router.post("/equipes/{organisation}/adhesions/{adhesion_id}/acceptation")
async def accepter(
    request: Request, organisation: UUID, adhesion_id: UUID, actor: Responsable, session: Transaction
) -> Response:
    """For the managers of the organisation and the administrateur."""
    row = await equipes.find_organisation(session, actor, organisation)
    adhesion = await store.find(session, row, adhesion_id)
    f = analyser(RolesVoulus, await request.form(), {"roles": _("Choisissez au moins un rôle.")})
    if f.objet:
        demande = service.accepter(session, actor, organisation, adhesion_id, f.objet.roles, utc_now())
        f, fait = await tenter(f, demande, "adhesion", organisation)
        if fait:
            return fait
    return _acceptation(request, actor, row, adhesion, f, status=422)


@router.post("/equipes/{organisation}/adhesions/{adhesion_id}/refus")
async def refuser(organisation: UUID, adhesion_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    await service.refuser(session, actor, organisation, adhesion_id, utc_now())
    return RedirectResponse(f"/orientation/equipes/{organisation}?fait=refus", 303)


def _acceptation(
    request: Request, actor: Any, organisation: PartenaireRow, adhesion: AdhesionRow, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    contexte = {"f": f, "organisation": organisation, "adhesion": adhesion, "choix": choix_de_roles(actor, organisation)}
    return render(request, "adhesion_acceptation.html", contexte, status=status)
