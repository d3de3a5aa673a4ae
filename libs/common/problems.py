"""Errors on their way out: RFC 9457 for the API, a kind page in French for people, and never what was typed."""

from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from common.database import AWAY, is_away
from common.errors import DonneeInvalide, Erreur, Injoignable, Introuvable, NonAuthentifie
from common.formulaires import message_of
from common.idempotence import Replay
from common.logs import get_logger
from common.middleware import BodyTooLarge
from common.traduction import N_, _
from common.web import render

log = get_logger(__name__)


class TropGrand(Erreur):
    """The body is larger than any that we take."""

    status, slug, titre = 413, "trop-grand", N_("L’envoi est trop volumineux.")


class MethodeInconnue(Erreur):
    """The address exists, not with this method."""

    status, slug, titre = 405, "methode-inconnue", N_("Cette adresse ne s’utilise pas ainsi.")


class Panne(Erreur):
    """We failed; the request's id finds the trace in our logs."""

    status, slug, titre = 500, "panne", N_("Une erreur est survenue de notre côté.")


def wants_html(request: Request) -> bool:
    """Whether a person looks at the answer: the API always answers in JSON."""
    return "/api/" not in request.url.path and "text/html" in request.headers.get("accept", "")


def respond(request: Request, error: Erreur, **more: Any) -> Response:
    """The answer to a refused request. A person who is not signed in is led to the sign-in, and back afterwards."""
    headers = {"Retry-After": str(error.details["attendre_secondes"])} if "attendre_secondes" in error.details else {}
    if not wants_html(request):
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(error.problem() | more, error.status, headers, media_type="application/problem+json")
    if isinstance(error, NonAuthentifie) and request.method == "GET":
        return RedirectResponse(f"/orientation/connexion?suite={quote(request.url.path)}", 303)
    if not hasattr(request.state, "actor"):
        request.state.actor = None
    context = {"probleme": error.problem(), "reference": request.state.request_id}
    page = render(request, "erreur.html", context, status=error.status)
    page.headers.update(headers)
    return page


def install(app: FastAPI) -> None:
    """Give the application these answers."""

    async def on_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, Erreur)  # noqa: S101 - registered for this class only.
        if error.status >= 500:
            log.warning("refused", slug=error.slug)
        return respond(request, error)

    async def on_replay(_: Request, replay: Exception) -> Response:
        assert isinstance(replay, Replay)  # noqa: S101 - registered for this class only.
        return replay.response

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only.
        erreurs = [_field(detail) for detail in error.errors()]
        problem = DonneeInvalide(_("Corrigez les champs indiqués, puis recommencez."), champ=erreurs[0]["champ"])
        return respond(request, problem, erreurs=erreurs)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only.
        if error.status_code == 404:
            return respond(request, Introuvable())
        if error.status_code == 405:
            return respond(request, MethodeInconnue())
        return respond(request, DonneeInvalide(_("Vérifiez la forme de la demande.")))

    async def on_too_large(request: Request, error: Exception) -> Response:
        assert isinstance(error, BodyTooLarge)  # noqa: S101 - registered for this class only.
        return respond(
            request,
            TropGrand(_("Réduisez la taille de ce que vous envoyez à {n} Mo au plus.").format(n=error.limit // 1_000_000)),
        )

    async def on_anything(request: Request, error: Exception) -> Response:
        if is_away(error):
            log.warning("database.away", error=type(error).__name__)
            return respond(request, Injoignable(_("Réessayez dans une minute. Rien n’a été enregistré.")))
        log.error("failed", exc_info=error)
        return respond(request, Panne(_("Réessayez. Si cela se répète, signalez-le avec la référence indiquée.")))

    app.add_exception_handler(Erreur, on_error)
    app.add_exception_handler(Replay, on_replay)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(BodyTooLarge, on_too_large)
    for anything in (*AWAY, DBAPIError, Exception):
        app.add_exception_handler(anything, on_anything)


def _field(detail: ErrorDetails) -> dict[str, str]:
    """A field in error, by name and French message: never the value that was sent."""
    place = [str(part) for part in detail["loc"] if part not in ("body", "query", "path", "header")]
    return {"champ": ".".join(place) or "corps", "message": message_of(detail)}
