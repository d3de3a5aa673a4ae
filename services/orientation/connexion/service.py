"""What a sign-in needs to remember, and who bears a token."""

from datetime import timedelta

from fastapi import Request

from common.actor import Actor
from common.database import Database
from common.sessions import cookie_name
from common.tokens import Token
from orientation.partenaires import store

ESSAI_AUDIENCE = "relais-connexion"
ESSAI_DUREE = timedelta(minutes=10)


def nom_essai(*, secure: bool) -> str:
    """The name of the cookie that lasts from leaving for the identity provider to coming back."""
    return f"{cookie_name(secure=secure)}-connexion"


async def find_actor(request: Request, token: Token) -> Actor:
    """Who bears this verified token, by our own directory. Raises Interdit."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        return await store.find_acteur(session, token.issuer, token.subject)
