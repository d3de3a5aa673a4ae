"""The people of the demo, signed in by the hub's own keys: what a test needs to be somebody."""

from typing import Any
from uuid import UUID

import httpx2

from common.actor import Actor, Role
from common.clock import utc_now
from common.codes import Droit
from common.sessions import SessionSigner, cookie_name
from relais.demo import directory
from relais.hub import Hub


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
    """The session of this actor, signed by the service that would sign it."""
    signer = "signalement" if actor.has(Role.dirigeant) else "orientation"
    return SessionSigner(hub.secrets.session_private_key(signer)).sign(actor, utc_now())


def signed_in(hub: Hub, actor: Actor | None) -> httpx2.Client:
    """An HTTP client in which this actor, or nobody, is signed in; it says where its forms come from, as a browser does."""
    cookies = {cookie_name(secure=False): session_token(hub, actor)} if actor else {}
    return httpx2.Client(base_url=hub.url, cookies=cookies, headers={"Origin": hub.url}, timeout=30, trust_env=False)
