"""What a partner declares about a dispositif: how fast it reads and answers, how many associations it can take on."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import assert_never

from common.calendrier import date_locale
from common.codes import Periode
from common.territoires import fuseau

LECTURE, REPONSE = 2, 5
"""The working days within which a referral is read and answered, where a partner declares nothing else."""


@dataclass(frozen=True, slots=True)
class Delais:
    """The working days, from the sending, within which a referral is to be read and answered."""

    lecture: int = LECTURE
    reponse: int = REPONSE


@dataclass(frozen=True, slots=True)
class Places:
    """A declared capacity, and how many referrals were accepted since its period began."""

    capacite: int
    periode: Periode
    prises: int

    @property
    def reste(self) -> int:
        """What is left; a partner may take on more than it declared."""
        return max(0, self.capacite - self.prises)

    @property
    def is_atteinte(self) -> bool:
        """Whether the capacity is reached: shown, and ranked after others, never hidden."""
        return self.reste == 0


def delais(
    lecture_offre: int | None, reponse_offre: int | None, lecture_partenaire: int | None, reponse_partenaire: int | None
) -> Delais:
    """The delays of a dispositif at a partner: what the offer says, then the partner, then the rule of the hub.

    Nobody reads after having answered: a partner that answers within one day reads within one day.
    """
    reponse = reponse_offre or reponse_partenaire or REPONSE
    return Delais(min(lecture_offre or lecture_partenaire or LECTURE, reponse), reponse)


def debut_periode(periode: Periode, jour: date) -> date:
    """The first day of the period in which a day falls."""
    match periode:
        case Periode.annee:
            return jour.replace(month=1, day=1)
        case Periode.trimestre:
            return jour.replace(month=jour.month - (jour.month - 1) % 3, day=1)
        case Periode.mois:
            return jour.replace(day=1)
    assert_never(periode)


def ouverture_periode(periode: Periode, now: datetime, departement: str) -> datetime:
    """The moment at which the running period began, on the clocks of that département. Raises TerritoireInconnu."""
    jour = debut_periode(periode, date_locale(now, departement))
    return datetime.combine(jour, time.min, tzinfo=fuseau(departement))


def ensemble(places: list[Places | None]) -> int | None:
    """The places left at several partners together; None when that is not known.

    A partner that declares nothing may always have one, so that "none left" is only said when all of them say so.
    """
    reste = sum(p.reste for p in places if p)
    return reste if reste or (places and all(places)) else None
