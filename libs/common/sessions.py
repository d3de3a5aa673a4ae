"""Sessions as signed tokens in a cookie: each issuing service signs with its own key and may sign for its own people only."""

import json
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from common.actor import Actor, Role
from common.errors import NonAuthentifie

AUDIENCE = "relais-session"
ALGORITHMS = ["Ed25519"]
DURATION = timedelta(hours=8)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name; over HTTPS the `__Host-` prefix ties it to this one origin."""
    return "__Host-relais" if secure else "relais"


class SessionSigner:
    """Signs sessions with this service's private key (an Ed25519 JWK as JSON, its `kid` the service's name)."""

    def __init__(self, private_key: str) -> None:
        self.key = OKPKey.import_key(json.loads(private_key))

    def sign(self, actor: Actor, now: datetime, duration: timedelta = DURATION) -> str:
        """The session of `actor` from `now` on."""
        return self.seal(actor.claims(), AUDIENCE, now, duration)

    def seal(self, claims: dict[str, Any], audience: str, now: datetime, duration: timedelta) -> str:
        """Any claims as a signed token for `audience`, valid for `duration`; only this service opens it again."""
        times = {"aud": audience, "iat": int(now.timestamp()), "exp": int((now + duration).timestamp())}
        return jwt.encode({"alg": ALGORITHMS[0], "kid": self.key.kid}, claims | times, self.key, algorithms=ALGORITHMS)

    def unseal(self, token: str, audience: str, now: datetime) -> dict[str, Any]:
        """The claims of `seal`. Raises `NonAuthentifie` when the token is forged, over, or for another audience."""
        try:
            claims = jwt.decode(token, self.key, algorithms=ALGORITHMS).claims
            check_times(claims, audience, now)
        except (JoseError, ValueError) as error:
            raise NonAuthentifie("Recommencez.") from error
        return claims


def check_times(claims: dict[str, Any], audience: str, now: datetime) -> None:
    """Raises JoseError unless the claims are for `audience` and not over at `now`."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()), aud={"essential": True, "value": audience}, exp={"essential": True}
    )
    registry.validate(claims)


class SessionVerifier:
    """Checks sessions against the public keys (a JWKS as JSON) of the services that sign them."""

    def __init__(self, public_keys: str) -> None:
        self.keys = KeySet.import_key_set(json.loads(public_keys))

    def verify(self, token: str, now: datetime) -> Actor:
        """The actor of a session. Raises `NonAuthentifie` when it is forged, of another audience or over.

        The key of signalement opens sessions of dirigeants and nothing else; the key of orientation everybody else's.
        """
        try:
            decoded = jwt.decode(token, self.keys, algorithms=ALGORITHMS)
            check_times(decoded.claims, AUDIENCE, now)
            actor = Actor.from_claims(decoded.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise NonAuthentifie("Connectez-vous à nouveau.") from error
        issuer = decoded.header.get("kid")
        if (issuer == "signalement") is not actor.has(Role.dirigeant) or (issuer == "signalement" and actor.dossier_id is None):
            raise NonAuthentifie("Connectez-vous à nouveau.")
        return actor
