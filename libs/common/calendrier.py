"""Working days per territory: Monday to Friday, except the public holidays of the département (local and overseas ones too)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from common.errors import DonneeInvalide
from common.territoires import departement as territoire
from common.territoires import fuseau
from common.traduction import N_

FIN_DE_JOURNEE = time(23, 59, 59)
SAMEDI = 5
UN_JOUR = timedelta(days=1)


class MomentSansFuseau(DonneeInvalide, ValueError):
    """A moment without a time zone has no local date."""

    slug, titre = "moment-sans-fuseau", N_("Cette date n’a pas de fuseau horaire.")


class DelaiInvalide(DonneeInvalide, ValueError):
    """A delay is at least one working day."""

    slug, titre = "delai-invalide", N_("Un délai compte au moins un jour ouvré.")


@lru_cache(maxsize=512)
def _jours_feries(subdivision: str | None, annee: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=annee))


def jours_feries(annee: int, departement: str) -> frozenset[date]:
    """The public holidays of a year in a département. Raises TerritoireInconnu.

    Moselle and Alsace add Good Friday and 26 December (code du travail, article L. 3134-13); overseas départements add the
    day of the abolition of slavery (article L. 3422-2) and their customary days.
    """
    return _jours_feries(territoire(departement).feries, annee)


def is_jour_ouvre(day: date, departement: str) -> bool:
    """Whether people work on this local date in this département. Raises TerritoireInconnu."""
    return day.weekday() < SAMEDI and day not in jours_feries(day.year, departement)


def date_locale(moment: datetime, departement: str) -> date:
    """The calendar date of a moment, as read on a clock of the département. Raises MomentSansFuseau, TerritoireInconnu."""
    if moment.utcoffset() is None:
        raise MomentSansFuseau(N_("Précisez le fuseau horaire."))
    return moment.astimezone(fuseau(departement)).date()


def add_jours_ouvres(moment: datetime, n: int, departement: str) -> datetime:
    """The end, 23:59:59 local time, of the n-th working day after the moment's local date; an aware datetime in UTC.

    The day of the moment never counts, as in article 641 of the code de procédure civile. On a week-end or a holiday the
    count begins with the next working day: one working day from a Saturday ends on Monday evening.
    Raises DelaiInvalide when n is less than 1, MomentSansFuseau, TerritoireInconnu.
    """
    if n < 1:
        raise DelaiInvalide(N_("Indiquez un nombre de jours supérieur à zéro."))
    jour = date_locale(moment, departement)
    restants = n
    while restants:
        jour += UN_JOUR
        restants -= is_jour_ouvre(jour, departement)
    return datetime.combine(jour, FIN_DE_JOURNEE, tzinfo=fuseau(departement)).astimezone(UTC)


def jours_ouvres_between(a: datetime, b: datetime, departement: str) -> int:
    """How many working days pass from one moment to another: those after a's local date, up to and including b's.

    Negative when b is on an earlier date than a, so that a late answer shows by how much. The inverse of add_jours_ouvres.
    Raises MomentSansFuseau, TerritoireInconnu.
    """
    debut, fin = date_locale(a, departement), date_locale(b, departement)
    if fin < debut:
        return -jours_ouvres_between(b, a, departement)
    return sum(is_jour_ouvre(debut + i * UN_JOUR, departement) for i in range(1, (fin - debut).days + 1))
