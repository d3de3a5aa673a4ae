"""The catalogue in words: each fact with its source, « non précisé » where the source says nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from common.codes import Code, Indicateur, Niveau
from common.filtres import nombre
from orientation.dispositifs.conversion import en_mots
from orientation.dispositifs.courant import Courant
from orientation.dispositifs.domain import Besoin, Champ, EtatDispositif, Statut
from orientation.dispositifs.format import NON_PRECISE, BornesLues, ConditionLue, CritereLu, FaitLu, Fiche, Zones
from orientation.dispositifs.schemas import FAITS, SourceDispositif, sources_de

TONS = {EtatDispositif.actif: "succes", EtatDispositif.en_projet: "attente", EtatDispositif.experimentation: "info"}
UNITES = {Champ.budget: " €", Champ.mois_avant_cessation: " mois", Champ.jours_en_cessation: " jours", Champ.etp: " ETP"}


@dataclass(frozen=True, slots=True)
class FaitDit:
    """A fact to show; `valeur` is None where the source says nothing."""

    nom: str
    valeur: str | None
    sources: list[SourceDispositif]


@dataclass(frozen=True, slots=True)
class CritereDit:
    """A criterion to show: its wording, where it holds, and what is really compared."""

    regle: str
    ou: str
    compare: str
    sources: list[SourceDispositif]


def faits(fiche: Fiche, catalogue: Courant) -> list[FaitDit]:
    """The facts of a dispositif that its file speaks of, in their order."""
    dits = []
    for nom, titre in FAITS.items():
        fait: FaitLu[Any] | None = getattr(fiche, nom)
        if fait is not None:
            dits.append(FaitDit(titre, _en_mots(nom, fait.valeur, catalogue), sources_de(fait, catalogue.documents)))
    return dits


def criteres(fiche: Fiche, catalogue: Courant) -> list[CritereDit]:
    """The criteria of a dispositif."""
    return [
        CritereDit(c.regle, en_mots(c.territoires) if c.territoires else _ailleurs(fiche, c), comparer(c.condition), s)
        for c in fiche.criteres
        for s in [sources_de(c, catalogue.documents)]
    ]


def _ailleurs(fiche: Fiche, critere: CritereLu) -> str:
    variantes = [en_mots(c.territoires) for c in fiche.criteres if c.code == critere.code and c.territoires]
    return f"partout sauf : {', '.join(variantes)}" if variantes else ""


def _en_mots(nom: str, valeur: Any, catalogue: Courant) -> str | None:
    if valeur is None:
        return None
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    codes: Mapping[str, type[Code]] = {"niveaux": Niveau, "statuts": Statut, "etat": EtatDispositif}
    formes: dict[str, Callable[[Any], str]] = {
        "territoires": lambda zones: _majuscule(en_mots(zones)),
        "capacite": lambda c: f"{nombre(c.mini) if c.mini == c.maxi else f'{nombre(c.mini)} à {nombre(c.maxi)}'} {c.unite}",
        "duree": lambda duree: str(duree.texte),
        "porteurs": ", ".join,
    }
    if nom in ("avant", "apres", "exclut"):
        return ", ".join(catalogue.fiches[code].libelle if code in catalogue.fiches else code for code in valeur)
    if nom in codes:
        return ", ".join(codes[nom](code).libelle for code in ([valeur] if isinstance(valeur, str) else valeur))
    return formes[nom](valeur) if nom in formes else str(valeur)


def comparer(condition: ConditionLue | None) -> str:
    """What the engine compares, in words."""
    if condition is None:
        return "Toujours à confirmer : " + NON_PRECISE
    if condition.nombre:
        champ = condition.nombre.champ
        texte = f"{champ.libelle} : {bornes(condition.nombre.admis, champ)}"
        return texte + (f" (à confirmer au-delà de : {bornes(condition.nombre.sur, champ)})" if condition.nombre.sur else "")
    if condition.reponse:
        return f"{condition.reponse.champ.libelle} : {'oui' if condition.reponse.attendu else 'non'}"
    if condition.difficultes:
        parmi = ", ".join(Indicateur(code).libelle for code in condition.difficultes.parmi)
        return f"Au moins {condition.difficultes.au_moins} parmi : {parmi}"
    if condition.statuts:
        return "Statut : " + ", ".join(statut.libelle for statut in condition.statuts)
    if isinstance(condition.territoires, Zones):
        return "Siège : " + en_mots(condition.territoires)
    return " ou ".join(comparer(une) for une in condition.un_de or ())


def bornes(lues: BornesLues, champ: Champ) -> str:
    """Bounds in the words of their source."""
    mots = (("plus_de", "plus de"), ("au_moins", "au moins"), ("moins_de", "moins de"), ("au_plus", "au plus"))
    unite = UNITES.get(champ, "")
    dites = [f"{mot} {nombre(v)}{unite}" for nom, mot in mots if (v := getattr(lues, nom)) is not None]
    return ", ".join(dites)


def besoins(fiche: Fiche) -> str:
    """What the dispositif is sought for."""
    return ", ".join(Besoin(besoin).libelle for besoin in fiche.besoins)


def _majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def differences(avant: Fiche | None, apres: Fiche, catalogue: Courant) -> list[tuple[str, str, str]]:
    """What a new version says otherwise: what it is about, before, and after; empty where nothing was or will be said."""
    anciens = dict(_dits(avant, catalogue)) if avant else {}
    nouveaux = dict(_dits(apres, catalogue))
    noms = [*nouveaux, *(nom for nom in anciens if nom not in nouveaux)]
    return [(nom, anciens.get(nom, ""), nouveaux.get(nom, "")) for nom in noms if anciens.get(nom, "") != nouveaux.get(nom, "")]


def _dits(fiche: Fiche, catalogue: Courant) -> list[tuple[str, str]]:
    """Everything that a file says, by name, sources included: a corrected source is a difference too."""
    dits = [("Libellé", fiche.libelle), ("Besoins", besoins(fiche)), ("Liens", " ".join(fiche.liens))]
    dits += [(f.nom, f"{f.valeur or NON_PRECISE} ({_ou(f.sources)})") for f in faits(fiche, catalogue)]
    for critere, dit in zip(fiche.criteres, criteres(fiche, catalogue), strict=True):
        nom = f"Critère « {critere.code} »" + (f", {dit.ou}" if dit.ou else "")
        dits.append((nom, f"{dit.regle} – {dit.compare} ({_ou(dit.sources)})"))
    for i, note in enumerate(fiche.notes, 1):
        dits.append((f"À savoir {i}", f"{note.valeur} ({_ou(sources_de(note, catalogue.documents))})"))
    return [*dits, ("Exclusif", "Oui" if fiche.exclusif else "Non")]


def _ou(sources: list[SourceDispositif]) -> str:
    return " ; ".join(f"{s.document}, {s.passage}" for s in sources)
