"""Authlib's authorization server with our directory: code with PKCE and OpenID Connect, and client credentials."""

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask
from joserfc.jwk import KeySet

from relais.idp.models import Client, Code, Directory, User

MACHINE_AUDIENCE = "relais"


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types.
    """People sign in: the authorization code."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        directory: Directory = self.server.directory
        directory.forget_expired_codes()
        directory.codes[code] = Code(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=request.payload.redirect_uri,
            scope=request.client.get_allowed_scope(request.payload.scope),
            user=request.user,
            nonce=request.payload.data.get("nonce"),
            code_challenge=request.payload.data["code_challenge"],
            code_challenge_method=request.payload.data["code_challenge_method"],
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        # Taken out at the first try: a code that was shown with a wrong proof is worth nothing any more.
        found: Code | None = self.server.directory.codes.pop(code, None)
        return found if found and found.client_id == client.client_id and not found.is_expired() else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.directory.codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> User:
        return authorization_code.user


class ClientCredentialsGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types.
    """Partner systems sign in."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types.
    """S256 for everyone: Authlib itself requires a proof key of public clients only, and accepts `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError(
                "A code_challenge with code_challenge_method=S256 is required.", redirect_uri=redirect_uri
            )
        super().validate_code_challenge(grant, redirect_uri)


class OpenId(OpenIDCode):  # type: ignore[misc]  # Authlib has no types.
    """The id_token."""

    def __init__(self, directory: Directory, keys: KeySet, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.directory = directory
        self.keys = keys
        self.issuer = issuer

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in self.directory.codes.values())

    def resolve_client_private_key(self, client: Client) -> KeySet:
        return self.keys

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.issuer}

    def generate_user_info(self, user: User, scope: str) -> UserInfo:
        return UserInfo(**user.claims(scope))


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]  # Authlib has no types.
    """Signed access tokens (RFC 9068). A machine's is meant for the hub, a person's for the provider's userinfo only."""

    def __init__(self, keys: KeySet, issuer: str) -> None:
        super().__init__(issuer)
        self.keys = keys

    def get_jwks(self) -> KeySet:
        return self.keys

    def get_audiences(self, client: Client, user: User | None, scope: str) -> str:
        return str(self.issuer) if user else MACHINE_AUDIENCE


class Issuer(IssuerParameter):  # type: ignore[misc]  # Authlib has no types.
    """`iss` in the callback (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer


def create_server(app: Flask, directory: Directory, keys: KeySet, issuer: str) -> AuthorizationServer:
    """The authorization server of a Flask application; nothing is stored when a token is given."""
    server = AuthorizationServer(app, directory.clients.get, lambda _token, _request: None)
    server.directory = directory
    server.scopes_supported = None
    server.register_token_generator("default", AccessTokens(keys, issuer))
    server.register_grant(CodeGrant, [OpenId(directory, keys, issuer), Pkce(required=True)])
    server.register_grant(ClientCredentialsGrant)
    server.register_extension(Issuer(issuer))
    return server
