"""The one-time code: derived from a key and the mail's id, so that nothing stored can give it away. Pure rules."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

CODE_DIGITS = 8
CODE_LIFE = timedelta(hours=2)
"""Mail can be slow: greylisting alone may hold a first message for half an hour or more."""
MAX_TRIES = 5
MAX_MAILS = 5
MAILS_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Acces:
    """What decides whether a code opens: until when, already used or not, and how many wrong tries."""

    id: UUID
    expire_le: datetime | None
    utilise_le: datetime | None
    essais: int


def code_of(key: bytes, acces_id: UUID) -> str:
    """The code of this access: eight digits. A mail that is sent again carries the same one."""
    digest = hmac.new(key, acces_id.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:16]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def key_of(secret: str) -> bytes:
    """The key of the codes, drawn from the service's secret for this use alone."""
    return hmac.new(secret.encode(), b"relais/signalement/code-d-acces/v1", hashlib.sha256).digest()


def is_open(acces: Acces, now: datetime) -> bool:
    """Whether a right code would still open: the mail was sent, not too long ago, not used, not tried too often."""
    return acces.expire_le is not None and now < acces.expire_le and acces.utilise_le is None and acces.essais < MAX_TRIES


def opens(acces: Acces, key: bytes, typed: str, now: datetime) -> bool:
    """Whether what was typed (spaces allowed) opens this access now."""
    digits = "".join(c for c in typed if c in "0123456789")
    return is_open(acces, now) and hmac.compare_digest(digits, code_of(key, acces.id))
