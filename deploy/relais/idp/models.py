"""What the identity provider knows, read from the runner's file, and the codes it has given out."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oidc.core import AuthorizationCodeMixin

CODE_LIFETIME_S = 60


@dataclass(frozen=True)
class User:
    """A person of the demo. `role` and `organisation` are labels for the sign-in page: they grant nothing."""

    sub: str
    name: str
    given_name: str
    family_name: str
    email: str
    role: str
    organisation: str

    def get_user_id(self) -> str:
        """Authlib's name for the subject."""
        return self.sub

    def claims(self, scope: str) -> dict[str, Any]:
        """The OpenID Connect claims that a scope opens."""
        wanted = scope.split()
        claims: dict[str, Any] = {"sub": self.sub}
        if "profile" in wanted:
            claims |= {"name": self.name, "given_name": self.given_name, "family_name": self.family_name}
        if "email" in wanted:
            claims |= {"email": self.email, "email_verified": True}
        return claims


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types.
    """An application that signs people in (it has redirect_uris), or a partner's system (it has a scope)."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...] = ()
    scope: str = "openid profile email"
    id_token_signed_response_alg: str = "RS256"  # noqa: S105  (an algorithm)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is asked and allowed, in the order of what is allowed; everything allowed when nothing is asked."""
        allowed = self.scope.split()
        return " ".join(name for name in allowed if not scope or name in scope.split())

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether an address is listed, or lies below one that is listed with a slash at its end."""
        return any(redirect_uri == uri or (uri.endswith("/") and redirect_uri.startswith(uri)) for uri in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client_secret == client_secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and bool(self.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == ("authorization_code" if self.redirect_uris else "client_credentials")


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib has no types.
    """An authorization code: valid once, for a minute, for the client and the proof key it was given to."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    user: User
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def is_expired(self) -> bool:
        return time.time() > self.auth_time + CODE_LIFETIME_S

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Directory:
    """Users, clients and living codes of the provider; the codes are in memory, since they live for a minute."""

    users: dict[str, User]
    clients: dict[str, Client]
    codes: dict[str, Code] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "Directory":
        """Read the file that the runner writes."""
        content = json.loads(path.read_text(encoding="utf-8"))
        users = [User(**user) for user in content["users"]]
        clients = [Client(**entry | {"redirect_uris": tuple(entry.get("redirect_uris", ()))}) for entry in content["clients"]]
        return cls({user.sub: user for user in users}, {client.client_id: client for client in clients})

    def forget_expired_codes(self) -> None:
        """Keep the memory small."""
        self.codes = {code: kept for code, kept in self.codes.items() if not kept.is_expired()}
