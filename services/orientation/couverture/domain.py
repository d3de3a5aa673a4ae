"""Whether a need at a level of difficulty finds somebody in a territory: covered, full, in part, blank."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from common.codes import Code, Niveau
from common.traduction import N_
from orientation.dispositifs.domain import Besoin, Dispositif, EtatDispositif


class Couverture(Code):
    """What a case of the matrix says, in words: never by colour alone."""

    couvert = "couvert", N_("Couvert")
    complet = "complet", N_("Complet")
    partiel = "partiel", N_("En partie")
    blanc = "blanc", N_("Zone blanche")
    en_projet = "en_projet", N_("En projet seulement")
    sans_objet = "sans_objet", N_("Aucun dispositif")


Cle = tuple[Besoin | None, Niveau | None]
"""A need and a level; None holds what the sources do not say of a dispositif, so that it is not lost."""

BESOINS: tuple[Besoin | None, ...] = (*Besoin, None)
NIVEAUX: tuple[Niveau | None, ...] = (*Niveau, None)


@dataclass(frozen=True, slots=True)
class Case:
    """Who is there for a need at a level: the names of all, and of those that can take somebody on today.

    `projets` are the codes of the dispositifs en projet, which are no help yet and are shown as such.
    """

    existe: bool
    presents: frozenset[str] = field(default_factory=frozenset)
    disponibles: frozenset[str] = field(default_factory=frozenset)
    projets: frozenset[str] = field(default_factory=frozenset)

    @property
    def etat(self) -> Couverture:
        """A measure that exists nowhere is no blank of this territory."""
        if not self.existe:
            return Couverture.en_projet if self.projets else Couverture.sans_objet
        if not self.presents:
            return Couverture.blanc
        return Couverture.couvert if self.disponibles else Couverture.complet


@dataclass(frozen=True, slots=True)
class CaseRegionale:
    """Of the départements for which a measure exists, how many there are and which have nobody."""

    existe: bool
    sans: tuple[str, ...]
    total: int
    projets: frozenset[str] = field(default_factory=frozenset)

    @property
    def etat(self) -> Couverture:
        """As for one département, or in part."""
        if not self.existe:
            return Couverture.en_projet if self.projets else Couverture.sans_objet
        if not self.sans:
            return Couverture.couvert
        return Couverture.blanc if len(self.sans) == self.total else Couverture.partiel


@dataclass(frozen=True, slots=True)
class CaseNationale:
    """A need in a région, all levels together: its state, and the levels at which nobody is there in the whole région."""

    etat: Couverture
    blancs: tuple[Niveau | None, ...] = ()


def cles(dispositif: Dispositif) -> list[Cle]:
    """The needs and levels that a dispositif is for."""
    return [(b, n) for b in dispositif.besoins or (None,) for n in dispositif.niveaux.valeur or (None,)]


def par_cle(dispositifs: Iterable[Dispositif], departement: str, *, en_projet: bool = False) -> dict[Cle, frozenset[str]]:
    """The codes of the dispositifs that answer each need at each level in a département, as the catalogue has it.

    Either those that exist, or those that are en projet. One whose territory no source gives may be anywhere.
    """
    codes: dict[Cle, set[str]] = {(besoin, niveau): set() for besoin in BESOINS for niveau in NIVEAUX}
    for dispositif in dispositifs:
        voulu = (dispositif.etat is EtatDispositif.en_projet) is en_projet
        if voulu and departement in (dispositif.territoires.valeur or {departement}):
            for cle in cles(dispositif):
                codes[cle].add(dispositif.code)
    return {cle: frozenset(trouves) for cle, trouves in codes.items()}


def locale(
    catalogue: Mapping[Cle, Collection[str]],
    presents: Mapping[str, Collection[str]],
    disponibles: Mapping[str, Collection[str]],
    projets: Mapping[Cle, Collection[str]],
) -> dict[Cle, Case]:
    """The matrix of a département, from who carries each dispositif there and who of them has places left."""
    return {
        cle: Case(
            existe=bool(codes),
            presents=frozenset(nom for code in codes for nom in presents.get(code, ())),
            disponibles=frozenset(nom for code in codes for nom in disponibles.get(code, ())),
            projets=frozenset(projets.get(cle, ())),
        )
        for cle, codes in catalogue.items()
    }


def regionale(
    catalogues: Mapping[str, Mapping[Cle, Collection[str]]],
    portes: Mapping[str, Collection[str]],
    projets: Mapping[str, Mapping[Cle, Collection[str]]],
) -> dict[Cle, CaseRegionale]:
    """The matrix of a région, from each département's catalogue and projects, and where each dispositif is carried.

    A département for which no measure exists is neither covered nor blank.
    """
    matrice = {}
    for cle in ((besoin, niveau) for besoin in BESOINS for niveau in NIVEAUX):
        codes = {d: catalogue.get(cle, ()) for d, catalogue in catalogues.items() if catalogue.get(cle)}
        sans = tuple(d for d, la in codes.items() if not any(d in portes.get(code, ()) for code in la))
        prevus = frozenset(code for la in projets.values() for code in la.get(cle, ()))
        matrice[cle] = CaseRegionale(bool(codes), sans, len(codes), prevus)
    return matrice


def nationale(matrice: Mapping[Cle, CaseRegionale]) -> dict[Besoin | None, CaseNationale]:
    """The line of a région in the table of France, from its matrix: covered or blank only when every level is."""
    ligne = {}
    for besoin in BESOINS:
        etats = {niveau: matrice[besoin, niveau].etat for niveau in NIVEAUX}
        existants = {etat for etat in etats.values() if etat not in (Couverture.sans_objet, Couverture.en_projet)}
        blancs = tuple(niveau for niveau, etat in etats.items() if etat is Couverture.blanc)
        if not existants:
            vide = Couverture.en_projet if Couverture.en_projet in etats.values() else Couverture.sans_objet
            ligne[besoin] = CaseNationale(vide)
        elif len(existants) == 1:
            ligne[besoin] = CaseNationale(existants.pop(), blancs)
        else:
            ligne[besoin] = CaseNationale(Couverture.partiel, blancs)
    return ligne
