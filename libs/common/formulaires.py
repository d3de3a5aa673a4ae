"""Forms: from what the browser posted to a validated model, or back to the form with French messages.

What was typed is always kept. A browser sends empty strings for empty fields, dates in three boxes and French numbers:
these are brought to the form that pydantic reads, according to the model's own annotations.
"""

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypedDict, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType
from starlette.datastructures import ImmutableMultiDict

from common.messages import MESSAGES, PAR_DEFAUT
from common.traduction import _

M = TypeVar("M", bound=BaseModel)
_ESPACES = re.compile(r"[\s\u00a0\u202f]+")
_TYPES_DE_PYDANTIC = frozenset(get_args(ErrorType))
PARTIES_DE_DATE = ("annee", "mois", "jour")


class Ligne(TypedDict):
    """A line of the error summary: what to correct and the anchor of the field (empty when it concerns none)."""

    texte: str
    href: str


@dataclass(frozen=True, slots=True)
class Formulaire(Generic[M]):
    """What was typed and what is wrong with it. `objet` is the validated model, None as long as there are errors."""

    saisies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    erreurs: Mapping[str, str] = field(default_factory=dict)
    objet: M | None = None
    ancres: Mapping[str, str] = field(default_factory=dict)
    titres: Mapping[str, str] = field(default_factory=dict)

    def valeur(self, nom: str) -> str:
        """What was typed in that field, empty when nothing was."""
        saisies = self.saisies.get(nom, ())
        return saisies[0] if saisies else ""

    def valeurs(self, nom: str) -> Sequence[str]:
        """All that was chosen in a field with several answers."""
        return self.saisies.get(nom, ())

    def erreur(self, nom: str) -> str:
        """The message under that field, empty when it is right."""
        return self.erreurs.get(nom, "")

    @property
    def resume(self) -> list[Ligne]:
        """The error summary at the top of the page, in the order of the form; a field with a title is named by it."""
        return [
            Ligne(texte=self._nommer(nom, texte), href=f"#{self.ancres.get(nom, nom)}" if nom else "")
            for nom, texte in self.erreurs.items()
        ]

    def _nommer(self, nom: str, texte: str) -> str:
        titre = self.titres.get(nom)
        # A sentence loses its capital after the colon, an acronym keeps it.
        return f"{_(titre)} : {texte[0].lower() if texte[1:2].islower() else texte[0]}{texte[1:]}" if titre else texte

    def avec_erreur(self, nom: str, message: str) -> "Formulaire[M]":
        """The same form with one more error, for a rule that only the use case can check; "" concerns the whole form."""
        return replace(self, erreurs={**self.erreurs, nom: _(message)}, objet=None)


def vierge(valeurs: Mapping[str, object] | None = None) -> Formulaire[Any]:
    """A form to show for the first time, filled with what is already known."""
    saisies: dict[str, Sequence[str]] = {}
    for nom, valeur in (valeurs or {}).items():
        if isinstance(valeur, date):
            saisies |= {f"{nom}-{partie}": (str(v),) for partie, v in zip(PARTIES_DE_DATE, _parties(valeur), strict=True)}
        elif isinstance(valeur, list | tuple | set | frozenset):
            saisies[nom] = tuple(str(v) for v in valeur)
        elif isinstance(valeur, bool):
            saisies[nom] = ("true" if valeur else "false",)
        elif valeur is not None:
            saisies[nom] = (str(valeur),)
    return Formulaire(saisies=saisies)


def analyser(modele: type[M], envoye: ImmutableMultiDict[str, Any], messages: Mapping[str, str] | None = None) -> Formulaire[M]:
    """Validate a posted form. A field's `title` names it in the error summary.

    `messages` gives better words for a field, or for a field and error: {"siren.missing": "Donnez le SIREN."}.

    Files are left to the caller: only text fields are read.
    """
    saisies = {nom: tuple(v for v in envoye.getlist(nom) if isinstance(v, str)) for nom in envoye}
    lus: dict[str, object] = {}
    ancres: dict[str, str] = {}
    titres = {info.alias or nom: info.title for nom, info in modele.model_fields.items() if info.title}
    for nom, info in modele.model_fields.items():
        cle = info.alias or nom
        valeur = _lire(saisies, cle, _simples(info.annotation), ancres)
        if valeur not in ("", [], None):
            lus[cle] = valeur
    try:
        return Formulaire(saisies=saisies, objet=modele.model_validate(lus), ancres=ancres, titres=titres)
    except ValidationError as refus:
        return Formulaire(saisies=saisies, erreurs=traduire(refus, messages), ancres=ancres, titres=titres)


def traduire(refus: ValidationError, messages: Mapping[str, str] | None = None) -> dict[str, str]:
    """The first error of each field in French. Rules of our own (ValueError, PydanticCustomError) keep their words."""
    erreurs: dict[str, str] = {}
    for detail in refus.errors(include_url=False, include_input=False):
        nom = ".".join(str(partie) for partie in detail["loc"] if not isinstance(partie, int))
        propre = (messages or {}).get(f"{nom}.{detail['type']}") or (messages or {}).get(nom)
        erreurs.setdefault(nom, _(propre) if propre else message_of(detail))
    return erreurs


def message_of(detail: ErrorDetails) -> str:
    """The French message of one error of pydantic's."""
    contexte = detail.get("ctx", {})
    # An address that is none has a reason in English, and no error of ours.
    if detail["type"] in ("value_error", "assertion_error") and "error" in contexte:
        return _(str(contexte["error"]))
    if detail["type"] in MESSAGES:
        return _(MESSAGES[detail["type"]]).format_map({cle: _nombre(v) for cle, v in contexte.items()})
    # pydantic's own messages are in English; any other type is a PydanticCustomError of ours, whose words are meant to be read.
    return _(PAR_DEFAUT if detail["type"] in _TYPES_DE_PYDANTIC else detail["msg"])


def _nombre(valeur: object) -> object:
    return str(valeur).replace(".", ",") if isinstance(valeur, float | Decimal) else valeur


def _simples(annotation: Any) -> set[Any]:
    """The types that an annotation allows, without None: `list[str] | None` gives {list}."""
    origine = get_origin(annotation)
    if origine in (Union, types.UnionType):
        return set().union(*(_simples(a) for a in get_args(annotation))) - {type(None)}
    if origine is Annotated:
        return _simples(get_args(annotation)[0])
    return {origine or annotation}


def _lire(saisies: Mapping[str, Sequence[str]], nom: str, attendus: set[Any], ancres: dict[str, str]) -> object:
    if attendus & {list, set, tuple, frozenset}:
        return [v.strip() for v in saisies.get(nom, ()) if v.strip()]
    if date in attendus and nom not in saisies:
        ancres[nom] = f"{nom}-jour"
        return lire_date([saisies.get(f"{nom}-{partie}", ("",))[0].strip() for partie in PARTIES_DE_DATE])
    valeur = saisies.get(nom, ("",))[0].strip()
    if attendus & {int, float, Decimal} and str not in attendus:
        return _ESPACES.sub("", valeur).replace(",", ".")
    return valeur


def lire_date(parties: Sequence[str]) -> str:
    """The ISO form of year, month and day; left unreadable on purpose when a part is missing or is no number."""
    if not any(parties):
        return ""
    annee, mois, jour = parties
    return f"{annee:0>4}-{mois:0>2}-{jour:0>2}" if all(p.isdecimal() for p in parties) else "incomplète"


def _parties(jour: date) -> tuple[int, int, int]:
    return jour.year, jour.month, jour.day
