"""The settings of a process, read from the environment or from one file per secret."""

import os
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    """Where the process runs; only `development` may use plain HTTP endpoints and the sample identity provider."""

    development = "development"
    production = "production"


class Settings(BaseSettings):
    """What every process needs. Names are the same embedded and under compose: `RELAIS_` and the field in capitals.

    A secret may also be given as a file named like the variable, in the folder that `RELAIS_SECRETS_DIR` names.
    There is no default secret: a missing one stops the process at its start.
    """

    model_config = SettingsConfigDict(env_prefix="RELAIS_", extra="ignore", frozen=True)

    mode: Mode = Mode.production
    public_url: str = Field(pattern=r"^https?://[^/]+$")
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8080, ge=1, le=65535)
    database_url: SecretStr
    database_pool: int = Field(default=10, ge=2, le=50)
    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str
    nats_password: SecretStr
    oidc_issuer: str
    token_audience: str = "relais"  # noqa: S105 - the name of an audience.
    # An issuer whose access tokens do not say their kind in the header (RFC 9068) is told to be believed with "JWT".
    token_kind: Literal["at+jwt", "JWT"] = "at+jwt"  # noqa: S105 - the name of a kind.
    # What each access token must hold, when it is set.
    token_scope: str = ""
    outbox_notify: bool = True
    # How often one person, and one partner's system, may call the API in a minute, of each process.
    api_par_minute: int = Field(default=600, ge=1, le=1_000_000)
    api_par_minute_machine: int = Field(default=3000, ge=1, le=1_000_000)
    # How often a person may look for something in a minute: nobody types faster, and whoever tries all numbers does.
    recherches_par_minute: int = Field(default=30, ge=1, le=1_000_000)
    log_level: str = "INFO"
    # In which language pages and mails are: French, of which all others are translations.
    langue: str = Field(default="fr", pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]+)*$")

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read this class's settings from the environment and the secrets folder; `values` win over both."""
        return cls(_secrets_dir=os.environ.get("RELAIS_SECRETS_DIR"), **values)

    @model_validator(mode="after")
    def _development_stays_on_loopback(self) -> "Settings":
        if self.mode is Mode.development and not ip_address(self.listen_host).is_loopback:
            raise ValueError("RELAIS_MODE=development listens on a loopback address only; set RELAIS_LISTEN_HOST=127.0.0.1")
        if self.mode is Mode.production and not self.public_url.startswith("https://"):
            raise ValueError("RELAIS_PUBLIC_URL must begin with https:// in production")
        return self

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are sent over HTTPS only: always, save on a loopback development address."""
        return self.public_url.startswith("https://")


class SigningSettings(Settings):
    """For the services that sign people in (orientation members, signalement dirigeants): a key that no other service has."""

    signing_key: SecretStr = Field(min_length=32)
