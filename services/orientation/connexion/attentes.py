"""Whom a provider vouched for a moment ago, and who is not yet anybody here: kept in a signed cookie, for half an hour.

It opens nothing by itself: what it leads to is looked up in the directory when it is used.
"""

from datetime import datetime, timedelta

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from common.errors import NonAuthentifie
from common.sceau import Sceau
from common.sessions import Fournisseur, cookie_name
from orientation.connexion.cookies import poser

AUDIENCE = "relais-identite"
DUREE = timedelta(minutes=30)
ID_TOKEN_MAX = 1500
"""A cookie has no more than 4096 characters. A longer id_token is not kept: then the provider is not told who leaves."""


class Attente(BaseModel):
    """Who the provider says this is, and where it was going."""

    issuer: str
    sub: str
    nom: str = ""
    courriel: str = ""
    siret: str = ""
    sid: str | None = None
    id_token: str | None = None
    suite: str

    def fournisseur(self) -> Fournisseur:
        """What a session remembers of its provider."""
        return Fournisseur(self.issuer, self.sub, self.sid, self.id_token)


def cookie(request: Request, quoi: str) -> str:
    """The name of a cookie beside the session's."""
    return f"{cookie_name(secure=request.app.state.settings.secure_cookies)}-{quoi}"


def garder(request: Request, response: Response, qui: Attente, now: datetime) -> None:
    """Have the browser keep it."""
    sceau: Sceau = request.app.state.sceau
    if qui.id_token and len(qui.id_token) > ID_TOKEN_MAX:
        qui = qui.model_copy(update={"id_token": None})
    # `sub` is the seal's own to give or not: the person's stands beside.
    scelle = sceau.seal({"qui": qui.model_dump(mode="json")}, AUDIENCE, now, DUREE)
    poser(request, response, cookie(request, "identite"), scelle, DUREE)


def find(request: Request, now: datetime) -> Attente | None:
    """Whom this browser signed in as a moment ago."""
    sceau: Sceau = request.app.state.sceau
    try:
        return Attente.model_validate(sceau.unseal(request.cookies.get(cookie(request, "identite"), ""), AUDIENCE, now)["qui"])
    except (NonAuthentifie, ValidationError, KeyError):
        return None


def oublier(request: Request, response: Response) -> None:
    """Have the browser forget it."""
    poser(request, response, cookie(request, "identite"), "")
