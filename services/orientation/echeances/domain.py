"""The deadlines of a referral, in working days of the dossier's territory. Moments are aware, in UTC.

The clock runs for whoever must act next. It begins at the sending, for the partner: a reminder at half its delay, the
escalation at `due_at`, the expiry two working days later. A question stops the partner's clock and gives the sender five
working days; the answer starts the partner's clock again with the working days that it had left, two at the least.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from common.calendrier import add_jours_ouvres, jours_ouvres_between

SURSIS = 2
DELAI_EMETTEUR = 5
RESTE_MINIMAL = 2


@dataclass(frozen=True, slots=True)
class Echeances:
    """What is awaited and until when; each moment is None once it is past or when it does not apply.

    `due_at` is the deadline of the side that must act. `reste` keeps the partner's working days while its clock stands.
    """

    relance_at: datetime | None = None
    due_at: datetime | None = None
    escalade_at: datetime | None = None
    expire_at: datetime | None = None
    reste: int | None = None

    @property
    def prochaine_at(self) -> datetime | None:
        """The next moment at which the sweep has something to do."""
        return min((at for at in (self.relance_at, self.escalade_at, self.expire_at) if at), default=None)


SANS = Echeances()


def partir(now: datetime, jours: int, departement: str) -> Echeances:
    """The partner's clock starts, for that many working days. One day is too short for a reminder."""
    due_at = add_jours_ouvres(now, jours, departement)
    return Echeances(
        relance_at=add_jours_ouvres(now, jours // 2, departement) if jours > 1 else None,
        due_at=due_at,
        escalade_at=due_at,
        expire_at=add_jours_ouvres(due_at, SURSIS, departement),
    )


def suspendre(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The partner asked for something: its clock stands, the sender's runs. A sender is called, never expired."""
    reste = jours_ouvres_between(now, echeances.due_at, departement) if echeances.due_at else 0
    due_at = add_jours_ouvres(now, DELAI_EMETTEUR, departement)
    return Echeances(due_at=due_at, escalade_at=due_at, reste=max(reste, RESTE_MINIMAL))


def reprendre(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The sender answered: the partner's clock runs again."""
    return partir(now, echeances.reste or RESTE_MINIMAL, departement)


def arreter(echeances: Echeances) -> Echeances:
    """The partner answered, or nobody will: the deadline stays as a fact, nothing is due any more."""
    return Echeances(due_at=echeances.due_at)


def relancer(echeances: Echeances) -> Echeances:
    """The reminder was made."""
    return replace(echeances, relance_at=None)


def escalader(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The animateur was called. When we were late to call, the expiry waits a whole working day longer."""
    expire_at = echeances.expire_at and max(echeances.expire_at, add_jours_ouvres(now, SURSIS - 1, departement))
    return replace(echeances, relance_at=None, escalade_at=None, expire_at=expire_at)
