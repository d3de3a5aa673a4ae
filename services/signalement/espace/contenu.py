"""What a consent shows, field by field and in words: made of what the door itself would let through, and of nothing else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.codes import Categorie, Indicateur, Niveau
from common.filtres import euros, nombre
from common.territoires import nom_departement
from common.traduction import N_, _
from signalement.espace.schemas import Champ, Partie
from signalement.signalements.libelles import lisible

Mots = Callable[[Any], str | None]


def _mois(valeur: int) -> str:
    return _("manque déjà") if valeur == 0 else _("dans {n} mois").format(n=valeur)


def _indicateurs(codes: Sequence[str]) -> str | None:
    return ", ".join(Indicateur(code).libelle for code in codes) or None


CHAMPS: dict[str, tuple[str, Mots]] = {
    "nom": (N_("Nom"), str),
    "siren": (N_("Numéro SIREN"), lisible),
    "siret": (N_("Numéro SIRET"), lisible),
    "rna": (N_("Numéro RNA"), str),
    "departement": (N_("Département"), nom_departement),
    "code_postal": (N_("Code postal"), str),
    "commune": (N_("Commune"), str),
    "prenom": (N_("Prénom"), str),
    "fonction": (N_("Fonction"), str),
    "courriel": (N_("Courriel"), str),
    "telephone": (N_("Téléphone"), lisible),
    "indicateurs": (N_("Ce qui est constaté"), _indicateurs),
    "mois_avant_rupture": (N_("Rupture de trésorerie"), _mois),
    "niveau": (N_("Niveau de difficulté"), lambda code: Niveau(code).libelle),
    "besoin": (N_("La situation, avec vos mots"), str),
    "budget": (N_("Budget annuel"), euros),
    "etp": (N_("Salariés, en équivalents temps plein"), lambda valeur: nombre(valeur, 1)),
}
"""What each field that the door lets through is called, and how its value is read."""


def montre(categories: Sequence[Categorie], parties: Mapping[str, Mapping[str, Any]]) -> list[Partie]:
    """These categories as the recipient reads them. `parties` is what `signalements.service.parties` gives."""
    return [
        Partie(
            categorie=categorie,
            champs=[_champ(nom, valeur) for nom, valeur in parties.get(categorie.value, {}).items()],
        )
        for categorie in categories
    ]


def _champ(nom: str, valeur: Any) -> Champ:
    libelle, mots = CHAMPS[nom]
    return Champ(nom=nom, libelle=_(libelle), valeur=None if valeur is None else mots(valeur) or None)
