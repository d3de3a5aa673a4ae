"""The settings of the orientation service."""

from pydantic import SecretStr

from common.settings import SigningSettings

CALLBACK = "/orientation/connexion/retour"


class OrientationSettings(SigningSettings):
    """Orientation signs people in: it is a client of the identity provider."""

    oidc_client_id: str
    oidc_client_secret: SecretStr

    @property
    def redirect_uri(self) -> str:
        """Where the identity provider sends people back to."""
        return self.public_url + CALLBACK
