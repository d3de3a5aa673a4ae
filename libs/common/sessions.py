"""Sessions: what the cookie holds, what is kept of it, how long it lasts and why it ends. Pure, save for the drawing of tokens.

The cookie is `<owner>.<secret>`: the service that signed the person in, and 256 random bits. Its owner keeps a hash of it;
what else a session needs a key for is drawn from the secret, which only the browser has.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.actor import Actor, Role

OWNERS = ("orientation", "signalement")
SECRET_BYTES = 32
COOKIE = re.compile(r"(orientation|signalement)\.([A-Za-z0-9_-]{43})")
# That somebody was here is written no more often than this.
SEEN_EVERY = timedelta(minutes=1)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name; over HTTPS the `__Host-` prefix ties it to this one origin."""
    return "__Host-relais" if secure else "relais"


class Fin(StrEnum):
    """Why a session ended."""

    deconnexion = "deconnexion"
    remplacement = "remplacement"
    inactivite = "inactivite"
    duree = "duree"
    retrait = "retrait"
    droits = "droits"
    fournisseur = "fournisseur"

    @property
    def action(self) -> str:
        """The action of the log's entry."""
        return f"session.fin_{self.value}"


@dataclass(frozen=True, slots=True)
class Limites:
    """How long a session lasts without a request, and at all."""

    inactivite: timedelta
    duree: timedelta


# A dirigeant's computer may be shared.
LIMITES = {
    "orientation": Limites(timedelta(hours=1), timedelta(hours=8)),
    "signalement": Limites(timedelta(minutes=30), timedelta(hours=2)),
}


def fin_de(ouverte_at: datetime, vue_at: datetime, limites: Limites, now: datetime) -> Fin | None:
    """Why a session that nobody ended is over at `now`, or None while it lasts."""
    if now - ouverte_at >= limites.duree:
        return Fin.duree
    return Fin.inactivite if now - vue_at >= limites.inactivite else None


@dataclass(frozen=True, slots=True)
class Jeton:
    """The token of one session; its secret is in no log and no message."""

    owner: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, owner: str) -> "Jeton":
        """A token that nobody has had before."""
        return cls(owner, secrets.token_urlsafe(SECRET_BYTES))

    @classmethod
    def read(cls, cookie: str) -> "Jeton | None":
        """The token in a cookie, or None when it has another form."""
        found = COOKIE.fullmatch(cookie)
        return cls(found[1], found[2]) if found else None

    @property
    def cookie(self) -> str:
        """What the browser keeps."""
        return f"{self.owner}.{self.secret}"

    @property
    def empreinte(self) -> bytes:
        """What the owner keeps: 256 bits are not guessed, so a plain hash is enough."""
        return hashlib.sha256(self.cookie.encode()).digest()

    @property
    def csrf(self) -> str:
        """What every form of this session carries, and no other site can know."""
        return _text(self._derive("csrf"))

    @property
    def cle_id_token(self) -> str:
        """The key under which the provider's id_token is kept: without the cookie nobody opens it."""
        return base64.urlsafe_b64encode(self._derive("id_token")).decode()

    def owns_form(self, csrf: str) -> bool:
        """Whether this is what a form of this session carries."""
        return hmac.compare_digest(csrf.encode(), self.csrf.encode())

    def may_bear(self, actor: Actor) -> bool:
        """Whether its owner may sign that person in: signalement dirigeants only, orientation everybody else."""
        if self.owner == "signalement":
            return actor.has(Role.dirigeant) and actor.dossier_id is not None
        return not actor.has(Role.dirigeant)

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(self.secret.encode(), f"relais/session/{purpose}/v1".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Fournisseur:
    """Which session at the identity provider a session of ours came from, and its id_token, with which it is ended there."""

    issuer: str
    sub: str
    sid: str | None = None
    id_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SessionOuverte:
    """An open session, as its owner lists it to the person."""

    id: UUID
    ouverte_at: datetime
    vue_at: datetime
    actuelle: bool


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
