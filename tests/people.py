"""The people of the demo, signed in to the hub: what a test needs to be somebody."""

from typing import Any
from uuid import UUID

from common.actor import Actor, Role
from common.codes import Droit
from relais.demo import directory
from relais.hub import Hub
from tests.sessions import COOKIE, Browser, now, open_session, owner_of

# A test asks as often in a second as a person in a day.
WITHOUT_LIMITS = {"RELAIS_API_PAR_MINUTE": "1000000", "RELAIS_API_PAR_MINUTE_MACHINE": "1000000"}
WITHOUT_LIMITS |= {"RELAIS_RECHERCHES_PAR_MINUTE": "1000000"}


def organisation(code: str) -> dict[str, Any]:
    """An organisation of the demo directory."""
    return next(one for one in directory() if one["code"] == code)


def member(code: str, role: Role) -> Actor:
    """The member of that organisation who holds that role; an animateur has the organisation's territory."""
    found = organisation(code)
    person = next(one for one in found["membres"] if role in one["roles"])
    territory = found["departements"] if role is Role.animateur else ()
    return Actor(person["sub"], frozenset({role}), UUID(found["id"]), frozenset(territory), None, person["prenom"])


def dirigeant(dossier_id: UUID) -> Actor:
    """The person who answers for the association of that case: the first of its people, who may do everything."""
    return Actor(f"dirigeant:{dossier_id}", frozenset({Role.dirigeant}), dossier_id=dossier_id, droits=frozenset(Droit))


def session_token(hub: Hub, actor: Actor) -> str:
    """A session of this actor, kept by the service that would have signed it in."""
    token: str = now(open_session(hub.database_url(owner_of(actor)), actor)).cookie
    return token


def signed_in(hub: Hub, actor: Actor | None) -> Browser:
    """An HTTP client in which this actor, or nobody, is signed in; it says where its forms come from, as a browser does."""
    cookies = {COOKIE: session_token(hub, actor)} if actor else {}
    return Browser(base_url=hub.url, cookies=cookies, headers={"Origin": hub.url}, timeout=30, trust_env=False)
