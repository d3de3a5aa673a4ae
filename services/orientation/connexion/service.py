"""What a sign-in needs to remember, who came back, and who bears a token."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import State

from common import sessions_store
from common.actor import SYSTEM, Actor, Role
from common.clock import utc_now
from common.database import Database
from common.errors import NonAuthentifie
from common.oidc.flow import OidcClient
from common.oidc.logout import NOTICE_MEMORY, read_notice
from common.oidc.refusals import Refused
from common.oidc.values import Attempt, Identity, Return
from common.sceau import Sceau
from common.sessions import cookie_name
from common.tokens import Token
from orientation.connexion.store import premiere_fois
from orientation.machines.store import note_usage
from orientation.partenaires import store

ESSAI_AUDIENCE = "relais-connexion"
ESSAI_DUREE = timedelta(minutes=10)
SORTIE_AUDIENCE = "relais-deconnexion"
SORTIE_DUREE = timedelta(minutes=10)


def nom_essai(*, secure: bool) -> str:
    """The name of the cookie that lasts from leaving for the identity provider to coming back."""
    return f"{cookie_name(secure=secure)}-connexion"


def nom_sortie(*, secure: bool) -> str:
    """The name of the cookie that lasts from leaving for the provider's end of session to coming back."""
    return f"{cookie_name(secure=secure)}-deconnexion"


def lire_essai(sceau: Sceau, cookie: str, now: datetime) -> Attempt:
    """What this browser began. Raises `Refused` when it began nothing, or too long ago."""
    try:
        return Attempt.model_validate(sceau.unseal(cookie, ESSAI_AUDIENCE, now))
    except (NonAuthentifie, ValidationError) as error:
        raise Refused("callback.attempt") from error


async def reconnaitre(state: State, attempt: Attempt, back: Return, now: datetime) -> Identity:
    """Who came back from the provider. Raises `Refused`, also for a state that was used before, and `Injoignable`.

    The state is used up in a transaction of its own, before the provider is asked: whatever comes of it, it works once, and
    a provider that is slow holds no connection to the database.
    """
    client: OidcClient | None = state.fournisseurs.get(attempt.issuer)
    if client is None:
        raise Refused("callback.attempt")
    client.check_return(attempt, back)
    database: Database = state.database
    async with database.transaction(SYSTEM) as session:
        nouveau = await premiere_fois(session, "state", attempt.state, now + ESSAI_DUREE, now)
    if not nouveau:
        raise Refused("callback.replayed")
    return await client.finish(attempt, back, now)


async def recevoir_avis(session: AsyncSession, client: OidcClient, logout_token: str, now: datetime) -> int:
    """End what a provider says is over. Returns how many sessions that was; a notice that came before is refused."""
    avis = await read_notice(client, logout_token, now)
    if not await premiere_fois(session, f"jti:{avis.issuer}", avis.jti, now + NOTICE_MEMORY, now):
        raise Refused("logout_token.replayed")
    return await sessions_store.end_of_identity(session, avis.issuer, now, sub=avis.subject, sid=avis.sid)


async def find_actor(request: Request, token: Token) -> Actor:
    """Who bears this verified token, by our own directory. Raises Interdit."""
    database: Database = request.app.state.database
    async with database.transaction(SYSTEM) as session:
        return await au_nom_de(session, token.issuer, token.subject, token.scopes, utc_now())


async def au_nom_de(session: AsyncSession, issuer: str, subject: str, portees: Iterable[str], now: datetime) -> Actor:
    """Who bears a verified token; that a machine did is noted, with what it was allowed. Raises Interdit."""
    actor = await store.find_acteur(session, issuer, subject)
    if actor.has(Role.machine):
        await note_usage(session, UUID(actor.id), portees, now)
    return actor
