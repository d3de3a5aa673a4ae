"""How sheets, places and absences are said on a page."""

import re
from dataclasses import dataclass

from common.codes import Periode
from common.filtres import date_fr, nombre, pluriel
from common.traduction import N_, _
from orientation.fiches.horaires import de_osm, en_clair
from orientation.fiches.models import FicheRow
from orientation.fiches.store import Absent
from orientation.partenaires.domain import Places
from orientation.partenaires.offres_store import TempsDeReponse

CE = {Periode.annee: N_("cette année"), Periode.trimestre: N_("ce trimestre"), Periode.mois: N_("ce mois-ci")}


def les_places(places: Places | None) -> str:
    """What is left, in words; nothing when nothing is declared."""
    if places is None:
        return ""
    quand = _(CE[places.periode])
    if places.is_atteinte:
        combien = f"{nombre(places.capacite)} {places.periode.libelle}"
        return _("Capacité atteinte {quand} ({combien})").format(quand=quand, combien=combien)
    reste = pluriel(places.reste, "place restante", "places restantes")
    return _("{reste} {quand} sur {capacite}").format(reste=reste, quand=quand, capacite=nombre(places.capacite))


def le_temps(mesure: TempsDeReponse | None) -> str:
    """The measured response time in days; nothing when it rests on too few answers."""
    if mesure is None or not mesure.is_montrable:
        return ""
    return pluriel(max(1, round(mesure.mediane.total_seconds() / 86_400)), "jour")


def l_absence(absent: Absent) -> str:
    """Who answers meanwhile and until when; the colleague of an absent team is nobody's business but the team's."""
    jour = date_fr(absent.absence.au)
    if absent.remplacant:
        return _("Absent jusqu’au {jour}. Remplacé par {nom}.").format(jour=jour, nom=absent.remplacant.libelle)
    if absent.absence.remplacant_membre_id:
        return _("Absent jusqu’au {jour}. Une autre personne de l’équipe répond.").format(jour=jour)
    return _("Absent jusqu’au {jour}, sans remplaçant.").format(jour=jour)


def les_jours(absent: Absent) -> str:
    """The days of an absence."""
    du, au = absent.absence.du, absent.absence.au
    return date_fr(du) if du == au else _("Du {du} au {au}").format(du=date_fr(du), au=date_fr(au))


def le_telephone(numero: str) -> str:
    """A French number in pairs, any other as it is."""
    return re.sub(r"(\d\d)(?=\d)", "\\1\u00a0", numero) if re.fullmatch(r"0\d{9}", numero) else numero


@dataclass(frozen=True, slots=True)
class Appel:
    """A number to dial and to read; both empty when none is known."""

    numero: str
    lisible: str


def l_appel(numero: str | None) -> Appel:
    """How to call somebody at this number, as it is kept."""
    return Appel(numero or "", le_telephone(numero or ""))


def les_horaires(fiche: FicheRow | None) -> list[tuple[str, str]]:
    """The opening hours, as lines."""
    return en_clair(de_osm(fiche.horaires)) if fiche and fiche.horaires else []
