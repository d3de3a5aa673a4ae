"""What a service gives a browser to keep and must know again: signed, for one use, for a while."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from common.errors import NonAuthentifie

ALGORITHMS = ["HS256"]


class Sceau:
    """Signs with a key that only this service has."""

    def __init__(self, signing_key: str) -> None:
        self.key = OctKey.import_key(hmac.digest(signing_key.encode(), b"relais/sceau/v1", "sha256"))

    def seal(self, claims: dict[str, Any], audience: str, now: datetime, duration: timedelta) -> str:
        """Any claims as a signed token for `audience`, valid for `duration`."""
        times = {"aud": audience, "iat": int(now.timestamp()), "exp": int((now + duration).timestamp())}
        return jwt.encode({"alg": ALGORITHMS[0]}, claims | times, self.key, algorithms=ALGORITHMS)

    def unseal(self, token: str, audience: str, now: datetime) -> dict[str, Any]:
        """The claims of `seal`. Raises `NonAuthentifie` when the token is forged, over, or for another audience."""
        try:
            claims = jwt.decode(token, self.key, algorithms=ALGORITHMS).claims
            registry = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()), aud={"essential": True, "value": audience}, exp={"essential": True}
            )
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise NonAuthentifie("Recommencez.") from error
        return claims
