"""Bearer tokens of partner systems, checked as a resource server: issuer, algorithm, audience and expiry are pinned."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.errors import Injoignable, NonAuthentifie

ALGORITHMS = ["RS256", "ES256"]
KEYS_FRESH = timedelta(minutes=10)
# A token with an unknown key id makes us look for new keys, though not more often than this.
KEYS_RETRY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Token:
    """A verified access token: who it was issued by and to."""

    issuer: str
    subject: str
    scopes: frozenset[str]


class TokenVerifier:
    """Verifies the access tokens (RFC 9068) of one issuer for one audience; its keys are fetched and kept a while."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer
        self.audience = audience
        self.keys: KeySet | None = None
        self.fetched: datetime | None = None
        self.lock = asyncio.Lock()

    async def verify(self, token: str, now: datetime) -> Token:
        """The token's bearer. Raises `NonAuthentifie` when anything in it is wrong, `Injoignable` without the issuer's keys."""
        await self._ensure_keys(now, KEYS_FRESH)
        try:
            claims = self._decode(token)
        except (JoseError, ValueError):
            # The issuer may have changed its keys since.
            await self._ensure_keys(now, KEYS_RETRY)
            try:
                claims = self._decode(token)
            except (JoseError, ValueError) as error:
                raise NonAuthentifie("Le jeton d’accès n’est pas valable.") from error
        try:
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                sub={"essential": True},
                exp={"essential": True},
            ).validate(claims)
        except JoseError as error:
            raise NonAuthentifie("Le jeton d’accès n’est pas valable ou a expiré.") from error
        scope = claims.get("scope")
        return Token(self.issuer, str(claims["sub"]), frozenset(scope.split()) if isinstance(scope, str) else frozenset())

    def _decode(self, token: str) -> dict[str, Any]:
        if self.keys is None:
            raise ValueError("no keys yet")
        return jwt.decode(token, self.keys, algorithms=ALGORITHMS).claims

    async def _ensure_keys(self, now: datetime, fresh: timedelta) -> None:
        async with self.lock:
            if self.fetched and now - self.fetched < fresh:
                return
            try:
                async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
                    metadata = (await client.get(f"{self.issuer}/.well-known/openid-configuration")).raise_for_status().json()
                    if metadata["issuer"] != self.issuer:
                        raise ValueError("the issuer calls itself otherwise")
                    keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
                self.keys = KeySet.import_key_set(keys)
                self.fetched = now
            except (httpx2.HTTPError, ValueError, KeyError, JoseError) as error:
                if self.keys is None:
                    raise Injoignable("Le fournisseur d’identité ne répond pas ; réessayez dans une minute.") from error
