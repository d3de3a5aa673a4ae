"""Where a form comes from: our own pages only. The browser says so twice, and the form of somebody signed in a third time."""

from collections.abc import Mapping

from fastapi import Request

from common.errors import Interdit
from common.sessions import Jeton
from common.traduction import N_

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a page of another site can have a browser send without asking us first.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
FIELD = "csrf"
ELSEWHERE = N_("Le formulaire a été envoyé depuis une autre adresse. Rechargez la page et recommencez.")
OLD = N_("Cette page date d’avant votre dernière connexion. Rechargez-la et recommencez.")


def from_elsewhere(headers: Mapping[str, str], public_url: str) -> bool:
    """Whether the browser says that another address sent this. One that says nothing is not a browser."""
    foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return foreign or headers.get("origin", public_url) != public_url


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the body has one of the types that a form may have."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() in FORMS


async def refuse_forms_from_elsewhere(request: Request) -> None:
    """For every route, whoever asks. A request without a body needs no agreement of ours either. Raises Interdit."""
    if request.method in SAFE_METHODS or ("content-type" in request.headers and not is_form(request.headers)):
        return
    if from_elsewhere(request.headers, request.app.state.settings.public_url):
        raise Interdit(ELSEWHERE)


async def refuse_forged(request: Request, jeton: Jeton) -> None:
    """For a request with a session that may change something: it says it is ours, and a form has the session's own token.

    Calls of the API bear no token: a page elsewhere cannot send JSON without asking first, and we never agree.
    """
    if request.method in SAFE_METHODS:
        return
    if "origin" not in request.headers or from_elsewhere(request.headers, request.app.state.settings.public_url):
        raise Interdit(ELSEWHERE)
    if "/api/" in request.url.path and not is_form(request.headers):
        return
    sent = (await request.form()).get(FIELD)
    if not isinstance(sent, str) or not jeton.owns_form(sent):
        raise Interdit(OLD)
