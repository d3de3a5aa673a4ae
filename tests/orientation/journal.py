"""What the events of one referral must never say, whoever did what and when: the same check for a model and for the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.codes import EtatOrientation, Horloge
from orientation.orientations.domain import CLOSES

E = EtatOrientation
# Written out: a check that reads its bound from the code that it checks would agree with anything.
TROIS_JOURS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Fait:
    """One event of a referral: what, at which moment, in which state it left it, and for a reminder about which clock."""

    nom: str
    at: datetime
    etat: EtatOrientation
    horloge: Horloge | None = None


def verifier(faits: Sequence[Fait]) -> None:
    """No reminder twice for one run of a clock, none within 72 hours of its start, nothing at all once closed."""
    departs: dict[Horloge, datetime] = {}
    rappeles: set[Horloge] = set()
    avant = E.brouillon
    for fait in faits:
        if fait.nom in ("relancee", "escaladee", "expiree"):
            assert avant not in CLOSES, fait
            assert avant is not E.brouillon, fait
        if fait.nom == "relancee":
            assert fait.horloge, fait
            assert fait.horloge not in rappeles, fait
            assert fait.at - departs[fait.horloge] >= TROIS_JOURS, fait
            rappeles.add(fait.horloge)
        for horloge in _repartent(fait, avant):
            departs[horloge] = fait.at
            rappeles.discard(horloge)
        avant = fait.etat


def _repartent(fait: Fait, avant: EtatOrientation) -> tuple[Horloge, ...]:
    """The clocks that an event starts from the beginning; a question only stops the partner's."""
    if fait.nom in ("envoyee", "renvoyee"):
        return (Horloge.lire, Horloge.repondre)
    if fait.nom in ("rouverte", "revenue") and fait.etat is E.recue and avant is not E.complement_demande:
        return (Horloge.repondre,)
    if fait.nom == "acceptee" or (fait.nom == "revenue" and fait.etat is E.acceptee):
        return (Horloge.demarrer,)
    if fait.nom in ("demarree", "poursuivie") or (fait.nom == "rouverte" and fait.etat is E.demarree):
        return (Horloge.suivre,)
    return ()
