"""Opening hours of a week: read as people type them, kept in OpenStreetMap's notation, shown in French. Pure.

Only a plain week is understood, the part of https://wiki.openstreetmap.org/wiki/FR:Key:opening_hours that directories
use: days, hours, and « PH off », which is accepted and not kept, since nobody is expected at work on a public holiday.
"""

import re
from itertools import groupby

from common.errors import DonneeInvalide
from common.traduction import N_, _

# Names of fields as well: translated where they are shown.
JOURS = (N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"), N_("dimanche"))
CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
PLAGES_MAX = 4
FERME = frozenset({"", "-", "fermé", "ferme", "off"})

Plage = tuple[int, int]
"""From one minute of the day to another."""
Journee = tuple[Plage, ...]
Semaine = tuple[Journee, ...]
"""Seven days, from Monday."""
FERMEE: Semaine = ((),) * 7

_HEURE = r"(\d{1,2})\s*(?:h|H|:)\s*(\d{2})?"
_PLAGE = re.compile(rf"\s*{_HEURE}\s*(?:-|–|—|à)\s*{_HEURE}\s*")
_REGLE = re.compile(r"(?P<jours>[A-Z][a-z](?:-[A-Z][a-z])?(?:,[A-Z][a-z](?:-[A-Z][a-z])?)*)\s+(?P<heures>.+)")


class HorairesIllisibles(DonneeInvalide):
    """The hours cannot be understood, or do not follow one another."""

    slug, titre = "horaires-illisibles", N_("Ces horaires ne sont pas compréhensibles.")


def lire_journee(texte: str) -> Journee:
    """The hours of a day as people type them: « 9h-12h30, 14h-17h », « 09:00-12:00 », nothing when it is closed.

    Raises HorairesIllisibles.
    """
    if texte.strip().lower() in FERME:
        return ()
    plages = [_lire_plage(partie) for partie in re.split(r"[,;]|\bet\b", texte)]
    bornes = [minute for plage in plages for minute in plage]
    if len(plages) > PLAGES_MAX or bornes != sorted(set(bornes)):
        raise HorairesIllisibles(_("Donnez les heures dans l’ordre, sans qu’elles se chevauchent, quatre plages au plus."))
    return tuple(plages)


def _lire_plage(texte: str) -> Plage:
    trouvee = _PLAGE.fullmatch(texte)
    if trouvee is None:
        raise HorairesIllisibles(_("Écrivez par exemple « 9h-12h30, 14h-17h », ou laissez vide si c’est fermé."))
    debut, minutes_debut, fin, minutes_fin = (int(nombre or 0) for nombre in trouvee.groups())
    if max(minutes_debut, minutes_fin) > 59 or fin * 60 + minutes_fin > 24 * 60:
        raise HorairesIllisibles(_("Une journée va de 0h à 24h, une heure compte soixante minutes."))
    return debut * 60 + minutes_debut, fin * 60 + minutes_fin


def ecrire_journee(journee: Journee) -> str:
    """The hours of a day, short, as they can be typed again."""
    return ", ".join(f"{_heure(debut)}-{_heure(fin)}" for debut, fin in journee)


def en_osm(semaine: Semaine) -> str:
    """The week in OpenStreetMap's notation, days of the same hours together; empty when nothing is known."""
    regles = []
    for premier, dernier, journee in _groupes(semaine):
        heures = ",".join(f"{_hhmm(debut)}-{_hhmm(fin)}" for debut, fin in journee)
        jours = CODES[premier] if premier == dernier else f"{CODES[premier]}-{CODES[dernier]}"
        regles.append(f"{jours} {heures}")
    return "; ".join(regles)


def de_osm(texte: str) -> Semaine:
    """The week that OpenStreetMap's notation says. Raises HorairesIllisibles for more than a plain week."""
    semaine: list[Journee] = [()] * 7
    for regle in filter(None, (partie.strip() for partie in texte.split(";"))):
        if regle in ("PH off", "PH,SH off", "SH off"):
            continue
        trouvee = _REGLE.fullmatch(regle)
        if trouvee is None:
            raise HorairesIllisibles(_("Écrivez une semaine, par exemple « Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00 »."))
        for numero in _numeros(trouvee["jours"]):
            semaine[numero] = lire_journee(trouvee["heures"])
    return tuple(semaine)


def _numeros(jours: str) -> list[int]:
    numeros: list[int] = []
    for partie in jours.split(","):
        premier, _tiret, dernier = partie.partition("-")
        if premier not in CODES or (dernier or premier) not in CODES:
            raise HorairesIllisibles(_("Les jours s’écrivent Mo, Tu, We, Th, Fr, Sa et Su."))
        numeros += range(CODES.index(premier), CODES.index(dernier or premier) + 1)
    return numeros


def en_clair(semaine: Semaine) -> list[tuple[str, str]]:
    """The open days with their hours, as a page shows them: (« Du lundi au vendredi », « 9 h – 12 h, 14 h – 17 h »)."""
    lignes = []
    for premier, dernier, journee in _groupes(semaine):
        debut, fin = _(JOURS[premier]), _(JOURS[dernier])
        jours = debut
        if dernier > premier:
            texte = _("{debut} et {fin}") if dernier == premier + 1 else _("du {debut} au {fin}")
            jours = texte.format(debut=debut, fin=fin)
        lignes.append((f"{jours[:1].upper()}{jours[1:]}", ", ".join(f"{_en_clair(de)} – {_en_clair(a)}" for de, a in journee)))
    return lignes


def _groupes(semaine: Semaine) -> list[tuple[int, int, Journee]]:
    groupes = []
    for journee, numeros in groupby(range(7), key=lambda numero: semaine[numero]):
        if journee:
            suite = list(numeros)
            groupes.append((suite[0], suite[-1], journee))
    return groupes


def _heure(minute: int) -> str:
    return f"{minute // 60}h{minute % 60:02d}" if minute % 60 else f"{minute // 60}h"


def _en_clair(minute: int) -> str:
    return f"{minute // 60}\u00a0h" + (f"\u00a0{minute % 60:02d}" if minute % 60 else "")


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
