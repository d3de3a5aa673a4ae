"""Signing in by the identity provider, and out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from common.auth import MaybeActor
from common.clock import utc_now
from common.database import Transaction
from common.errors import Injoignable, Interdit, NonAuthentifie
from common.oidc import Attempt, OidcClient
from common.sceau import Sceau
from common.sessions import Fin, Fournisseur
from common.sessions_http import end_session, give_cookie, jeton_of, renew_session, take_cookie
from common.web import render
from orientation.connexion.domain import accueil_de, chemin_local
from orientation.connexion.service import ESSAI_AUDIENCE, ESSAI_DUREE, nom_essai
from orientation.partenaires import store

router = APIRouter(tags=["connexion"], include_in_schema=False)


@router.get("/")
async def accueil(actor: MaybeActor) -> RedirectResponse:
    """For everybody: on to the page that this person comes for."""
    return RedirectResponse(accueil_de(actor), 303)


@router.get("/connexion")
async def connexion(request: Request, suite: Annotated[str, Query(max_length=2000)] = "") -> RedirectResponse:
    """For everybody: on to the identity provider, remembering where from in a short signed cookie."""
    oidc: OidcClient = request.app.state.oidc
    url, attempt = await oidc.begin(chemin_local(suite))
    sceau: Sceau = request.app.state.sceau
    response = RedirectResponse(url, 303)
    essai = sceau.seal(attempt.model_dump(), ESSAI_AUDIENCE, utc_now(), ESSAI_DUREE)
    _poser_essai(request, response, essai, int(ESSAI_DUREE.total_seconds()))
    return response


@router.get("/connexion/retour")
async def retour(
    request: Request,
    session: Transaction,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """For whoever comes back from the identity provider with what we gave them; anything else is told to begin again."""
    oidc: OidcClient = request.app.state.oidc
    sceau: Sceau = request.app.state.sceau
    now = utc_now()
    request.state.actor = None
    try:
        essai = sceau.unseal(request.cookies.get(_nom_essai(request), ""), ESSAI_AUDIENCE, now)
        attempt = Attempt.model_validate(essai)
        if not code:
            raise NonAuthentifie
        identite = await oidc.finish(attempt, state=state, code=code, iss=iss, now=now)
    except (NonAuthentifie, ValidationError):
        return _sans_essai(request, render(request, "connexion_echec.html", status=401))
    try:
        actor = await store.find_acteur(session, identite.issuer, identite.subject)
    except Interdit:
        return _sans_essai(request, render(request, "sans_rattachement.html", status=403))
    fournisseur = Fournisseur(identite.issuer, identite.subject, id_token=identite.id_token)
    jeton = await renew_session(request, session, actor, now, fournisseur)
    response = _sans_essai(request, RedirectResponse(chemin_local(attempt.suite), 303))
    give_cookie(request, response, jeton)
    return response


@router.post("/deconnexion")
async def deconnexion(request: Request, actor: MaybeActor, session: Transaction) -> RedirectResponse:
    """For everybody: the session ends here, also a dirigeant's, which signalement keeps."""
    jeton = jeton_of(request)
    if actor is not None and jeton is not None:
        await end_session(request, session, jeton, Fin.deconnexion, actor)
    response = RedirectResponse("/orientation/deconnexion", 303)
    take_cookie(request, response)
    return response


@router.get("/deconnexion")
async def deconnecte(request: Request, actor: MaybeActor) -> HTMLResponse:
    """For everybody. The provider's own session is ended by a link: a form may not lead to another site (our CSP)."""
    oidc: OidcClient = request.app.state.oidc
    try:
        fin = await oidc.end_session_url(None, request.app.state.settings.public_url + "/")
    except Injoignable:
        fin = None
    return render(request, "deconnecte.html", {"fin": fin})


def _nom_essai(request: Request) -> str:
    return nom_essai(secure=request.app.state.settings.secure_cookies)


def _sans_essai(request: Request, response: Response) -> Response:
    _poser_essai(request, response, "", 0)
    return response


def _poser_essai(request: Request, response: Response, valeur: str, duree: int) -> None:
    secure = request.app.state.settings.secure_cookies
    response.set_cookie(nom_essai(secure=secure), valeur, max_age=duree, path="/", secure=secure, httponly=True, samesite="lax")
