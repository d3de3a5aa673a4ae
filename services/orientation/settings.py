"""The settings of the orientation service."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from common.oidc.issuers import Issuer, refuse_confusion
from common.settings import Mode, SigningSettings
from common.traduction import N_

CALLBACK = "/orientation/connexion/retour"
# The one provider of a deployment that names no list of them.
SEUL = "compte"
SEUL_LIBELLE = N_("Compte professionnel")


class OrientationSettings(SigningSettings):
    """Orientation signs people in: it is a client of the identity providers. It also answers the public, within a limit.

    People sign in by each of `oidc_issuers`; without that list, by `oidc_issuer` with the client id and secret.
    """

    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_issuers: tuple[Issuer, ...] = Field(default=(), max_length=20)
    # How often one address may ask for an eligibility, or open a page of the simulator, in a minute.
    eligibilite_par_minute: int = Field(default=600, ge=1, le=100_000)

    # How many days after it expired an invitation's address is forgotten; and the name of whoever asked in vain to join, or
    # came back under another identifier, after the request expired.
    purge_invitations_jours: int = Field(default=30, ge=0, le=3650)
    purge_demandes_jours: int = Field(default=30, ge=0, le=3650)

    @model_validator(mode="after")
    def _people_can_sign_in(self) -> Self:
        if not self.oidc_issuers and not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            raise ValueError("set RELAIS_OIDC_CLIENT_ID and RELAIS_OIDC_CLIENT_SECRET, or RELAIS_OIDC_ISSUERS")
        refuse_confusion(self.issuers)
        if self.mode is Mode.production and not all(one.issuer.startswith("https://") for one in self.issuers):
            raise ValueError("an issuer must begin with https:// in production")
        return self

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The providers that people sign in by, in the order in which they are shown."""
        return self.oidc_issuers or (
            Issuer(
                code=SEUL,
                label=SEUL_LIBELLE,
                issuer=self.oidc_issuer,
                client_id=self.oidc_client_id,
                client_secret=self.oidc_client_secret,
            ),
        )

    def redirect_uri(self, issuer: Issuer) -> str:
        """Where that provider sends people back to: in a list each has its own address, so that none answers for another."""
        return self.public_url + CALLBACK + (f"/{issuer.code}" if self.oidc_issuers else "")
