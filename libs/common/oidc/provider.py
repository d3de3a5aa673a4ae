"""What an issuer publishes, its addresses and its keys: fetched, kept a while, and looked for again when a key is unknown."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from common.errors import Injoignable
from common.tls import client_context
from common.traduction import N_

FRESH = timedelta(minutes=10)
# A token with an unknown key id makes us look for new keys, though not more often than this.
RETRY = timedelta(seconds=10)
# The same while nothing is known yet: a hub that starts before its provider is not kept waiting.
RETRY_FIRST = timedelta(seconds=1)
NEEDED = frozenset({"authorization_endpoint", "token_endpoint", "jwks_uri"})


@cache
def authorities() -> ssl.SSLContext:
    """What every identity provider's certificate is checked by."""
    return client_context()


class Provider:
    """The published side of one issuer. `pinned` addresses win over those of its discovery document."""

    def __init__(self, issuer: str, pinned: Mapping[str, str] | None = None) -> None:
        self.issuer = issuer
        self.pinned = dict(pinned or {})
        self.found: dict[str, Any] = {}
        self.keys: KeySet | None = None
        self.fetched: datetime | None = None
        self.tried: datetime | None = None
        self.lock = asyncio.Lock()

    async def metadata(self, now: datetime) -> Mapping[str, Any]:
        """The addresses, under the names of OpenID Connect Discovery. Raises `Injoignable`."""
        await self._ensure(now, FRESH)
        return self.found

    async def read(self, token: str, algorithms: Sequence[str], now: datetime) -> jwt.Token:
        """A token that this issuer signed by one of `algorithms`. Raises JoseError or ValueError, or `Injoignable`."""
        await self._ensure(now, FRESH)
        try:
            return self._decode(token, algorithms)
        except (InvalidKeyIdError, BadSignatureError):
            # The issuer may have changed its keys since.
            await self._ensure(now, RETRY)
            return self._decode(token, algorithms)

    def _decode(self, token: str, algorithms: Sequence[str]) -> jwt.Token:
        if self.keys is None:
            raise ValueError("no keys yet")
        return jwt.decode(token, self.keys, algorithms=algorithms)

    async def _ensure(self, now: datetime, fresh: timedelta) -> None:
        async with self.lock:
            if self.fetched and now - self.fetched < fresh:
                return
            floor = RETRY if self.fetched else RETRY_FIRST
            if self.tried is None or now - self.tried >= floor:
                self.tried = now
                try:
                    self.found, self.keys = await self._fetch()
                    self.fetched = now
                except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError, JoseError):
                    # An answer that cannot be used is no answer; what was known before stands.
                    pass
        if self.keys is None:
            raise Injoignable(N_("Le fournisseur d’identité ne répond pas ; réessayez dans une minute."))

    async def _fetch(self) -> tuple[dict[str, Any], KeySet]:
        async with httpx2.AsyncClient(timeout=5, trust_env=False, verify=authorities()) as client:
            metadata: dict[str, Any] = {"issuer": self.issuer}
            if not self.pinned.keys() >= NEEDED:
                address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                metadata = (await client.get(address)).raise_for_status().json()
                if metadata["issuer"] != self.issuer:
                    raise ValueError("the issuer calls itself otherwise")
            metadata = metadata | self.pinned
            if self.issuer.startswith("https://"):
                for name, value in metadata.items():
                    if name.endswith(("_endpoint", "jwks_uri")) and not str(value).startswith("https://"):
                        raise ValueError(f"{name} is not encrypted")
            keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
        return metadata, KeySet.import_key_set(keys)
