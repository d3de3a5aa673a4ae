"""The identity providers that people may sign in by: one entry of the settings each, and everything in it is pinned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Algorithm = Literal["RS256", "ES256"]
Url = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=300)]
Scope = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")]
Acr = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)]


class Endpoints(BaseModel):
    """Addresses that are pinned too: they win over the discovery document, which is not read when the first three are given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authorization_endpoint: Url | None = None
    token_endpoint: Url | None = None
    jwks_uri: Url | None = None
    userinfo_endpoint: Url | None = None
    end_session_endpoint: Url | None = None


class Issuer(BaseModel):
    """One provider. What it publishes gives addresses and keys; algorithms, claims and levels are what stands here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Names it in addresses and logs; the label names it to people.
    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")
    label: str = Field(min_length=1, max_length=80)
    issuer: Url
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    token_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"  # noqa: S105 - a method's name.
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "ES256"), min_length=1)
    scopes: tuple[Scope, ...] = ("openid", "profile", "email")
    # Asked of the provider, and what its answer must be one of; nothing accepted means that the level is not looked at.
    acr_values: tuple[Acr, ...] = ()
    acr_accepted: tuple[Acr, ...] = ()
    email_domains: tuple[Domain, ...] = ()
    userinfo: Literal["none", "json", "jwt"] = "none"
    # Whether its callback carries `iss` (RFC 9207); promised here or by the discovery document, it is required.
    callback_iss: bool = False
    # How its own session ends: a link on our page, at once (ProConnect asks for that), or not at all.
    logout: Literal["link", "redirect", "none"] = "link"
    endpoints: Endpoints = Endpoints()

    @model_validator(mode="before")
    @classmethod
    def _secret_from_its_file(cls, values: object) -> object:
        if isinstance(values, dict) and values.get("client_secret_file"):
            if values.get("client_secret"):
                raise ValueError("give client_secret or client_secret_file, not both")
            try:
                secret = Path(str(values["client_secret_file"])).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ValueError(f"client_secret_file cannot be read: {error.strerror}") from error
            return values | {"client_secret": secret}
        return values

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.client_secret.get_secret_value():
            raise ValueError("client_secret or client_secret_file is missing")
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        if self.acr_values and not self.acr_accepted:
            raise ValueError("acr_values are asked for and none is checked: fill acr_accepted")
        return self

    @property
    def scope(self) -> str:
        """The scopes as the request has them."""
        return " ".join(self.scopes)


def refuse_confusion(issuers: Sequence[Issuer]) -> None:
    """Raises ValueError when two entries share what tells them apart."""
    for name, values in (
        ("code", [one.code for one in issuers]),
        ("issuer", [one.issuer for one in issuers]),
        ("email_domains", [domain for one in issuers for domain in one.email_domains]),
    ):
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise ValueError(f"{name} given twice: {', '.join(twice)}")


def by_domain(issuers: Sequence[Issuer], courriel: str) -> Issuer | None:
    """The provider of that e-mail address's domain."""
    domain = courriel.rpartition("@")[2].strip().lower()
    return next((one for one in issuers if domain in one.email_domains), None)
