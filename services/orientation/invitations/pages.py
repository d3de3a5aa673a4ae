"""The pages of invitations: sending them, and what somebody who is invited sees."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from common.clock import utc_now
from common.database import SystemTransaction, Transaction
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_
from common.web import render
from orientation.adhesions.domain import noms
from orientation.connexion import attentes
from orientation.connexion.cookies import poser
from orientation.connexion.ouverture import entrer
from orientation.invitations import domain, service
from orientation.membres import store
from orientation.membres.domain import libelles
from orientation.membres.pages import Responsable, choix_de_roles, tenter
from orientation.membres.schemas import InvitationAFaire, Saisie
from orientation.membres.service import DejaMembre
from orientation.partenaires.models import PartenaireRow

router = APIRouter(tags=["pages"], include_in_schema=False)

ICI = "/orientation/invitation"
MESSAGES = {
    "courriel": N_("Écrivez une adresse complète, par exemple prenom.nom@exemple.fr."),
    "roles": N_("Choisissez au moins un rôle."),
}


class Confirmation(Saisie):
    """How somebody who is invited wants to be called."""

    prenom: Annotated[str, Field(min_length=1, max_length=100)] = Field(title=N_("Prénom"))
    nom: Annotated[str, Field(min_length=1, max_length=100)] = Field(title=N_("Nom"))


@router.get("/equipes/{organisation}/invitations/nouvelle")
async def page_nouvelle(request: Request, organisation: UUID, actor: Responsable, session: Transaction) -> HTMLResponse:
    """For the managers of the organisation and the administrateur."""
    row = await store.find_organisation(session, actor, organisation)
    return _nouvelle(request, actor, row, vierge())


@router.post("/equipes/{organisation}/invitations/nouvelle")
async def inviter(request: Request, organisation: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    row = await store.find_organisation(session, actor, organisation)
    f = analyser(InvitationAFaire, await request.form(), MESSAGES)
    if f.objet:
        demande = service.inviter(session, actor, organisation, f.objet.courriel, f.objet.roles, utc_now())
        f, fait = await tenter(f, demande, "invitation", organisation)
        if fait:
            return fait
    return _nouvelle(request, actor, row, f, status=422)


@router.post("/equipes/{organisation}/invitations/{invitation_id}/renvoi")
async def renvoyer(organisation: UUID, invitation_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    await service.renvoyer(session, actor, organisation, invitation_id, utc_now())
    return RedirectResponse(f"/orientation/equipes/{organisation}?fait=renvoi", 303)


@router.post("/equipes/{organisation}/invitations/{invitation_id}/retrait")
async def retirer(organisation: UUID, invitation_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    await service.retirer(session, actor, organisation, invitation_id, utc_now())
    return RedirectResponse(f"/orientation/equipes/{organisation}?fait=annulation", 303)


@router.get("/invitation/{jeton}")
async def suivre_lien(request: Request, jeton: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]) -> Response:
    """For whoever has the link: the token goes into a cookie, so that no address seen from here on holds it."""
    response = RedirectResponse(ICI, 303)
    poser(request, response, _cookie(request), jeton, domain.DUREE)
    return response


@router.get("/invitation")
async def page_invitation(request: Request, session: SystemTransaction) -> HTMLResponse:
    """For whoever followed a link: who invites, to do what; and once signed in, the confirmation."""
    request.state.actor = None
    now = utc_now()
    row, organisation = await service.ouvrir(session, request.cookies.get(_cookie(request), ""), now)
    qui = attentes.find(request, now)
    prenom, nom = noms(qui.nom) if qui else ("", "")
    return _invitation(request, row, organisation, qui, vierge({"prenom": prenom, "nom": nom}))


@router.post("/invitation")
async def accepter(request: Request, session: SystemTransaction) -> Response:
    """For whoever followed a link and then signed in."""
    request.state.actor = None
    now = utc_now()
    jeton = request.cookies.get(_cookie(request), "")
    row, organisation = await service.ouvrir(session, jeton, now)
    qui = attentes.find(request, now)
    if qui is None:
        return RedirectResponse(ICI, 303)
    f = analyser(Confirmation, await request.form())
    if f.objet is None:
        return _invitation(request, row, organisation, qui, f, status=422)
    try:
        membre = await service.accepter(session, jeton, (qui.issuer, qui.sub), f.objet.nom, f.objet.prenom, now)
    except DejaMembre as refus:
        return _invitation(request, row, organisation, qui, f.avec_erreur("", refus.phrase), status=409)
    response = await entrer(request, session, qui, str(membre.id), now)
    poser(request, response, _cookie(request), "")
    return response


def _cookie(request: Request) -> str:
    return attentes.cookie(request, "invitation")


def _nouvelle(request: Request, actor: Any, organisation: PartenaireRow, f: Formulaire[Any], status: int = 200) -> HTMLResponse:
    contexte = {"f": f, "organisation": organisation, "choix": choix_de_roles(actor, organisation)}
    return render(request, "invitation_nouvelle.html", contexte, status=status)


def _invitation(
    request: Request, row: Any, organisation: PartenaireRow, qui: Any, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    contexte = {"f": f, "organisation": organisation, "roles": libelles(row.roles), "expire_at": row.expire_at, "qui": qui}
    return render(request, "invitation.html", contexte | {"suite": ICI}, status=status)
