"""French forms of dates, numbers and sentences, as functions and as template filters.

Dates and amounts come from Babel's French data; what CLDR lacks (1er, 14 h 05, working days) is here.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from common.traduction import _, ngettext
from common.typographie import INSECABLE, typo

LOCALE = "fr_FR"
PARIS = "Europe/Paris"


def date_fr(jour: date, *, semaine: bool = True) -> str:
    """A calendar date in full: « mardi 3 mars 2026 », without the day of the week when `semaine` is false.

    Give a date, not a moment: a moment has no calendar date before its time zone is known (see `moment_fr`).
    """
    if isinstance(jour, datetime):
        raise TypeError("date_fr wants a date; convert the moment to a time zone first")
    texte = format_date(jour, "EEEE d MMMM y" if semaine else "d MMMM y", locale=LOCALE)
    return re.sub(r"\b(\d{1,2}) (?=[^\W\d])", lambda m: f"{'1er' if m[1] == '1' else m[1]}{INSECABLE}", texte)


def moment_fr(moment: datetime, fuseau: str = PARIS) -> str:
    """An aware moment as people of that IANA time zone read it: « 3 mars 2026 à 14 h 05 ».

    Raises ValueError on a naive datetime, which names no moment.
    """
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no moment")
    local = moment.astimezone(ZoneInfo(fuseau))
    heure = f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"
    return _("{jour} à {heure}").format(jour=date_fr(local.date(), semaine=False), heure=heure)


def heure_fr(local: datetime) -> str:
    """The hour of a moment that is local already: « 14 h 05 », « 9 h »."""
    return f"{local.hour}{INSECABLE}h" + (f"{INSECABLE}{local.minute:02d}" if local.minute else "")


def instant_fr(moment: datetime, fuseau: str = PARIS) -> str:
    """The same to the second, for what follows closely upon another: « 3 mars 2026 à 14:05:09 »."""
    local = moment.astimezone(ZoneInfo(fuseau))
    return _("{jour} à {heure}").format(jour=date_fr(local.date(), semaine=False), heure=f"{local:%H:%M:%S}")


def nombre(valeur: int | float | Decimal, decimales: int = 0) -> str:
    """A number grouped as in French (narrow no-break spaces, comma), rounded to at most `decimales`."""
    return format_decimal(valeur, format="#,##0" + ("." + "#" * decimales if decimales else ""), locale=LOCALE)


def euros(montant: int | float | Decimal) -> str:
    """An amount in euros; the cents are shown only when there are some."""
    entier = montant == int(montant)
    return format_currency(montant, "EUR", format="#,##0\xa0¤" if entier else None, locale=LOCALE, currency_digits=not entier)


def pluriel(compte: int | float, singulier: str, au_pluriel: str | None = None) -> str:
    """A count and its noun: French takes the plural from two on (« 0 dossier », « 2 dossiers »)."""
    mot = _(singulier if abs(compte) < 2 else au_pluriel or f"{singulier}s")
    return f"{nombre(compte)}{INSECABLE}{mot}"


def delai(jours: int, *, ouvres: bool = True) -> str:
    """How far a deadline is, in words, from the number of days left (negative when it has passed).

    The caller counts the days, because working days depend on the territory's public holidays.
    """
    if jours == 0:
        return _("aujourd’hui")
    n = abs(jours)
    compte = nombre(n) + INSECABLE + (ngettext("jour ouvré", "jours ouvrés", n) if ouvres else ngettext("jour", "jours", n))
    return (_("dans {compte}") if jours > 0 else _("en retard de {compte}")).format(compte=compte.replace(" ", INSECABLE))


FILTRES = {
    "date_fr": date_fr,
    "moment_fr": moment_fr,
    "instant_fr": instant_fr,
    "nombre": nombre,
    "euros": euros,
    "pluriel": pluriel,
    "delai": delai,
    "typo": typo,
}
