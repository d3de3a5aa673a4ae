"""The format of a dispositif's file: what may stand in it. Its JSON Schema is made from these models.

A fact is `{valeur, source, passage}`, with `aussi` for more sources; `non précisé` is what the source does not say.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from common.codes import Indicateur, Niveau
from common.territoires import TerritoireInconnu, departement, departements_of, region, regions
from common.traduction import N_, _
from orientation.dispositifs.domain import Besoin, Champ, EtatDispositif, Statut

NON_PRECISE = N_("non précisé")
T = TypeVar("T")

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Cle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
CleCritere = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40)]
Adresse = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
DatePartielle = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
Effectif = Annotated[int, Field(ge=0, le=1_000_000)]


def refus(quoi: str, remede: str) -> PydanticCustomError:
    """A rule of the format that does not hold, with what to do about it."""
    return PydanticCustomError("fiche", "{quoi}", {"quoi": quoi, "remede": remede})


def _oui_non(valeur: object) -> object:
    return {"oui": True, "non": False}.get(valeur, valeur) if isinstance(valeur, str) else valeur


def _region(code: str) -> str:
    try:
        return region(code).code
    except TerritoireInconnu:
        connues = ", ".join(f"{r.code} {r.nom}" for r in regions())
        raise refus(
            _("La région « {code} » n’existe pas.").format(code=code),
            _("Donnez le code de l’Insee : {connues}.").format(connues=connues),
        ) from None


def _departement(code: str) -> str:
    try:
        return departement(code).code
    except TerritoireInconnu:
        remede = _("Donnez le code de l’Insee, par exemple 34, 2A ou 974.")
        raise refus(_("Le département « {code} » n’existe pas.").format(code=code), remede) from None


Reponse = Annotated[bool, BeforeValidator(_oui_non, json_schema_input_type=bool)]
CodeRegion = Annotated[str, AfterValidator(_region)]
CodeDepartement = Annotated[str, AfterValidator(_departement)]


class Modele(BaseModel):
    """Base of all parts: nothing unknown, nothing changed afterwards, and `non précisé` wherever nothing may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _sans_precision(cls, lu: Any) -> Any:
        return {cle: None if v == NON_PRECISE else v for cle, v in lu.items()} if isinstance(lu, dict) else lu


class Document(Modele):
    """A source document; `date` is as precise as it bears one."""

    document: Phrase
    date: DatePartielle | None = None
    lien: Adresse | None = None


class Lecture(Modele):
    """Where something was read: the key of a source, and the table and row or the words themselves."""

    source: Cle
    passage: Phrase


class FaitLu(Modele, Generic[T]):
    """A fact, and where it was read."""

    valeur: T | None
    source: Cle
    passage: Phrase
    aussi: tuple[Lecture, ...] = ()


class Zones(Modele):
    """Where: the whole country, overseas included, or régions and départements by Insee's codes."""

    national: Reponse = False
    regions: tuple[CodeRegion, ...] = ()
    departements: tuple[CodeDepartement, ...] = ()

    @model_validator(mode="after")
    def _sans_double(self) -> "Zones":
        if self.national == bool(self.regions or self.departements):
            raise refus(
                _("Le territoire est vide ou dit deux fois."), _("Donnez « national: oui », ou des régions et départements.")
            )
        tous = [*self.departements, *(d for r in self.regions for d in departements_of(r))]
        if doubles := sorted({d for d in tous if tous.count(d) > 1}):
            raise refus(
                _("Des territoires se recouvrent : {doubles}.").format(doubles=", ".join(doubles)),
                _("Gardez-les une fois, seuls ou par leur région."),
            )
        return self


class BornesLues(Modele):
    """Bounds, in the source's words: `plus_de` and `moins_de` exclude their number, `au_moins` and `au_plus` include it."""

    plus_de: float | None = Field(default=None, allow_inf_nan=False)
    au_moins: float | None = Field(default=None, allow_inf_nan=False)
    moins_de: float | None = Field(default=None, allow_inf_nan=False)
    au_plus: float | None = Field(default=None, allow_inf_nan=False)


class NombreLu(Modele):
    """A number within `admis`; when sources hesitate, `sur` is what all of them admit."""

    champ: Champ
    admis: BornesLues
    sur: BornesLues | None = None


class ReponseLue(Modele):
    """A yes-or-no fact with the answer that is wanted."""

    champ: Champ
    attendu: Reponse


class DifficultesLues(Modele):
    """At least so many of these difficulties."""

    parmi: tuple[Indicateur, ...] = Field(min_length=1)
    au_moins: int = Field(ge=1)


class ConditionLue(Modele):
    """Exactly one kind of condition."""

    nombre: NombreLu | None = None
    reponse: ReponseLue | None = None
    difficultes: DifficultesLues | None = None
    statuts: tuple[Statut, ...] | None = Field(default=None, min_length=1)
    territoires: Zones | None = None
    un_de: tuple["ConditionLue", ...] | None = Field(default=None, min_length=2)

    @model_validator(mode="after")
    def _une_seule(self) -> "ConditionLue":
        if len(self.model_dump(exclude_none=True)) != 1:
            sortes = ", ".join(type(self).model_fields)
            raise refus(
                _("Une condition est d’une seule sorte."),
                _("Gardez une de ces clés : {sortes} ; sinon « {non_precise} ».").format(
                    sortes=sortes, non_precise=NON_PRECISE
                ),
            )
        return self


class CritereLu(Modele):
    """A condition under which the dispositif helps. `territoires` says where this wording holds; elsewhere another does."""

    code: CleCritere
    regle: Phrase
    condition: ConditionLue | None
    source: Cle
    passage: Phrase
    aussi: tuple[Lecture, ...] = ()
    territoires: Zones | None = None


class CapaciteLue(Modele):
    """How many a year; the same number twice when there is no range."""

    mini: Effectif
    maxi: Effectif
    unite: Phrase


class DureeLue(Modele):
    """How long, in the source's words and in months where it gives numbers."""

    texte: Phrase
    mini_mois: Effectif | None = None
    maxi_mois: Effectif | None = None


class Fiche(Modele):
    """A dispositif, as its file says. A fact that the file leaves out is « non précisé »."""

    code: Cle
    libelle: Phrase
    etat: FaitLu[EtatDispositif]
    porteurs: FaitLu[tuple[Phrase, ...]]
    specialite: FaitLu[Phrase]
    niveaux: FaitLu[tuple[Niveau, ...]] | None = None
    statuts: FaitLu[tuple[Statut, ...]] | None = None
    territoires: FaitLu[Zones] | None = None
    capacite: FaitLu[CapaciteLue] | None = None
    duree: FaitLu[DureeLue] | None = None
    individuel: FaitLu[Reponse] | None = None
    collectif: FaitLu[Reponse] | None = None
    experts_externes: FaitLu[Reponse] | None = None
    gratuit: FaitLu[Reponse] | None = None
    financement: FaitLu[Reponse] | None = None
    confidentiel: FaitLu[Reponse] | None = None
    criteres: tuple[CritereLu, ...] = Field(default=(), max_length=50)
    besoins: tuple[Besoin, ...] = ()
    exclusif: Reponse = False
    avant: FaitLu[tuple[Cle, ...]] | None = None
    apres: FaitLu[tuple[Cle, ...]] | None = None
    exclut: FaitLu[tuple[Cle, ...]] | None = None
    liens: tuple[Adresse, ...] = Field(default=(), max_length=10)
    notes: tuple[FaitLu[Phrase], ...] = Field(default=(), max_length=20)
