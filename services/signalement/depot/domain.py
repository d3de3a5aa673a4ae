"""A form that was set aside: its link and its code, and when they open. Pure rules.

Both are derived from a key and the mail's id: the server keeps a hash of the link, and of the code nothing.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from signalement.espace.domain import MAX_TRIES, code_of

KEPT = timedelta(days=7)
"""How long a form waits in the browser that it was begun in, from the last step that was typed."""
SET_ASIDE = timedelta(days=30)
"""How long a form that was set aside waits, and its link with it."""
RECEIPT = timedelta(hours=1)
"""How long the browser in which a form was set aside is told that the mail came back: most refusals are known by then."""
MAX_MAILS = 5
MAILS_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lien:
    """What decides whether a link opens: the mail that carries it, until when, and how many wrong codes were typed."""

    envoi_id: UUID
    expire_le: datetime
    essais: int


def key_of(secret: str) -> bytes:
    """The key of links and codes, drawn from the service's secret for this use alone."""
    return hmac.new(secret.encode(), b"relais/signalement/brouillon/v1", hashlib.sha256).digest()


def lien_of(key: bytes, envoi_id: UUID) -> str:
    """The secret in the link of this mail: 256 bits, for an address. A mail that is sent again carries the same one."""
    return hmac.new(key, b"lien" + envoi_id.bytes, hashlib.sha256).hexdigest()


def hash_of(secret: str) -> str:
    """Under what the server keeps a form: whoever reads the table cannot take a form over."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_open(lien: Lien, now: datetime) -> bool:
    """Whether a right code would still open: not too late, not tried too often."""
    return now < lien.expire_le and lien.essais < MAX_TRIES


def opens(lien: Lien, key: bytes, typed: str, now: datetime) -> bool:
    """Whether what was typed (spaces allowed) opens this form now."""
    digits = "".join(c for c in typed if c in "0123456789")
    return is_open(lien, now) and hmac.compare_digest(digits, code_of(key, lien.envoi_id))
