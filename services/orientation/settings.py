"""The settings of the orientation service."""

from pydantic import Field, SecretStr

from common.settings import SigningSettings

CALLBACK = "/orientation/connexion/retour"


class OrientationSettings(SigningSettings):
    """Orientation signs people in: it is a client of the identity provider. It also answers the public, within a limit."""

    oidc_client_id: str
    oidc_client_secret: SecretStr
    # How often one address may ask for an eligibility, or open a page of the simulator, in a minute.
    eligibilite_par_minute: int = Field(default=600, ge=1, le=100_000)

    @property
    def redirect_uri(self) -> str:
        """Where the identity provider sends people back to."""
        return self.public_url + CALLBACK
