"""The secrets of an embedded hub: made once, kept in private files, and never the same for two hubs."""

import json
import secrets
from pathlib import Path

from common.coffre import new_coffre_key
from common.keys import new_signing_key
from relais.files import kept
from relais.nats import USERS as NATS_USERS
from relais.nats import new_password


class Secrets:
    """The secrets of one hub, one file each in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def database_password(self, service: str) -> str:
        """Password of the role `relais_<service>`."""
        return kept(self.folder / f"database_password_{service}", lambda: secrets.token_hex(24))

    def owner_password(self, service: str) -> str:
        """Password of the role `relais_<service>_owner`, which no process of the service is given."""
        return kept(self.folder / f"owner_password_{service}", lambda: secrets.token_hex(24))

    def nats_passwords(self) -> dict[str, str]:
        """Password of each NATS user."""
        return {user: kept(self.folder / f"nats_password_{user}", new_password) for user in NATS_USERS}

    def client_secret(self, client_id: str) -> str:
        """Secret of an OAuth client of the development identity provider."""
        return kept(self.folder / f"client_secret_{client_id}", lambda: secrets.token_urlsafe(32))

    def signing_key(self, signer: str) -> str:
        """The key with which a service signs what it gives browsers and mails to keep."""
        return kept(self.folder / f"signing_key_{signer}", new_signing_key)

    def coffre_key(self) -> str:
        """The key that seals the secrets of webhooks in the database."""
        return kept(self.folder / "coffre_key", new_coffre_key)

    def identity_provider_key(self) -> Path:
        """File of the RSA key, as a JWK document, with which the development identity provider signs."""
        path = self.folder / "identity_provider_key.json"
        kept(path, _new_rsa)
        return path


def _new_rsa() -> str:
    from joserfc.jwk import RSAKey

    return json.dumps(RSAKey.generate_key(2048, {"kid": "idp", "use": "sig", "alg": "RS256"}).as_dict(private=True))
