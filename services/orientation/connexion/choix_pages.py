"""For which organisation somebody acts who belongs to several: chosen at sign-in, and changed afterwards."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.auth import MaybeActor
from common.clock import utc_now
from common.database import SystemTransaction
from common.errors import NonAuthentifie
from common.web import render
from orientation.connexion import attentes
from orientation.connexion.attentes import Attente
from orientation.connexion.ouverture import entrer
from orientation.membres.domain import libelles
from orientation.membres.store import identite_of
from orientation.partenaires import store

router = APIRouter(prefix="/connexion/organisation", tags=["connexion"], include_in_schema=False)


@router.get("")
async def page_organisations(request: Request, actor: MaybeActor, session: SystemTransaction) -> Response:
    """For whoever has just signed in at a provider, and for a member who is signed in: its own organisations."""
    qui = await _qui(request, actor, session)
    trouves = await store.rattachements(session, qui.issuer, qui.sub)
    if not trouves:
        return RedirectResponse("/orientation/adhesions", 303)
    contexte = {
        "organisations": [(t.actor.id, t.libelle, libelles(sorted(t.actor.roles))) for t in trouves],
        "actuelle": actor.id if actor else "",
    }
    return render(request, "connexion_organisation.html", contexte)


@router.post("")
async def choisir(
    request: Request,
    actor: MaybeActor,
    session: SystemTransaction,
    membre: Annotated[str, Form(max_length=40)],
) -> Response:
    """For the same: a session for that organisation and no other. The one before ends."""
    return await entrer(request, session, await _qui(request, actor, session), membre, utc_now())


async def _qui(request: Request, actor: Actor | None, session: AsyncSession) -> Attente:
    if qui := attentes.find(request, utc_now()):
        return qui
    identite = await identite_of(session, actor) if actor else None
    if identite is None:
        raise NonAuthentifie
    return Attente(issuer=identite[0], sub=identite[1], suite="/orientation/")
