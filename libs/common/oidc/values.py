"""What a sign-in remembers, what comes back, and who it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

SID_MAX = 200
EMAIL_MAX = 254
SIRET_DIGITS = 14


class Attempt(BaseModel):
    """What must be remembered between leaving for the provider and coming back; kept in a signed cookie."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    suite: str


@dataclass(frozen=True, slots=True)
class Return:
    """What came back through the browser; `address` is where it came to."""

    address: str
    state: str = ""
    code: str = ""
    iss: str | None = None
    error: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is. The key is (issuer, subject), never the address; `sid` is the provider's own session.

    `siret` is the establishment that it names, fourteen digits or nothing: a hint that opens nothing.
    """

    issuer: str
    subject: str
    nom_affiche: str
    courriel: str
    id_token: str
    sid: str | None = None
    siret: str = ""


def identity_of(issuer: str, claims: Mapping[str, Any], known: Mapping[str, Any], id_token: str) -> Identity:
    """The person of a verified id_token, and of all that is `known` of it with userinfo."""
    sid = claims.get("sid")
    return Identity(
        issuer=issuer,
        subject=claims["sub"],
        nom_affiche=_name(known),
        courriel=_address(known),
        id_token=id_token,
        sid=sid if isinstance(sid, str) and 0 < len(sid) <= SID_MAX else None,
        siret=_siret(known),
    )


def _name(known: Mapping[str, Any]) -> str:
    """The name to show the person; ProConnect gives first and usual name instead of `name`."""
    parts = (known.get("given_name"), known.get("usual_name") or known.get("family_name"))
    name = str(known.get("name") or " ".join(str(part) for part in parts if part))
    return "".join(sign for sign in name if sign.isprintable())[:200]


def _siret(known: Mapping[str, Any]) -> str:
    """The SIRET of ProConnect's userinfo, whose digits may come as one number."""
    digits = "".join(str(known.get("siret") or "")[:30].split())
    return digits if len(digits) == SIRET_DIGITS and digits.isascii() and digits.isdecimal() else ""


def _address(known: Mapping[str, Any]) -> str:
    """The e-mail address, empty when the provider itself says that it was never verified."""
    address = known.get("email")
    if not isinstance(address, str) or known.get("email_verified") is False or not address.isprintable():
        return ""
    return address.strip().lower() if len(address) <= EMAIL_MAX else ""
