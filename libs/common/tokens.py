"""Bearer tokens of partner systems, checked as a resource server: issuer, kind, algorithm, audience, scope and expiry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError

from common.errors import Interdit, NonAuthentifie
from common.oidc.provider import Provider
from common.traduction import _

ALGORITHMS = ["RS256", "ES256"]
SUBJECT_MAX = 200
# RFC 9068 names the kind in the header. An issuer that does not may be told to say JWT, as its id_tokens do too.
ACCESS_TOKEN = "at+jwt"  # noqa: S105 - the name of a kind.
# What an id_token has and an access token has not: with a plain JWT, nothing else tells them apart.
ONLY_ID_TOKENS = ("nonce", "at_hash", "c_hash")


@dataclass(frozen=True, slots=True)
class Token:
    """A verified access token: who it was issued by and to."""

    issuer: str
    subject: str
    scopes: frozenset[str]


class TokenVerifier:
    """Verifies the access tokens (RFC 9068) of one issuer for one audience; `scope`, when it is set, must be in each."""

    def __init__(self, issuer: str, audience: str, *, kind: str = ACCESS_TOKEN, scope: str = "") -> None:
        self.provider = Provider(issuer)
        self.audience = audience
        self.kind = kind
        self.scope = scope

    async def verify(self, token: str, now: datetime) -> Token:
        """The token's bearer. Raises `NonAuthentifie` when anything in it is wrong, `Injoignable` without the issuer's keys.

        Raises `Interdit` when it is good and has not the scope.
        """
        try:
            read = await self.provider.read(token, ALGORITHMS, now)
            self._check(read, now)
        except (JoseError, ValueError) as error:
            raise NonAuthentifie(_("Le jeton d’accès n’est pas valable ou a expiré.")) from error
        scope = read.claims.get("scope")
        scopes = frozenset(scope.split()) if isinstance(scope, str) else frozenset()
        if self.scope and self.scope not in scopes:
            raise Interdit(_("Demandez un jeton d’accès avec la portée « {portee} ».").format(portee=self.scope))
        return Token(self.provider.issuer, read.claims["sub"], scopes)

    def _check(self, token: jwt.Token, now: datetime) -> None:
        claims = token.claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.audience},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(claims)
        if not 0 < len(claims["sub"]) <= SUBJECT_MAX or not claims["sub"].isprintable():
            raise InvalidClaimError("sub")
        self._check_kind(str(token.header.get("typ", "")).lower().removeprefix("application/"), claims)

    def _check_kind(self, kind: str, claims: dict[str, Any]) -> None:
        if kind == ACCESS_TOKEN:
            return
        plain = self.kind != ACCESS_TOKEN and kind in ("", "jwt")
        # Keycloak also writes the kind into the claims.
        if not plain or claims.get("typ", "Bearer") != "Bearer" or any(name in claims for name in ONLY_ID_TOKENS):
            raise InvalidClaimError("typ")
