"""The form of the slots, in local time, between what a browser posts and what the rules take. What was typed is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from common.codes_echanges import ModeRendezVous
from common.errors import DonneeInvalide
from common.formulaires import PARTIES_DE_DATE, Formulaire, lire_date, message_of
from common.heures import en_utc, lire_heure
from common.traduction import _
from orientation.complements.formulaires import Envoi, saisies
from orientation.rendez_vous.domain import CRENEAUX_MAX, Creneau
from orientation.rendez_vous.schemas import Lieu

DUREES = (30, 45, 60, 90, 120, 180, 240)
_LIEU: TypeAdapter[str] = TypeAdapter(Lieu)
_CHAMPS = {"debut": "jour", "minutes": "minutes", "lieu": "lieu"}


def nombre_de_creneaux(f: Formulaire[Any]) -> int:
    """How many slots the form shows."""
    brut = f.valeur("nombre")
    return min(int(brut), CRENEAUX_MAX) if brut in {str(n) for n in range(1, 100)} else 1


def lire_creneaux(envoi: Envoi, fuseau: ZoneInfo) -> Formulaire[Any]:
    """The slots of the form, as a list: fields `jour-1-jour`, `heure-1`, `minutes-1`, `mode-1`, `lieu-1` and so on.

    A slot without date and hour is left out, the first one excepted when there is no other.
    """
    f: Formulaire[Any] = Formulaire(saisies=saisies(envoi))
    erreurs: dict[str, str] = {}
    creneaux = []
    for n in _places(f):
        fautes: dict[str, str] = {}
        creneau = _lire_un(f, n, fuseau, fautes)
        erreurs |= fautes
        creneaux.append(creneau)
    return avec_erreurs(f, erreurs) if erreurs else Formulaire(saisies=f.saisies, objet=tuple(creneaux))


def avec_fautes(f: Formulaire[Any], fautes: Mapping[str, str]) -> Formulaire[Any]:
    """The form with what the rules refuse: `creneaux.0.debut` concerns the first slot that was filled in."""
    places, erreurs = _places(f), {}
    for champ, message in fautes.items():
        _debut, *precis = champ.split(".")
        erreurs[f"{_CHAMPS[precis[1]]}-{places[int(precis[0])]}" if precis else ""] = message
    return avec_erreurs(f, erreurs)


def avec_erreurs(f: Formulaire[Any], erreurs: Mapping[str, str]) -> Formulaire[Any]:
    """The form with these messages, each named by its slot in the summary."""
    ancres = {nom: f"{nom}-jour" for nom in erreurs if nom.startswith("jour-")}
    titres = {nom: _("Créneau {n}").format(n=nom.rsplit("-", 1)[1]) for nom in erreurs if nom}
    return Formulaire(saisies=f.saisies, erreurs=erreurs, ancres=ancres, titres=titres)


def _places(f: Formulaire[Any]) -> list[int]:
    champs = ("heure-{n}", *(f"jour-{{n}}-{partie}" for partie in PARTIES_DE_DATE))
    numeros = range(1, nombre_de_creneaux(f) + 1)
    return [n for n in numeros if any(f.valeur(champ.format(n=n)).strip() for champ in champs)] or [1]


def _lire_un(f: Formulaire[Any], n: int, fuseau: ZoneInfo, fautes: dict[str, str]) -> Creneau | None:
    jour = lieu = heure = mode = None
    try:
        jour = date.fromisoformat(lire_date([f.valeur(f"jour-{n}-{partie}").strip() for partie in PARTIES_DE_DATE]))
    except ValueError:
        fautes[f"jour-{n}"] = _("Saisissez une date qui existe, par exemple 27 3 2026.")
    try:
        heure = lire_heure(f.valeur(f"heure-{n}"))
    except DonneeInvalide as refus:
        fautes[f"heure-{n}"] = _(refus.remede)
    minutes = f.valeur(f"minutes-{n}")
    if minutes not in {str(duree) for duree in DUREES}:
        fautes[f"minutes-{n}"] = _("Choisissez une durée.")
    try:
        mode = ModeRendezVous(f.valeur(f"mode-{n}"))
    except ValueError:
        fautes[f"mode-{n}"] = _("Choisissez comment vous rencontrer.")
    try:
        lieu = _LIEU.validate_python(f.valeur(f"lieu-{n}"))
    except ValidationError as error:
        fautes[f"lieu-{n}"] = message_of(error.errors(include_url=False, include_input=False)[0])
    if fautes or jour is None or heure is None or mode is None:
        return None
    try:
        return Creneau(en_utc(jour, heure, fuseau), int(minutes), mode, lieu or "")
    except (DonneeInvalide, OverflowError) as refus:
        fautes[f"heure-{n}"] = _(refus.remede) if isinstance(refus, DonneeInvalide) else _("Vérifiez cette date.")
        return None
