"""The deadlines of a referral, in working days of the dossier's territory. Moments are aware, in UTC.

A clock runs for whoever must act next, in every open state: `CADRE` says for how long. A deadline that passes calls the
animateur, and calls again every `INSISTANCE` working days until somebody acts; only an unanswered referral expires. Each
clock reminds once at most, never within `RAPPEL_MINIMAL` of its start. A question stops the partner's clock and starts the
sender's; the answer starts the partner's again with the working days that it had left, two at the least.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.calendrier import add_jours_ouvres, jours_ouvres_between
from common.codes import Horloge
from orientation.partenaires.domain import LECTURE, REPONSE


@dataclass(frozen=True, slots=True)
class Cadre:
    """The working days that a clock gives, and after how many of them it reminds; None: it does not, or at half."""

    jours: int
    rappel: int | None = None


# What holds where the partner has declared nothing else for this dispositif (only `lire` and `repondre` can be declared).
CADRE: Mapping[Horloge, Cadre] = {
    Horloge.preparer: Cadre(10),
    Horloge.envoyer: Cadre(2),
    Horloge.lire: Cadre(LECTURE),
    Horloge.repondre: Cadre(REPONSE),
    Horloge.completer: Cadre(5),
    Horloge.demarrer: Cadre(10, rappel=5),
    Horloge.suivre: Cadre(45, rappel=40),
}
RAPPEL_MINIMAL = timedelta(hours=72)
SURSIS = 2
INSISTANCE = 10
RESTE_MINIMAL = 2
# How long the partner or the sender may take back an end by itself.
REOUVERTURE = 10


@dataclass(frozen=True, slots=True)
class Echeances:
    """What is awaited and until when; each moment is None once it is past or when it does not apply.

    `due_at` is the deadline of the side that must act, `lire_at` that of the first reading. While the partner's clock
    stands, `reste` keeps its working days and `a_rappeler` whether its reminder is still to come.
    """

    lire_at: datetime | None = None
    relance_lire_at: datetime | None = None
    relance_at: datetime | None = None
    due_at: datetime | None = None
    escalade_at: datetime | None = None
    expire_at: datetime | None = None
    reste: int | None = None
    a_rappeler: bool = False

    @property
    def relances(self) -> tuple[datetime, ...]:
        """The reminders to come."""
        return tuple(at for at in (self.relance_lire_at, self.relance_at) if at)

    @property
    def prochaine_at(self) -> datetime | None:
        """The next moment at which the sweep has something to do."""
        return min((at for at in (*self.relances, self.escalade_at, self.expire_at) if at), default=None)

    @property
    def escaladee(self) -> bool:
        """Whether the deadline has passed and the animateur was called."""
        return self.prochaine_at is not None and self.escalade_at != self.due_at


SANS = Echeances()


def attendre(horloge: Horloge, now: datetime, departement: str) -> Echeances:
    """A clock starts that never expires: its side is reminded, then the animateur called."""
    cadre = CADRE[horloge]
    due_at = add_jours_ouvres(now, cadre.jours, departement)
    relance_at = _rappel(now, cadre.rappel, due_at, departement) if cadre.rappel else None
    return Echeances(relance_at=relance_at, due_at=due_at, escalade_at=due_at)


def preparer(horloge: Horloge, now: datetime, departement: str) -> Echeances:
    """A draft has a deadline that is shown, and nothing that happens by itself: nobody but its sender knows of it."""
    return Echeances(due_at=add_jours_ouvres(now, CADRE[horloge].jours, departement))


def partir(now: datetime, jours: int, departement: str, lecture: int = CADRE[Horloge.lire].jours) -> Echeances:
    """The referral is sent: the partner's two clocks start, to read and to answer."""
    lire_at = add_jours_ouvres(now, lecture, departement)
    reponse = repondre(now, jours, departement)
    relance_lire_at = max(lire_at, now + RAPPEL_MINIMAL)
    utile = reponse.due_at is not None and relance_lire_at < reponse.due_at
    return replace(reponse, lire_at=lire_at, relance_lire_at=relance_lire_at if utile else None)


def repondre(now: datetime, jours: int, departement: str) -> Echeances:
    """The clock of the answer starts; it reminds at half."""
    due_at = add_jours_ouvres(now, jours, departement)
    return Echeances(
        relance_at=_rappel(now, jours // 2, due_at, departement),
        due_at=due_at,
        escalade_at=due_at,
        expire_at=add_jours_ouvres(due_at, SURSIS, departement),
    )


def lire(echeances: Echeances) -> Echeances:
    """The partner has read: its reminder to read has no object any more, the answer's deadline stands."""
    return replace(echeances, relance_lire_at=None)


def suspendre(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The partner asked for something: its clock stands, the sender's runs. A sender is called, never expired."""
    reste = jours_ouvres_between(now, echeances.due_at, departement) if echeances.due_at else 0
    return replace(
        attendre(Horloge.completer, now, departement),
        lire_at=echeances.lire_at,
        reste=max(reste, RESTE_MINIMAL),
        a_rappeler=echeances.relance_at is not None,
    )


def reprendre(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The sender answered: the partner's clock runs again, and reminds if it had not."""
    suite = repondre(now, echeances.reste or RESTE_MINIMAL, departement)
    return replace(suite, lire_at=echeances.lire_at, relance_at=suite.relance_at if echeances.a_rappeler else None)


def arreter(echeances: Echeances) -> Echeances:
    """It is over: the deadlines stay as facts, nothing is due any more."""
    return Echeances(lire_at=echeances.lire_at, due_at=echeances.due_at)


def relancer(echeances: Echeances, now: datetime) -> Echeances:
    """The reminder was made, for each clock whose moment had come: one message says both."""
    lu, repondu = echeances.relance_lire_at, echeances.relance_at
    return replace(
        echeances,
        relance_lire_at=None if lu and lu <= now else lu,
        relance_at=None if repondu and repondu <= now else repondu,
    )


def escalader(echeances: Echeances, now: datetime, departement: str) -> Echeances:
    """The animateur was called, and will be again; an answer that is awaited expires instead.

    When we were late to call, the expiry waits a whole working day longer.
    """
    attente = replace(echeances, relance_lire_at=None, relance_at=None)
    if echeances.expire_at is None:
        return replace(attente, escalade_at=add_jours_ouvres(now, INSISTANCE, departement))
    expire_at = max(echeances.expire_at, add_jours_ouvres(now, SURSIS - 1, departement))
    return replace(attente, escalade_at=None, expire_at=expire_at)


def _rappel(now: datetime, jours: int, due_at: datetime, departement: str) -> datetime | None:
    """When to remind, after so many working days and no sooner than three days; None when that is too late to help."""
    au_plus_tot = now + RAPPEL_MINIMAL
    relance_at = max(add_jours_ouvres(now, jours, departement), au_plus_tot) if jours else au_plus_tot
    return relance_at if relance_at < due_at else None


def jours_pris(echeances: Echeances, jours: int, now: datetime, departement: str) -> int:
    """How many working days of its own time a partner that answers at `now` took, out of the `jours` that it has.

    The sender's time, while a question waits, is not the partner's.
    """
    reste = echeances.reste
    if reste is None and echeances.due_at:
        reste = jours_ouvres_between(now, echeances.due_at, departement)
        # After a Friday's deadline, Saturday is late though no working day has passed.
        reste = min(reste, -1) if echeances.due_at < now else reste
    return max(0, jours - (reste or 0))
