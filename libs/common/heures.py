"""Hours that people type, and the moment that a local time is."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from common.errors import DonneeInvalide
from common.traduction import N_

_HEURE = re.compile(r"(\d{1,2})\s*[h:]\s*(\d{2})?", re.ASCII | re.IGNORECASE)


def lire_heure(saisie: str) -> time:
    """« 14:30 », « 14h30 » or « 14 h ». Raises DonneeInvalide."""
    lue = _HEURE.fullmatch(saisie.strip())
    try:
        return time(int(lue[1]), int(lue[2] or 0)) if lue else time.fromisoformat("")
    except ValueError:
        raise DonneeInvalide(N_("Saisissez une heure, par exemple 14:30.")) from None


def en_utc(jour: date, heure: time, fuseau: ZoneInfo) -> datetime:
    """The moment of this local time; of an hour that comes twice in autumn, the first.

    Raises DonneeInvalide for one that spring leaves out, and at the two ends of the calendar.
    """
    local = datetime.combine(jour, heure, tzinfo=fuseau)
    try:
        moment = local.astimezone(UTC)
        again = moment.astimezone(fuseau)
    except OverflowError:
        raise DonneeInvalide(N_("Cette date est trop éloignée : choisissez-en une autre.")) from None
    if again.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise DonneeInvalide(N_("Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."))
    return moment
