"""A dispositif compiled for the engine: its rules in each département, and what facts they read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from common.traduction import _
from orientation.dispositifs.domain import (
    Champ,
    Condition,
    Critere,
    Difficultes,
    Dispositif,
    Fait,
    Nombre,
    NonPrecise,
    OuiNon,
    ParmiStatuts,
    Source,
    Territoire,
    UnDe,
)
from orientation.eligibilite import mots
from orientation.eligibilite.faits import Faits
from orientation.eligibilite.verdicts import Juge, Verdict, juge, tous

T = TypeVar("T")
# Status and territory are criteria of every dispositif: those that it does not write out are made of its facts.
STATUT, TERRITOIRE = "statut", "territoire"


@dataclass(frozen=True, slots=True)
class Regle:
    """A criterion as it applies in one département: the variants of elsewhere only lend their sources."""

    code: str
    regle: str
    condition: Condition
    sources: tuple[Source, ...]
    juge: Juge
    champs: tuple[Champ, ...]
    simples: tuple[Condition, ...]


def applicables(criteres: Sequence[Critere], departement: str | None) -> list[tuple[Critere, tuple[Source, ...]]]:
    """The criteria that hold in this département, each with the sources of all its variants, its own first.

    Where sources differ by territory the variants of this département replace the one of everywhere else. A code whose
    variants are all of other territories makes no rule here. As long as the département is unknown, so is which one holds.
    """
    par_code: dict[str, list[Critere]] = {}
    for critere in criteres:
        par_code.setdefault(critere.code, []).append(critere)
    retenus = []
    for variantes in par_code.values():
        if departement is None and any(v.departements for v in variantes):
            variantes = [_selon_le_departement(variantes)]
        ici = [v for v in variantes if v.departements and departement in v.departements]
        for critere in ici or [v for v in variantes if v.departements is None]:
            autres = (source for v in variantes if v is not critere for source in v.sources)
            retenus.append((critere, tuple(dict.fromkeys((*critere.sources, *autres)))))
    return retenus


def _selon_le_departement(variantes: Sequence[Critere]) -> Critere:
    regles = _("\u00a0; ou, selon le territoire\u00a0: ").join(v.regle for v in variantes)
    sources = tuple(dict.fromkeys(source for v in variantes for source in v.sources))
    return Critere(variantes[0].code, regles, Territoire(frozenset()), sources)


def simples(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that it is made of, those of alternatives included."""
    if isinstance(condition, UnDe):
        return tuple(simple for une in condition.conditions for simple in simples(une))
    return (condition,)


def champs_de(condition: Condition) -> tuple[Champ, ...]:
    """The facts that a condition reads, each once."""
    lus: dict[Champ, None] = {}
    for simple in simples(condition):
        match simple:
            case ParmiStatuts():
                lus[Champ.statut] = None
            case Territoire():
                lus[Champ.departement] = None
            case Nombre(champ) | OuiNon(champ):
                lus[champ] = None
            case Difficultes():
                lus[Champ.difficultes] = None
    return tuple(lus)


class Grille:
    """A dispositif compiled: its rules in each département, made once."""

    __slots__ = ("_departements", "_regles", "dispositif")

    def __init__(self, dispositif: Dispositif) -> None:
        self.dispositif = dispositif
        self._departements = frozenset(code for c in dispositif.criteres for code in c.departements or ())
        self._regles: dict[str | None, tuple[Regle, ...]] = {}

    def regles(self, departement: str | None) -> tuple[Regle, ...]:
        """All the rules in a département: statuses, territory, then its own criteria."""
        # Everywhere that no variant names, the rules are the same.
        cle = departement if departement is None or departement in self._departements else ""
        if cle not in self._regles:
            self._regles[cle] = _regles(self.dispositif, cle)
        return self._regles[cle]

    def verdict(self, faits: Faits) -> Verdict:
        """The verdict on facts that were completed by deduction, without explanations."""
        return tous(regle.juge(faits) for regle in self.regles(faits.departement))


def _regles(dispositif: Dispositif, departement: str | None) -> tuple[Regle, ...]:
    statuts, territoires = dispositif.statuts, dispositif.territoires
    ecrits = {critere.code for critere in dispositif.criteres}
    regles = []
    if STATUT not in ecrits:
        regles.append(_regle(STATUT, mots.statuts(statuts.valeur), _ou_a_confirmer(statuts, ParmiStatuts), statuts.sources))
    if TERRITOIRE not in ecrits:
        condition = _ou_a_confirmer(territoires, Territoire)
        regles.append(_regle(TERRITOIRE, mots.territoires(territoires.valeur), condition, territoires.sources))
    regles += [_regle(c.code, c.regle, c.condition, s) for c, s in applicables(dispositif.criteres, departement)]
    return tuple(regles)


def _ou_a_confirmer(fait: Fait[T], condition: Callable[[T], Condition]) -> Condition:
    return NonPrecise() if fait.valeur is None else condition(fait.valeur)


def _regle(code: str, mots_de_la_regle: str, condition: Condition, sources: tuple[Source, ...]) -> Regle:
    return Regle(code, mots_de_la_regle, condition, sources, juge(condition), champs_de(condition), simples(condition))
