"""The catalogue read from texts: checked whole, and every error told at once with its file, line and remedy."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from common.errors import DonneeInvalide
from common.formulaires import message_of
from common.traduction import N_, _
from orientation.dispositifs.coherence import constats, constats_entre
from orientation.dispositifs.conversion import dispositif_de
from orientation.dispositifs.domain import Dispositif
from orientation.dispositifs.format import CritereLu, Document, FaitLu, Fiche, Lecture, Modele
from orientation.dispositifs.lignes import ErreurFiche, Lieu, Texte, lire_yaml

DOSSIER = Path(__file__).parent / "catalogue"
SOURCES = "sources.yaml"
FICHES_MAX = 1000
T = TypeVar("T")


class CatalogueInvalide(DonneeInvalide):
    """Files of the catalogue are wrong; `erreurs` says each file, line, fault and remedy."""

    slug, titre = "catalogue-invalide", N_("Le catalogue contient des erreurs.")

    def __init__(self, erreurs: list[ErreurFiche]) -> None:
        self.erreurs = sorted(erreurs)
        super().__init__(
            _("Corrigez chaque ligne indiquée, puis recommencez."),
            erreurs=[{"fichier": e.fichier, "ligne": e.ligne, "quoi": e.quoi, "remede": e.remede} for e in self.erreurs],
        )

    def __str__(self) -> str:
        return "\n".join(str(erreur) for erreur in self.erreurs)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue that holds together: the documents by key, the files by code."""

    documents: Mapping[str, Document]
    fiches: Mapping[str, Fiche]

    def dispositifs(self) -> tuple[Dispositif, ...]:
        """What the engine reads, as first versions, in the order of the codes."""
        return tuple(dispositif_de(fiche, 1, self.documents) for _code, fiche in sorted(self.fiches.items()))


@cache
def catalogue_des_fichiers() -> Catalogue:
    """The files that are delivered with the hub. Raises CatalogueInvalide."""
    return lire_dossier(DOSSIER)


def lire_dossier(dossier: Path) -> Catalogue:
    """All the YAML files of a folder. Raises CatalogueInvalide."""
    return lire_textes({chemin.name: chemin.read_text(encoding="utf-8") for chemin in sorted(dossier.glob("*.yaml"))})


def lire_textes(textes: Mapping[str, str]) -> Catalogue:
    """A whole catalogue from its files' names and contents. Raises CatalogueInvalide."""
    erreurs: list[ErreurFiche] = []
    if len(textes) > FICHES_MAX:
        raise CatalogueInvalide(
            [
                ErreurFiche(
                    "catalogue",
                    1,
                    _("Il y a trop de fichiers."),
                    _("Gardez-en au plus {n}.").format(n=FICHES_MAX),
                )
            ]
        )
    documents = _lire_sources(textes, erreurs)
    lus: dict[str, tuple[Texte, Fiche]] = {}
    for fichier, contenu in sorted(textes.items()):
        if fichier != SOURCES:
            texte, fiche = lire_fiche(fichier, contenu, documents)
            erreurs += texte.erreurs
            if fiche:
                lus[fiche.code] = (texte, fiche)
    fiches = {code: fiche for code, (_texte, fiche) in lus.items()}
    # A file that cannot be read may well be the one that another names: relations are judged once all can be read.
    if not erreurs:
        for code, lieu, quoi, remede in constats_entre(fiches):
            texte = lus[code][0]
            erreurs.append(ErreurFiche(texte.fichier, texte.ligne(lieu), quoi, remede))
    if erreurs:
        raise CatalogueInvalide(erreurs)
    return Catalogue(documents, fiches)


def lire_fiche(fichier: str, contenu: str, documents: Mapping[str, Document]) -> tuple[Texte, Fiche | None]:
    """One file by itself. Never raises: what is wrong is in the text's `erreurs`, and then the file is None."""
    texte = lire_yaml(fichier, contenu)
    fiche = _valider(texte, TypeAdapter(Fiche))
    if fiche:
        for lieu, quoi, remede in constats(fiche):
            texte.noter(texte.ligne(lieu), quoi, remede)
        if fichier != f"{fiche.code}.yaml":
            texte.noter(
                texte.ligne(("code",)),
                _("Le code « {code} » n’est pas celui du fichier.").format(code=fiche.code),
                _("Donnez au fichier le nom du code."),
            )
        for lieu, lecture in _lectures(fiche, ()):
            if lecture.source not in documents:
                connues = ", ".join(sorted(documents)) or "aucune"
                remede = _("Sources connues : {connues}. Ajoutez la vôtre à {sources}.").format(
                    connues=connues, sources=SOURCES
                )
                texte.noter(
                    texte.ligne((*lieu, "source")),
                    _("La source « {source} » est inconnue.").format(source=lecture.source),
                    remede,
                )
    return texte, None if texte.erreurs else fiche


