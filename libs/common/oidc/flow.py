"""The way of a person to its provider and back: the code flow with PKCE, and who came back."""

import secrets
from datetime import datetime
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError

from common.errors import Injoignable
from common.oidc.issuers import Issuer
from common.oidc.provider import Provider, authorities
from common.oidc.refusals import Refused, reason_of
from common.oidc.values import Attempt, Identity, Return, identity_of
from common.oidc.verification import check_id_token, check_userinfo, same
from common.traduction import N_

AWAY = N_("Le fournisseur d’identité ne répond pas ; réessayez dans une minute.")


class OidcClient:
    """One provider as its client sees it."""

    def __init__(self, issuer: Issuer, redirect_uri: str) -> None:
        self.issuer = issuer
        self.redirect_uri = redirect_uri
        self.provider = Provider(issuer.issuer, issuer.endpoints.model_dump(exclude_none=True))

    async def begin(self, suite: str, now: datetime) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember. ProConnect wants at least 32 characters in state and nonce."""
        metadata = await self.provider.metadata(now)
        attempt = Attempt(
            issuer=self.issuer.code,
            state=secrets.token_urlsafe(36),
            nonce=secrets.token_urlsafe(36),
            verifier=secrets.token_urlsafe(48),
            suite=suite,
        )
        level = {"acr_values": " ".join(self.issuer.acr_values)} if self.issuer.acr_values else {}
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
                **level,
            )
        return url, attempt

    def check_return(self, attempt: Attempt, back: Return) -> None:
        """Raises `Refused` unless this is the way back that `attempt` began: its own address, its own state.

        An address of its own for each issuer tells which one answers, also where it does not say so itself.
        """
        if back.address != self.redirect_uri or attempt.issuer != self.issuer.code:
            raise Refused("callback.redirect")
        if not back.state:
            raise Refused("callback.state_missing")
        if not same(back.state, attempt.state):
            raise Refused("callback.state")

    async def finish(self, attempt: Attempt, back: Return, now: datetime) -> Identity:
        """Who came back. Raises `Refused` when anything is not as it must be, `Injoignable` when the provider is away."""
        self.check_return(attempt, back)
        metadata = await self.provider.metadata(now)
        promised = self.issuer.callback_iss or metadata.get("authorization_response_iss_parameter_supported") is True
        if back.iss is None and promised:
            raise Refused("callback.iss_missing")
        if back.iss is not None and back.iss != self.issuer.issuer:
            raise Refused("callback.iss")
        if back.error or not back.code:
            raise Refused("callback.error" if back.error else "callback.code_missing")
        async with self._client() as client:
            answer = await self._exchange(client, metadata["token_endpoint"], back.code, attempt.verifier)
            claims = await self._identity(answer, attempt.nonce, now)
            about = await self._userinfo(client, metadata, str(claims["sub"]), now)
        return identity_of(self.issuer.issuer, claims, claims | about, answer["id_token"])

    async def _exchange(self, client: Any, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
        try:
            answer = await client.fetch_token(endpoint, code=code, code_verifier=verifier)
        except AuthlibBaseError as error:
            raise Refused("token.refused") from error
        except httpx2.HTTPError as error:
            raise Injoignable(AWAY) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise Refused("token.form") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise Refused("token.form")
        return answer

    async def _identity(self, answer: dict[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
        id_token = answer.get("id_token")
        if not id_token:
            raise Refused("id_token.missing")
        if not isinstance(id_token, str):
            raise Refused("id_token.form")
        try:
            token = await self.provider.read(id_token, self.issuer.algorithms, now)
        except (JoseError, ValueError) as error:
            raise Refused(f"id_token.{reason_of(error)}") from error
        check_id_token(token, self.issuer, nonce=nonce, access_token=answer["access_token"], now=now)
        return token.claims

    async def _userinfo(self, client: Any, metadata: Any, subject: str, now: datetime) -> dict[str, Any]:
        if self.issuer.userinfo == "none":
            return {}
        signed = self.issuer.userinfo == "jwt"
        try:
            answer = await client.get(metadata["userinfo_endpoint"])
            if answer.status_code >= 400:
                raise Refused("userinfo.refused") if answer.status_code < 500 else Injoignable(AWAY)
        except (httpx2.HTTPError, AuthlibBaseError, KeyError) as error:
            raise Injoignable(AWAY) from error
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != ("application/jwt" if signed else "application/json"):
            raise Refused("userinfo.type")
        try:
            claims = (await self.provider.read(answer.text, self.issuer.algorithms, now)).claims if signed else answer.json()
        except (JoseError, ValueError) as error:
            raise Refused(f"userinfo.{reason_of(error)}") from error
        if not isinstance(claims, dict):
            raise Refused("userinfo.form")
        check_userinfo(claims, self.issuer, subject=subject, signed=signed, now=now)
        return claims

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.issuer.client_id,
            self.issuer.client_secret.get_secret_value(),
            token_endpoint_auth_method=self.issuer.token_auth,
            scope=self.issuer.scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            # An access token of a minute, as ProConnect's, is not over at once; Authlib would have it so.
            leeway=0,
            timeout=5,
            trust_env=False,
            verify=authorities(),
        )
