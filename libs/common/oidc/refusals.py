"""Why a sign-in or a logout notice is refused, as a code for the log; the person is told to begin again and nothing more."""

from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    UnsupportedAlgorithmError,
)

from common.errors import NonAuthentifie
from common.traduction import N_

KINDS: dict[type[Exception], str] = {
    UnsupportedAlgorithmError: "alg",
    InvalidKeyIdError: "kid",
    BadSignatureError: "signature",
    ExpiredTokenError: "expired",
}


class Refused(NonAuthentifie):
    """What came is not what we began. `reason` is `<where>.<what>`, like `id_token.aud`: never a value of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(N_("Recommencez la connexion."))
        self.reason = reason


def reason_of(error: Exception) -> str:
    """The code of what joserfc found: the claim that is wrong, or what is wrong with the token itself."""
    if type(error) in KINDS:
        return KINDS[type(error)]
    if isinstance(error, ClaimError):
        return error.claim.split(",")[0]
    return "form"
