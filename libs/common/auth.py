"""Who sends a request: a person by the session cookie, a machine by a bearer token, or nobody."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from common import csrf
from common.actor import Actor, Role
from common.clock import utc_now
from common.errors import Interdit, NonAuthentifie
from common.logs import get_logger
from common.requests import AnnuaireActeur, ask
from common.sessions import Jeton
from common.sessions_http import FindSession, jeton_of
from common.tokens import Token, TokenVerifier
from common.traduction import _

log = get_logger(__name__)

FindActor = Callable[[Request, Token], Awaitable[Actor]]


def directory_over_nats(service: str) -> FindActor:
    """Ask the directory who a token's bearer is, at each request: a client that is revoked is refused at its next one."""

    async def find(request: Request, token: Token) -> Actor:
        question = AnnuaireActeur(issuer=token.issuer, subject_id=token.subject, portees=tuple(sorted(token.scopes)))
        return Actor.from_claims((await ask(request.app.state.nats, service, question)).claims)

    return find


async def current_actor(request: Request) -> Actor | None:
    """The actor of this request, or None for nobody. Raises `NonAuthentifie` when a bearer token is not valid.

    What the forms of a session carry is put in `request.state.csrf`.
    """
    header = request.headers.get("authorization", "")
    state = request.app.state
    actor: Actor | None = None
    if header:
        scheme, _space, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NonAuthentifie(_("Utilisez un jeton d’accès « Bearer »."))
        tokens: TokenVerifier = state.token_verifier
        actor = await state.find_actor(request, await tokens.verify(token, utc_now()))
        if not actor.has(Role.machine):
            raise Interdit(_("Un jeton d’accès est celui d’un système ; les personnes se connectent."))
    elif jeton := jeton_of(request):
        actor = request.state.actor = await _of_session(request, jeton)
        if actor is not None:
            request.state.csrf = jeton.csrf
            await csrf.refuse_forged(request, jeton)
    request.state.actor = actor
    return actor


async def _of_session(request: Request, jeton: Jeton) -> Actor | None:
    find: FindSession = request.app.state.find_session
    try:
        actor = await find(request, jeton)
    except NonAuthentifie:
        return None
    if not jeton.may_bear(actor):
        log.error("session.foreign", owner=jeton.owner)
        return None
    return actor


async def require_actor(request: Request, actor: Annotated[Actor | None, Depends(current_actor)]) -> Actor:
    """The signed-in actor. Raises `NonAuthentifie` for nobody, TropDeDemandes for one that calls the API too often."""
    if actor is None:
        raise NonAuthentifie
    request.app.state.limites_api.exiger(request, actor, utc_now())
    return actor


MaybeActor = Annotated[Actor | None, Depends(current_actor)]
SignedIn = Annotated[Actor, Depends(require_actor)]


def allow(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """A dependency that gives the actor if it holds one of `roles`, and refuses everybody else."""

    async def check(actor: SignedIn) -> Actor:
        if not actor.has(*roles):
            raise Interdit
        return actor

    check.roles = roles  # type: ignore[attr-defined]
    return check
