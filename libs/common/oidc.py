"""Signing people in by OpenID Connect: code with PKCE through Authlib; the checks that Authlib leaves out are here."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel

from common.errors import Injoignable, NonAuthentifie

ALGORITHMS = ["RS256", "ES256"]
SCOPE = "openid profile email"
RETRY = "Recommencez la connexion."


class Attempt(BaseModel):
    """What must be remembered between leaving for the provider and coming back; kept in a signed cookie."""

    state: str
    nonce: str
    verifier: str
    suite: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is. The key is (issuer, subject), never the e-mail address."""

    issuer: str
    subject: str
    nom_affiche: str
    id_token: str


class OidcClient:
    """One provider, its issuer, algorithms and keys pinned; discovery only gives the addresses."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.metadata: dict[str, Any] = {}

    async def begin(self, suite: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember. ProConnect wants at least 32 characters in state and nonce."""
        metadata = await self._discover()
        attempt = Attempt(
            state=secrets.token_urlsafe(36), nonce=secrets.token_urlsafe(36), verifier=secrets.token_urlsafe(48), suite=suite
        )
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return url, attempt

    async def finish(self, attempt: Attempt, *, state: str, code: str, iss: str | None, now: datetime) -> Identity:
        """Who came back. Raises `NonAuthentifie` when anything does not match what we began."""
        if not secrets.compare_digest(state.encode(), attempt.state.encode()) or (iss is not None and iss != self.issuer):
            raise NonAuthentifie(RETRY)
        metadata = await self._discover()
        try:
            async with self._client() as client:
                token = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=attempt.verifier)
                answer = await client.request("GET", metadata["jwks_uri"], withhold_token=True)
                keys = KeySet.import_key_set(answer.raise_for_status().json())
        except AuthlibBaseError as error:
            raise NonAuthentifie(RETRY) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise Injoignable("Le fournisseur d’identité ne répond pas ; réessayez dans une minute.") from error
        claims = self._verify(token.get("id_token"), keys, attempt.nonce, now)
        return Identity(self.issuer, str(claims["sub"]), str(claims.get("name") or ""), token["id_token"])

    async def end_session_url(self, id_token: str | None, return_to: str) -> str | None:
        """Where the provider ends its own session, or None when it offers no such address."""
        endpoint = (await self._discover()).get("end_session_endpoint")
        if not endpoint:
            return None
        params = {"post_logout_redirect_uri": return_to, "client_id": self.client_id}
        return str(httpx2.URL(endpoint, params=params | ({"id_token_hint": id_token} if id_token else {})))

    def _verify(self, id_token: str | None, keys: KeySet, nonce: str, now: datetime) -> dict[str, Any]:
        if not id_token:
            raise NonAuthentifie(RETRY)
        try:
            claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=30,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
                exp={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise NonAuthentifie(RETRY) from error
        return claims

    async def _discover(self) -> dict[str, Any]:
        if not self.metadata:
            try:
                async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
                    answer = await client.get(f"{self.issuer}/.well-known/openid-configuration")
                    metadata = answer.raise_for_status().json()
            except (httpx2.HTTPError, ValueError) as error:
                raise Injoignable("Le fournisseur d’identité ne répond pas ; réessayez dans une minute.") from error
            if metadata.get("issuer") != self.issuer:
                raise Injoignable("Le fournisseur d’identité n’est pas celui qui est attendu.")
            self.metadata = metadata
        return self.metadata

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=5,
            trust_env=False,
        )