def _lire_sources(textes: Mapping[str, str], erreurs: list[ErreurFiche]) -> dict[str, Document]:
    if SOURCES not in textes:
        erreurs.append(ErreurFiche(SOURCES, 1, _("Le fichier des sources manque."), _("Décrivez-y chaque document cité.")))
        return {}
    texte = lire_yaml(SOURCES, textes[SOURCES])
    documents = _valider(texte, TypeAdapter(dict[str, Document]))
    erreurs += texte.erreurs
    return documents or {}


def _lectures(partie: Any, lieu: Lieu) -> list[tuple[Lieu, FaitLu[Any] | CritereLu | Lecture]]:
    """Every part of a file that names a source, with its place."""
    trouvees: list[tuple[Lieu, FaitLu[Any] | CritereLu | Lecture]] = []
    if isinstance(partie, FaitLu | CritereLu | Lecture):
        trouvees.append((lieu, partie))
    if isinstance(partie, Modele):
        for nom in type(partie).model_fields:
            trouvees += _lectures(getattr(partie, nom), (*lieu, nom))
    elif isinstance(partie, tuple):
        for i, element in enumerate(partie):
            trouvees += _lectures(element, (*lieu, i))
    return trouvees


def _valider(texte: Texte, modele: TypeAdapter[T]) -> T | None:
    if texte.donnees is None:
        return None
    try:
        return modele.validate_python(texte.donnees)
    except ValidationError as refus:
        # What the reader has already refused on a line needs no second telling.
        dites = {erreur.ligne for erreur in texte.erreurs}
        for detail in refus.errors(include_url=False):
            ligne = texte.ligne(tuple(detail["loc"]))
            if ligne not in dites:
                texte.noter(ligne, *_en_mots(detail))
        return None


def _en_mots(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong and the remedy."""
    noms = [str(partie) for partie in detail["loc"] if isinstance(partie, str)]
    ou = ".".join(noms[-2:]) or _("le fichier")
    contexte = detail.get("ctx", {})
    match detail["type"]:
        case "fiche":
            return contexte["quoi"], contexte["remede"]
        case "missing":
            return _("« {ou} » manque.").format(ou=ou), _("Ajoutez-le, avec « non précisé » si la source ne dit rien.")
        case "extra_forbidden":
            proches = difflib.get_close_matches(noms[-1], _connus(), n=1)
            remede = (
                _("Vouliez-vous dire « {nom} » ?").format(nom=proches[0])
                if proches
                else _("Retirez-le, ou vérifiez son orthographe.")
            )
            return _("« {ou} » n’existe pas dans ce format.").format(ou=ou), remede
        case "enum":
            permis = str(contexte["expected"]).replace("'", "").replace(" or ", ", ")
            remede = _("Choisissez parmi : {permis}.").format(permis=permis)
            return _("« {code} » n’est pas un code de « {ou} ».").format(code=_court(detail["input"]), ou=ou), remede
        case "string_pattern_mismatch":
            quoi = _("« {ou} » n’a pas la bonne forme : « {texte} ».").format(ou=ou, texte=_court(detail["input"]))
            return quoi, _forme(noms)
        case "model_type" | "model_attributes_type" | "dict_type":
            return (
                _("« {ou} » devrait avoir des clés.").format(ou=ou),
                _("Écrivez « clé: valeur » sur des lignes décalées ; voyez un autre fichier."),
            )
        case "tuple_type":
            quoi = _("« {ou} » devrait être une liste.").format(ou=ou)
            return quoi, _("Écrivez chaque élément sur une ligne, après un tiret.")
        case _:
            return _("« {ou} » n’est pas valable.").format(ou=ou), message_of(detail)


def _forme(noms: list[str]) -> str:
    if noms[-1] == "date":
        return _("Écrivez une année, un mois ou un jour : 2025, 2025-07 ou 2025-07-10.")
    if noms[-1] in ("lien", "liens"):
        return _("Donnez une adresse complète qui commence par https://.")
    return _("Utilisez des minuscules sans accent, des chiffres et des tirets, par exemple sos-employeurs-ess.")


@cache
def _connus() -> tuple[str, ...]:
    """Every key of the format, to guess which one was meant."""
    return tuple(sorted({nom for modele in _modeles(Modele) for nom in modele.model_fields}))


def _modeles(racine: type[Modele]) -> set[type[Modele]]:
    directs = set(racine.__subclasses__())
    return directs.union(*(_modeles(modele) for modele in directs))


def _court(valeur: object) -> str:
    texte = str(valeur)
    return texte if len(texte) <= 60 else texte[:59] + "…"
