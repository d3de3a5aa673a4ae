"""What the API of the catalogue gives."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from common.codes import Niveau
from common.traduction import N_
from orientation.dispositifs.conversion import en_mots, etendue
from orientation.dispositifs.domain import Besoin, EtatDispositif
from orientation.dispositifs.ecriture import contenu_de
from orientation.dispositifs.format import CritereLu, Document, FaitLu, Fiche, Modele, Zones

Documents = Mapping[str, Document]
# The facts of a dispositif, in the order in which they are told, with what they are called.
FAITS = {
    "etat": N_("État"),
    "porteurs": N_("Porté par"),
    "specialite": N_("Spécialité"),
    "niveaux": N_("Niveaux de difficulté"),
    "statuts": N_("Statuts éligibles"),
    "territoires": N_("Territoires"),
    "capacite": N_("Capacité par an"),
    "duree": N_("Durée du parcours"),
    "individuel": N_("Suivi individuel"),
    "collectif": N_("Séances collectives"),
    "experts_externes": N_("Experts externes mobilisés"),
    "gratuit": N_("Gratuit"),
    "financement": N_("Solution de financement"),
    "confidentiel": N_("Confidentiel"),
    "avant": N_("Vient après"),
    "apres": N_("Vient avant"),
    "exclut": N_("Ne va pas avec"),
}


class SourceDispositif(BaseModel):
    """Where something was read. `date` is as precise as the document bears one."""

    document: str
    date: str | None
    lien: str | None
    passage: str


class FaitDispositif(BaseModel):
    """A fact and its sources; null is « non précisé »."""

    valeur: Any
    sources: list[SourceDispositif]


class CritereDispositif(BaseModel):
    """A criterion as its source words it. `condition` is null when it is not precise; `departements` is null for everywhere."""

    code: str
    regle: str
    condition: dict[str, Any] | None
    departements: list[str] | None
    sources: list[SourceDispositif]


class DispositifResume(BaseModel):
    """A dispositif in a list."""

    code: str
    version: int
    libelle: str
    etat: EtatDispositif
    porteurs: list[str] | None
    specialite: str | None
    niveaux: list[Niveau] | None
    besoins: list[Besoin]
    departements: list[str] | None


class ListeDispositifs(BaseModel):
    """A page of the catalogue; `suivant` is the next page's `apres`, null on the last one."""

    elements: list[DispositifResume]
    suivant: str | None


class VersionDispositif(BaseModel):
    """A published version."""

    version: int
    empreinte: str
    origine: str
    publie_at: datetime


class FicheDispositif(BaseModel):
    """One version of a dispositif: every fact with its source, and the criteria as they are written."""

    code: str
    version: int
    libelle: str
    empreinte: str
    faits: dict[str, FaitDispositif]
    criteres: list[CritereDispositif]
    besoins: list[Besoin]
    exclusif: bool
    liens: list[str]
    notes: list[FaitDispositif]
    versions: list[VersionDispositif]


def resume(fiche: Fiche, version: int) -> DispositifResume:
    """A dispositif as a list gives it."""
    zones = valeur(fiche.territoires)
    return DispositifResume(
        code=fiche.code,
        version=version,
        libelle=fiche.libelle,
        etat=fiche.etat.valeur,
        porteurs=valeur(fiche.porteurs),
        specialite=valeur(fiche.specialite),
        niveaux=valeur(fiche.niveaux),
        besoins=list(fiche.besoins),
        departements=sorted(etendue(zones)) if zones else None,
    )


def valeur(fait: FaitLu[Any] | None) -> Any:
    """What a fact says, None when it says nothing."""
    return fait.valeur if fait else None


def detail(
    fiche: Fiche, version: int, empreinte: str, documents: Documents, versions: list[VersionDispositif]
) -> FicheDispositif:
    """A dispositif as its own address gives it."""
    return FicheDispositif(
        code=fiche.code,
        version=version,
        libelle=fiche.libelle,
        empreinte=empreinte,
        faits={nom: _fait(getattr(fiche, nom), documents) for nom in FAITS},
        criteres=[_critere(critere, documents) for critere in fiche.criteres],
        besoins=list(fiche.besoins),
        exclusif=fiche.exclusif,
        liens=list(fiche.liens),
        notes=[_fait(note, documents) for note in fiche.notes],
        versions=versions,
    )


def sources_de(lu: FaitLu[Any] | CritereLu, documents: Documents) -> list[SourceDispositif]:
    """The sources of a fact or criterion, the first one first."""
    return [SourceDispositif(**documents[une.source].model_dump(), passage=une.passage) for une in (lu, *lu.aussi)]


def _fait(lu: FaitLu[Any] | None, documents: Documents) -> FaitDispositif:
    if lu is None:
        return FaitDispositif(valeur=None, sources=[])
    return FaitDispositif(valeur=_simple(lu.valeur), sources=sources_de(lu, documents))


def _simple(lu: Any) -> Any:
    formes: dict[type, Callable[[Any], Any]] = {
        Zones: lambda zones: {"texte": en_mots(zones), "departements": sorted(etendue(zones))},
        tuple: list,
    }
    return contenu_de(lu) if isinstance(lu, Modele) and type(lu) not in formes else formes.get(type(lu), lambda v: v)(lu)


def _critere(lu: CritereLu, documents: Documents) -> CritereDispositif:
    return CritereDispositif(
        code=lu.code,
        regle=lu.regle,
        condition=contenu_de(lu.condition) if lu.condition else None,
        departements=sorted(etendue(lu.territoires)) if lu.territoires else None,
        sources=sources_de(lu, documents),
    )
