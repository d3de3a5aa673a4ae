"""Sessions over HTTP: who bears one is looked up by its owner, and asked of it by every other service, at each request.

There is no cache. Ended or unknown is nobody; an owner that does not answer is `Injoignable`, and nobody is let in meanwhile.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common import requests_sessions as requests
from common import sessions_store
from common.actor import Actor
from common.clock import utc_now
from common.database import Database
from common.requests import ActeurDemandeur, ask
from common.sessions import LIMITES, Fin, Fournisseur, Jeton, cookie_name

FindSession = Callable[[Request, Jeton], Awaitable[Actor]]

WHO: dict[str, type[requests.DeSession]] = {
    "orientation": requests.SessionDeMembre,
    "signalement": requests.SessionDeDirigeant,
}
END: dict[str, type[requests.FinDeSession]] = {
    "orientation": requests.FinDeSessionDeMembre,
    "signalement": requests.FinDeSessionDeDirigeant,
}


async def find_session(request: Request, jeton: Jeton) -> Actor:
    """Who bears this token. Raises NonAuthentifie when nobody does any more, `Injoignable` when its owner is away."""
    state = request.app.state
    # A page that is open somewhere follows what happens: its stream does not say that somebody is there.
    passif = "text/event-stream" in request.headers.get("accept", "")
    if jeton.owner == state.service:
        database: Database = state.database
        fetch = database.direct.fetch
        claims = await sessions_store.find(fetch, jeton.owner, jeton.empreinte, utc_now(), passif=passif)
        return Actor.from_claims(claims)
    answer = await ask(state.nats, state.service, WHO[jeton.owner](empreinte=jeton.empreinte.hex(), passif=passif))
    return Actor.from_claims(answer.claims)


async def end_session(request: Request, session: AsyncSession, jeton: Jeton, fin: Fin, par: Actor) -> None:
    """End the session of this token, wherever it is kept. Raises `Injoignable` when its owner is away: then it goes on."""
    state = request.app.state
    if jeton.owner == state.service:
        await sessions_store.end(session, jeton.empreinte, fin, par, utc_now())
    elif state.service in END[jeton.owner].askers:
        question = END[jeton.owner](empreinte=jeton.empreinte.hex(), fin=fin, acteur=ActeurDemandeur.of(par))
        await ask(state.nats, state.service, question)


async def renew_session(
    request: Request, session: AsyncSession, actor: Actor, now: datetime, fournisseur: Fournisseur | None = None
) -> Jeton:
    """A new session for whoever has just signed in. What the browser came with, whoever gave it to it, is ended."""
    if before := jeton_of(request):
        await end_session(request, session, before, Fin.remplacement, actor)
    return await sessions_store.open_session(session, actor, now, fournisseur)


def jeton_of(request: Request) -> Jeton | None:
    """The token in the request's cookie, valid or not."""
    return Jeton.read(request.cookies.get(cookie_name(secure=request.app.state.settings.secure_cookies), ""))


def give_cookie(request: Request, response: Response, jeton: Jeton) -> None:
    """Have the browser keep this session's token."""
    _set_cookie(request, response, jeton.cookie, int(LIMITES[jeton.owner].duree.total_seconds()))


def take_cookie(request: Request, response: Response) -> None:
    """Have the browser forget its session's token."""
    _set_cookie(request, response, "", 0)


def _set_cookie(request: Request, response: Response, value: str, seconds: int) -> None:
    secure: bool = request.app.state.settings.secure_cookies
    name = cookie_name(secure=secure)
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
