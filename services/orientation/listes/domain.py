"""What a list of referrals shows first, and the bands of age and deadline by which lists and dashboards sort them.

The bands are counted in working days of each territory, yet a list compares moments: `reperes` gives the moments at which
one band ends and the next begins, so that the database compares and counts nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from common.calendrier import UN_JOUR, date_locale, is_jour_ouvre
from common.codes import Code, EtatOrientation, Motif
from common.territoires import collectivites, departement, departements, fuseau
from common.traduction import N_
from orientation.orientations.domain import CLOSES, Cote

E = EtatOrientation
EN_COURS = tuple(etat for etat in E if etat not in CLOSES)
# Where the partner's answer is awaited.
ATTENDUES = (E.envoyee, E.recue)
# Where the deadline that runs is this side's own: a clock runs in every open state.
A_MOI: dict[Cote, tuple[EtatOrientation, ...]] = {
    Cote.partenaire: (E.envoyee, E.recue, E.acceptee, E.demarree),
    Cote.emetteur: (E.brouillon, E.complement_demande),
}
EPOQUE, MICROSECONDE = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Age(Code):
    """How long ago a referral was sent, in working days of its territory."""

    de_0_a_2 = "de_0_a_2", N_("0 à 2 jours ouvrés")
    de_3_a_5 = "de_3_a_5", N_("3 à 5 jours ouvrés")
    de_6_a_10 = "de_6_a_10", N_("6 à 10 jours ouvrés")
    plus_10 = "plus_10", N_("Plus de 10 jours ouvrés")


BORNES = (2, 5, 10)
AGES = tuple(Age)


class Fait(Code):
    """What happened in a period, where a list is of the past."""

    reponse = "reponse", N_("Répondues")
    acceptation = "acceptation", N_("Acceptées")
    refus = "refus", N_("Déclinées")
    fin = "fin", N_("Terminées")


class Echeance(Code):
    """Where a deadline stands, on the calendar of its territory."""

    retard = "retard", N_("En retard")
    aujourd_hui = "aujourd_hui", N_("Aujourd’hui")
    semaine = "semaine", N_("D’ici dimanche")
    plus_tard = "plus_tard", N_("Plus tard")


@dataclass(frozen=True, slots=True)
class Reperes:
    """The moments that part the bands: sent at `ages[i]` or later is at most `BORNES[i]` working days ago; a deadline
    before `demain` is today's at the latest, before `lundi` this week's.
    """

    now: datetime
    ages: tuple[datetime, datetime, datetime]
    demain: datetime
    lundi: datetime

    def age(self, envoyee_at: datetime) -> Age:
        """The band of a referral sent then."""
        return next((AGES[i] for i, borne in enumerate(self.ages) if envoyee_at >= borne), Age.plus_10)

    def echeance(self, due_at: datetime) -> Echeance:
        """Where that deadline stands."""
        if due_at < self.now:
            return Echeance.retard
        return Echeance.aujourd_hui if due_at < self.demain else Echeance.semaine if due_at < self.lundi else Echeance.plus_tard

    def envoi(self, age: Age) -> tuple[datetime | None, datetime | None]:
        """Between which moments of sending, the first included, a referral is of that age."""
        rang = AGES.index(age)
        return self.ages[rang] if rang < len(self.ages) else None, self.ages[rang - 1] if rang else None

    def terme(self, echeance: Echeance) -> tuple[datetime | None, datetime | None]:
        """Between which moments, the first included, such a deadline falls."""
        moments = (None, self.now, self.demain, self.lundi, None)
        rang = tuple(Echeance).index(echeance)
        return moments[rang], moments[rang + 1]


@dataclass(frozen=True, slots=True)
class Periode:
    """What happened, from one moment to another, the first included."""

    fait: Fait
    de: datetime
    a: datetime


@dataclass(frozen=True, slots=True)
class Filtre:
    """What a list is narrowed to. `dans_le_delai` is about the answer, `periode` makes it a list of the past.

    `responsable` is the member who follows the referral, or nobody when `sans_responsable`.
    """

    etats: tuple[EtatOrientation, ...] = ()
    recherche: str = ""
    age: Age | None = None
    echeance: Echeance | None = None
    periode: Periode | None = None
    motif: Motif | None = None
    dans_le_delai: bool | None = None
    partenaire_id: UUID | None = None
    responsable: UUID | None = None
    sans_responsable: bool = False


def reperes(now: datetime, departement: str) -> Reperes:
    """The moments that part the bands in this département, at `now`. Raises MomentSansFuseau, TerritoireInconnu."""
    jour = date_locale(now, departement)

    def minuit(d: date) -> datetime:
        return datetime.combine(d, time.min, tzinfo=fuseau(departement)).astimezone(UTC)

    premiers: list[datetime] = []
    debut, ecoules = jour, 0
    while len(premiers) < len(BORNES):
        # One day earlier, the day at hand would count among those that have passed since.
        if ecoules + is_jour_ouvre(debut, departement) > BORNES[len(premiers)]:
            premiers.append(minuit(debut))
        else:
            ecoules += is_jour_ouvre(debut, departement)
            debut -= UN_JOUR
    a, b, c = premiers
    return Reperes(now, (a, b, c), minuit(jour + UN_JOUR), minuit(jour + timedelta(days=7 - jour.weekday())))


def calendriers(now: datetime) -> Sequence[tuple[tuple[str, ...], Reperes]]:
    """Every département, grouped by those that share their holidays and their clock, with their moments."""
    groupes: dict[tuple[str | None, str], list[str]] = {}
    for code in (d.code for d in (*departements(), *collectivites())):
        lieu = departement(code)
        groupes.setdefault((lieu.feries, lieu.fuseau), []).append(code)
    return [(tuple(codes), reperes(now, codes[0])) for codes in groupes.values()]


@dataclass(frozen=True, slots=True)
class Tranche:
    """A stretch of a list: one state, with its deadline between two moments (`de` included), all of one rank."""

    etat: EtatOrientation
    rang: int
    de: datetime | None = None
    a: datetime | None = None


def tranches(cote: Cote, now: datetime, etats: Collection[EtatOrientation] = ()) -> list[Tranche]:
    """The list of this side, in these states or in all: rank 0 is what it must do today, within a rank the deadline counts.

    What is late at the other side is the sender's business too: nobody else can unblock it.
    """
    return [tranche for tranche in _ordre(cote, now) if not etats or tranche.etat in etats]


def _ordre(cote: Cote, now: datetime) -> Iterator[Tranche]:
    if cote is Cote.partenaire:
        rangs = {E.envoyee: 0, E.recue: 0, E.acceptee: 1, E.demarree: 2, E.complement_demande: 3}
        yield from (Tranche(etat, rangs.get(etat, 4)) for etat in E if etat is not E.brouillon)
        return
    rangs = {E.brouillon: 1, E.envoyee: 2, E.recue: 2, E.acceptee: 3, E.demarree: 3}
    for etat in E:
        if etat in rangs:
            yield Tranche(etat, 0, a=now)
            yield Tranche(etat, rangs[etat], de=now)
        else:
            yield Tranche(etat, 0 if etat is E.complement_demande else 4)


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a referral in a list, after which the next page begins; without `at`, no deadline runs."""

    rang: int
    at: datetime | None
    id: UUID

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.rang}_{(self.at - EPOQUE) // MICROSECONDE if self.at else ''}_{self.id.hex}"

    @classmethod
    def lue(cls, texte: str) -> "Position":
        """The position that an address says. Raises ValueError."""
        rang, at, ident = texte.split("_")
        return cls(int(rang), EPOQUE + int(at) * MICROSECONDE if at else None, UUID(hex=ident))
