"""From an identity to a session: for the only organisation, for the one that the person chooses, or for none yet."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.errors import Introuvable
from common.sessions_http import give_cookie, renew_session
from common.traduction import _
from common.web import render
from orientation.adhesions import store as adhesions
from orientation.comptes import service as comptes
from orientation.connexion import attentes
from orientation.connexion.attentes import Attente
from orientation.connexion.domain import chemin_local
from orientation.membres.store import note_connexion
from orientation.partenaires import store

CHOIX = "/orientation/connexion/organisation"
INVITATION = "/orientation/invitation"


async def accueillir(request: Request, session: AsyncSession, qui: Attente, now: datetime) -> Response:
    """Where somebody goes on who has just signed in at a provider."""
    trouves = await store.rattachements(session, qui.issuer, qui.sub)
    if len(trouves) == 1 and qui.suite != INVITATION:
        return await entrer(request, session, qui, trouves[0].actor.id, now)
    response: Response
    if trouves or qui.suite == INVITATION:
        response = RedirectResponse(INVITATION if qui.suite == INVITATION else CHOIX, 303)
    elif changes := await comptes.signaler(session, qui, now):
        response = render(request, "compte_change.html", {"qui": qui, "trouves": changes}, status=403)
    else:
        response = await sans_rattachement(request, session, qui, now)
    attentes.garder(request, response, qui, now)
    return response


async def entrer(request: Request, session: AsyncSession, qui: Attente, membre_id: str, now: datetime) -> Response:
    """Open a session for one membership of this identity, and go on. Raises Introuvable for one that is not its own."""
    trouves = await store.rattachements(session, qui.issuer, qui.sub)
    actor = next((trouve.actor for trouve in trouves if trouve.actor.id == membre_id), None)
    if actor is None:
        raise Introuvable
    suite = "/orientation/" if qui.suite == INVITATION else chemin_local(qui.suite)
    response = RedirectResponse(suite, 303)
    give_cookie(request, response, await renew_session(request, session, actor, now, qui.fournisseur()))
    await note_connexion(session, UUID(actor.id), now.date())
    attentes.oublier(request, response)
    return response


async def sans_rattachement(request: Request, session: AsyncSession, qui: Attente, now: datetime, **plus: object) -> Response:
    """The page that says why nothing is open, whom to ask, and what came of what was asked."""
    demandes = await adhesions.of_identite(session, qui.issuer, qui.sub)
    contexte = {
        "qui": qui,
        "siret": qui.siret,
        "selon": _fournisseur(request, qui.issuer) if qui.siret else "",
        "trouvees": (),
        "cherche": False,
        "refus": "",
        "demandes": [(libelle, row.valeur().attend(now), row.etat, row.demandee_at) for row, libelle in demandes[:5]],
    }
    return render(request, "sans_rattachement.html", contexte | plus, status=403)


def _fournisseur(request: Request, issuer: str) -> str:
    """What people call that provider."""
    return next((_(one.label) for one in request.app.state.settings.issuers if one.issuer == issuer), "")
