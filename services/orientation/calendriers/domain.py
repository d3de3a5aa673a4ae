"""What a calendar holds: which deadlines and appointments, as entries that identify nobody, for how far ahead and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

PASSE = timedelta(days=31)
AVENIR = timedelta(days=366)
ENTREES_MAX = 500
"""Of deadlines, and as many of appointments."""
SEQUENCE_MAX = 2**31
"""RFC 5545 counts in 32 bits, one of them for the sign."""
RELIRE = timedelta(hours=1)
"""How often an agenda is asked to come back; most of them do what they like."""


class Statut(StrEnum):
    """What RFC 5545 says of an entry."""

    proposee = "TENTATIVE"
    confirmee = "CONFIRMED"
    annulee = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry. `jour` is a whole day on the territory's own calendar, for a deadline; `debut` and `fin` are UTC moments.

    `titre` says what is awaited and the case's reference, never whose case it is; `sequence` grows with each change.
    """

    uid: str
    sequence: int
    modifiee_at: datetime
    titre: str
    lien: str
    jour: date | None = None
    debut: datetime | None = None
    fin: datetime | None = None
    statut: Statut = Statut.confirmee


def fenetre(now: datetime) -> tuple[datetime, datetime]:
    """Between which moments an entry is in the calendar: a month back, a year ahead."""
    return now - PASSE, now + AVENIR


def uid(objet_id: UUID, hote: str, suite: str = "") -> str:
    """The name by which an agenda knows an entry again, whatever becomes of it."""
    return f"{objet_id}{suite}@{hote}"


def numero(ecriture: int) -> int:
    """The SEQUENCE of what transaction number `ecriture` wrote last."""
    return ecriture % SEQUENCE_MAX


def ordonner(entrees: Iterable[Entree]) -> list[Entree]:
    """The entries in an order of their own: the same ones always make the same file, and so the same ETag."""

    def quand(entree: Entree) -> tuple[datetime, str]:
        debut = entree.debut or datetime.combine(entree.jour or date.min, datetime.min.time(), tzinfo=UTC)
        return debut, entree.uid

    return sorted(entrees, key=quand)
