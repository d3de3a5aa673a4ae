"""The settings of the notifications service."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from common.coffre import Coffre
from common.settings import Mode, Settings
from notifications.regles.domain import Rythme

KEY_MIN = 32


class SmtpTls(StrEnum):
    """How the connection to the mail relay is protected: not at all, upgraded, or from its first byte."""

    none = "none"
    starttls = "starttls"
    tls = "tls"


class NotificationsSettings(Settings):
    """Where mail leaves from, and how patiently webhooks and mails are tried again.

    The two lists are the seconds to wait after the first failed try, the second, and so on; when a list is used up the
    sending is abandoned. The defaults give webhooks ten tries over three days, and mails twelve over three and a half:
    a relay that breaks on a Friday evening is mended on Monday.
    `mail_group_seconds` is how long the mails to an organisation are gathered; `mail_at_any_time` lets them leave at night and
    on holidays too, for demonstrations. `webhook_pause_seconds` are how long an endpoint that keeps failing is left alone,
    longer each time. `retours_key` lets the mail relay bring back what did not arrive; without one nothing is taken.
    `webhook_secret_keys` seal the secrets of endpoints at rest: the first one seals, all of them open.
    """

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: SmtpTls = SmtpTls.starttls
    smtp_connections: int = Field(default=4, ge=1, le=50)
    mail_from: str = Field(min_length=3, pattern=r"^[^\r\n]*@[^\r\n]+$")
    mail_group_seconds: float = Field(default=60, ge=0, le=600)
    mail_at_any_time: bool = False
    retours_key: SecretStr = SecretStr("")
    mail_retry_seconds: tuple[float, ...] = (2, 15, 60, 300, 900, 3_600, 10_800, 28_800, 86_400, 86_400, 86_400)
    webhook_secret_keys: SecretStr
    webhook_connections: int = Field(default=200, ge=2, le=500)
    webhook_retry_seconds: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 57_600, 64_800, 72_000)

    webhook_pause_seconds: tuple[float, ...] = Field(default=(30, 60, 120, 300, 900), min_length=1)

    @field_validator("webhook_secret_keys")
    @classmethod
    def _keys_fit(cls, keys: SecretStr) -> SecretStr:
        try:
            Coffre(keys.get_secret_value())
        except ValueError:
            raise ValueError("RELAIS_WEBHOOK_SECRET_KEYS must hold Fernet keys: python -m common.keys makes one") from None
        return keys

    @field_validator("retours_key")
    @classmethod
    def _key_is_long(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < KEY_MIN:
            raise ValueError(f"RELAIS_RETOURS_KEY must have {KEY_MIN} characters or more: python -m common.keys makes one")
        return key

    @property
    def rythme(self) -> Rythme:
        """When mails leave."""
        return Rythme(timedelta(seconds=self.mail_group_seconds), self.mail_at_any_time)

    @property
    def coffre(self) -> Coffre:
        """What seals and opens the secrets of endpoints."""
        return Coffre(self.webhook_secret_keys.get_secret_value())

    @model_validator(mode="after")
    def _mail_is_protected(self) -> Self:
        if self.mode is Mode.production and self.smtp_tls is SmtpTls.none:
            raise ValueError("RELAIS_SMTP_TLS must be starttls or tls in production: the mails carry access codes")
        if self.mode is Mode.production and self.mail_at_any_time:
            raise ValueError("RELAIS_MAIL_AT_ANY_TIME is for development: nobody is written to at night")
        return self
