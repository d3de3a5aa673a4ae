"""Signing out: here, at the identity provider that was signed in by, and when it says that its session is over."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from common import sessions_store
from common.auth import MaybeActor
from common.clock import utc_now
from common.database import SystemTransaction, Transaction
from common.errors import Injoignable, NonAuthentifie
from common.logs import get_logger
from common.oidc.flow import OidcClient
from common.oidc.logout import end_session_url
from common.oidc.refusals import Refused
from common.oidc.verification import same
from common.sceau import Sceau
from common.sessions import Fin, Fournisseur
from common.sessions_http import end_session, jeton_of, take_cookie
from common.traduction import _
from common.web import render
from orientation.connexion import attentes
from orientation.connexion.cookies import poser
from orientation.connexion.service import SORTIE_AUDIENCE, SORTIE_DUREE, nom_sortie, recevoir_avis

router = APIRouter(tags=["connexion"], include_in_schema=False)
log = get_logger(__name__)

RETOUR = "/orientation/deconnexion/retour"


@router.post("/deconnexion")
async def deconnexion(request: Request, actor: MaybeActor, session: Transaction) -> Response:
    """For everybody: the session ends here, also a dirigeant's, which signalement keeps. A page leads on to the provider's."""
    jeton = jeton_of(request)
    fournisseur = None
    if actor is not None and jeton is not None:
        fournisseur = await sessions_store.fournisseur_of(session, jeton)
        await end_session(request, session, jeton, Fin.deconnexion, actor)
    response = await _page_de_sortie(request, fournisseur)
    take_cookie(request, response)
    attentes.oublier(request, response)
    return response


@router.get("/deconnexion")
async def deconnecte(request: Request, actor: MaybeActor) -> HTMLResponse:
    """For everybody."""
    return render(request, "deconnecte.html", {"fin": None, "libelle": "", "partout": False})


@router.get("/deconnexion/retour")
async def deconnecte_partout(
    request: Request, actor: MaybeActor, state: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """For whoever comes back from the provider's end of session, with the state that we gave."""
    sceau: Sceau = request.app.state.sceau
    nom = nom_sortie(secure=request.app.state.settings.secure_cookies)
    try:
        attendu = str(sceau.unseal(request.cookies.get(nom, ""), SORTIE_AUDIENCE, utc_now())["state"])
    except (NonAuthentifie, KeyError):
        attendu = ""
    partout = bool(attendu) and same(state, attendu)
    response = render(request, "deconnecte.html", {"fin": None, "libelle": "", "partout": partout})
    poser(request, response, nom, "")
    return response


@router.post("/deconnexion/fournisseur/{emetteur}")
async def avis_de_fin(
    request: Request,
    session: SystemTransaction,
    emetteur: Annotated[str, Path(max_length=30)],
    logout_token: Annotated[str, Form(max_length=16_000)] = "",
) -> Response:
    """For an identity provider, known by its signature: the sessions that it opened end (Back-Channel Logout 1.0)."""
    client: OidcClient | None = request.app.state.fournisseurs.get(emetteur)
    try:
        if client is None or not logout_token:
            raise Refused("logout_token.missing")
        finies = await recevoir_avis(session, client, logout_token, utc_now())
    except Refused as refus:
        log.warning("deconnexion.refusee", raison=refus.reason, fournisseur=client.issuer.code if client else "-")
        return JSONResponse({"error": "invalid_request"}, 400)
    log.info("deconnexion.par_fournisseur", fournisseur=emetteur, sessions=finies)
    return Response(status_code=200)


async def _page_de_sortie(request: Request, fournisseur: Fournisseur | None) -> Response:
    """Signed out here; the provider's own session ends by a link, or by itself where it asks for that.

    A form may not lead to another site (our CSP), so that its answer is a page and not a redirection.
    """
    # Whoever has just left is nobody on this page.
    request.state.actor, request.state.csrf = None, ""
    clients: dict[str, OidcClient] = request.app.state.fournisseurs
    client = next((one for one in clients.values() if fournisseur and one.issuer.issuer == fournisseur.issuer), None)
    now, state, fin = utc_now(), secrets.token_urlsafe(36), None
    settings = request.app.state.settings
    if client and fournisseur:
        try:
            fin = await end_session_url(client, fournisseur.id_token, settings.public_url + RETOUR, state, now)
        except Injoignable:
            fin = None
    if client is None or fin is None:
        return RedirectResponse("/orientation/deconnexion", 303)
    if client.issuer.logout == "redirect":
        response = render(request, "vers_fournisseur.html", {"libelle": _(client.issuer.label), "adresse": fin, "sortie": True})
        response.headers["Refresh"] = f"0;url={fin}"
    else:
        response = render(request, "deconnecte.html", {"fin": fin, "libelle": _(client.issuer.label), "partout": False})
    sceau: Sceau = request.app.state.sceau
    sortie = sceau.seal({"state": state}, SORTIE_AUDIENCE, now, SORTIE_DUREE)
    poser(request, response, nom_sortie(secure=settings.secure_cookies), sortie, SORTIE_DUREE)
    return response
