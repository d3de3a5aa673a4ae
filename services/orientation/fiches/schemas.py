"""What the forms of the sheet send, checked and cleaned."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, TypeAdapter, validate_email
from pydantic_core import PydanticCustomError
from stdnum.fr import siret as stdnum_siret

from common.codes import Periode
from common.territoires import CodePostalInconnu, departements_of_code_postal
from common.traduction import N_
from orientation.fiches.horaires import JOURS, HorairesIllisibles, lire_journee
from orientation.fiches.models import TEXTE_MAX

_ADRESSE = TypeAdapter(AnyHttpUrl)


def _texte(valeur: str) -> str:
    # Control characters would be refused by the database or by a reader's program.
    return "".join(c for c in valeur.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c.isprintable()).strip()


def _siret(valeur: str) -> str:
    compact = re.sub(r"\s", "", valeur)
    if compact and not stdnum_siret.is_valid(compact):
        raise ValueError(N_("Le numéro SIRET compte quatorze chiffres, dont les derniers vérifient les autres."))
    return compact


def _code_postal(valeur: str) -> str:
    if valeur:
        try:
            departements_of_code_postal(valeur)
        except CodePostalInconnu as refus:
            raise ValueError(refus.titre) from None
    return valeur


def _telephone(valeur: str) -> str:
    compact = re.sub(r"[\s.()-]", "", valeur)
    if compact and not re.fullmatch(r"(\+\d{8,15}|0\d{9}|3\d{3})", compact):
        raise ValueError(N_("Écrivez un numéro à dix chiffres, ou avec son indicatif : +262 262 12 34 56."))
    return compact


def _courriel(valeur: str) -> str:
    if valeur:
        try:
            return validate_email(valeur)[1]
        except PydanticCustomError:
            raise ValueError(N_("Écrivez une adresse complète, par exemple accueil@exemple.fr.")) from None
    return ""


def _site(valeur: str) -> str:
    if valeur:
        entier = valeur if "://" in valeur else f"https://{valeur}"
        try:
            return str(_ADRESSE.validate_python(entier))
        except ValueError:
            raise ValueError(N_("Écrivez l’adresse du site, par exemple https://www.exemple.fr.")) from None
    return ""


def _journee(valeur: str) -> str:
    try:
        lire_journee(valeur)
    except HorairesIllisibles as refus:
        raise ValueError(refus.remede) from None
    return valeur


Texte = Annotated[str, AfterValidator(_texte), Field(max_length=TEXTE_MAX)]
Ligne = Annotated[str, AfterValidator(lambda v: _texte(v).replace("\n", " ")), Field(max_length=100)]
Journee = Annotated[str, Field(max_length=80), AfterValidator(_journee)]


class Saisie(BaseModel):
    """What all of these forms have in common."""

    model_config = ConfigDict(str_strip_whitespace=True)


class Fiche(Saisie):
    """The sheet; `version` is the one that was shown."""

    presentation: Texte = Field(default="", title=N_("Présentation"))
    publics: Texte = Field(default="", title=N_("Publics accompagnés"))
    conditions: Texte = Field(default="", title=N_("Conditions d’intervention"))
    siret: Annotated[str, Field(max_length=20, title="SIRET"), AfterValidator(_siret)] = ""
    adresse: Annotated[str, AfterValidator(lambda v: _texte(v).replace("\n", " ")), Field(max_length=200)] = ""
    code_postal: Annotated[str, Field(max_length=5, title=N_("Code postal")), AfterValidator(_code_postal)] = ""
    commune: Ligne = ""
    telephone: Annotated[str, Field(max_length=25, title=N_("Téléphone")), AfterValidator(_telephone)] = ""
    courriel: Annotated[str, Field(max_length=254, title=N_("Courriel")), AfterValidator(_courriel)] = ""
    site_web: Annotated[str, Field(max_length=280, title=N_("Site")), AfterValidator(_site)] = ""
    version: int = 0


class Horaires(Saisie):
    """The hours of each day, as typed."""

    lundi: Journee = Field(default="", title=N_("Lundi"))
    mardi: Journee = Field(default="", title=N_("Mardi"))
    mercredi: Journee = Field(default="", title=N_("Mercredi"))
    jeudi: Journee = Field(default="", title=N_("Jeudi"))
    vendredi: Journee = Field(default="", title=N_("Vendredi"))
    samedi: Journee = Field(default="", title=N_("Samedi"))
    dimanche: Journee = Field(default="", title=N_("Dimanche"))
    version: int = 0

    def semaine(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The week, from Monday."""
        return tuple(lire_journee(getattr(self, jour)) for jour in JOURS)


class Engagement(Saisie):
    """What the organisation keeps to unless it says otherwise for one dispositif."""

    delai_jours_ouvres: int = Field(ge=1, le=60, title=N_("Répondre"))
    delai_lecture: int | None = Field(default=None, ge=1, le=60, title=N_("Lire"))


class Offre(Saisie):
    """What is declared about one dispositif; an empty capacity takes the declaration back."""

    delai_lecture: int | None = Field(default=None, ge=1, le=60, title=N_("Lire"))
    delai_reponse: int | None = Field(default=None, ge=1, le=60, title=N_("Répondre"))
    capacite: int | None = Field(default=None, ge=0, le=100_000, title=N_("Capacité"))
    periode: Periode | None = Field(default=None, title=N_("Période"))


class Absence(Saisie):
    """An absence to announce; `remplacant` is « partenaire:id » or « membre:id »."""

    du: date = Field(title=N_("Premier jour"))
    au: date = Field(title=N_("Dernier jour"))
    remplacant: Annotated[str, Field(pattern="^((partenaire|membre):[0-9a-f-]{36})?$")] = ""

    def choix(self) -> tuple[str, str]:
        """The kind of substitute and its id, both empty when nobody answers."""
        genre, _, ident = self.remplacant.partition(":")
        return genre, ident
