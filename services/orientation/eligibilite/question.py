"""Which missing fact to ask for next: the one that can settle most of the dispositifs that are still to be confirmed.

A fact settles a dispositif when at least one of its possible answers turns « à confirmer » into « possible » or « pas
ouvert », all other facts staying as they are. An answer that contradicts what is already known is not possible. Among facts
that settle as many, the first of `Champ` is asked: the easiest to answer stand first there.

Trying a few answers is enough to know about all of them. A number only matters by the bounds it lies between, so one number
per gap and the bounds themselves will do. More difficulties never make a condition less true, so none and all of them will do.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import ceil, floor, inf

from common.traduction import _, ngettext
from orientation.dispositifs.domain import Bornes, Champ, Condition, Difficultes, Nombre
from orientation.eligibilite.bornes import contient
from orientation.eligibilite.explications import MANQUE
from orientation.eligibilite.faits import HORIZON_DU_RISQUE, Connus, Faits, contradiction, deduire
from orientation.eligibilite.grille import Regle
from orientation.eligibilite.verdicts import Verdict, tous

Reponse = bool | float | frozenset[str]
ENTIERS = (Champ.mois_avant_cessation, Champ.jours_en_cessation)
OUI_NON = (Champ.risque_cessation, Champ.procedure_collective)
# A fact also answers for those that can be deduced from it.
DEDUITS = {
    Champ.risque_cessation: (Champ.jours_en_cessation,),
    Champ.mois_avant_cessation: (Champ.risque_cessation, Champ.jours_en_cessation),
    Champ.jours_en_cessation: (Champ.risque_cessation, Champ.mois_avant_cessation),
}
DEMANDABLES = tuple(champ for champ in Champ if champ not in (Champ.statut, Champ.departement))


@dataclass(frozen=True, slots=True)
class Question:
    """The fact to ask for, why, and for how many dispositifs it may settle the matter."""

    champ: Champ
    pourquoi: str
    departage: int


@dataclass(frozen=True, slots=True)
class Ouvert:
    """A dispositif to be confirmed, with the rules that are. Its other rules say yes, and no answer changes that."""

    libelle: str
    regles: tuple[Regle, ...]

    def lit(self, touches: AbstractSet[Champ]) -> bool:
        """Whether one of these facts bears on an open rule."""
        return any(not touches.isdisjoint(regle.champs) for regle in self.regles)

    def est_tranche(self, faits: Faits) -> bool:
        """Whether these facts settle it."""
        return tous(regle.juge(faits) for regle in self.regles) is not Verdict.a_confirmer


def _tranches(champ: Champ, donnes: Faits, connus: Connus, ouverts: Sequence[Ouvert]) -> list[Ouvert]:
    """The dispositifs that at least one possible answer settles."""
    touches = {champ, *DEDUITS.get(champ, ())}
    concernes = [ouvert for ouvert in ouverts if ouvert.lit(touches)]
    conditions = [c for ouvert in concernes for regle in ouvert.regles for c in regle.simples]
    essais = []
    for reponse in _reponses(champ, getattr(connus.faits, champ.value), conditions) if concernes else ():
        faits = replace(donnes, **{champ.value: reponse})  # type: ignore[arg-type]
        if contradiction(faits) is None:
            essais.append(deduire(faits).faits)
    return [ouvert for ouvert in concernes if any(ouvert.est_tranche(faits) for faits in essais)]


def _reponses(champ: Champ, valeur: object, conditions: Iterable[Condition]) -> list[Reponse]:
    """The answers that make a difference to these conditions, within the interval that is known if any."""
    if champ in OUI_NON:
        return [True, False]
    if champ is Champ.difficultes:
        return [frozenset(), frozenset().union(*(c.parmi for c in conditions if isinstance(c, Difficultes)))]
    domaine = valeur if isinstance(valeur, Bornes) else Bornes(mini=0)
    seuils = _bouts(domaine) | (_bouts(HORIZON_DU_RISQUE) if champ is Champ.mois_avant_cessation else set())
    for condition in conditions:
        if isinstance(condition, Nombre) and condition.champ is champ:
            seuils |= _bouts(condition.admis) | _bouts(condition.sur or condition.admis)
    return [n for n in nombres_utiles(seuils, entiers=champ in ENTIERS) if contient(domaine, n)]


def nombres_utiles(seuils: Iterable[float | None], *, entiers: bool) -> list[float]:
    """One number for each bound and each gap between bounds, from zero upwards; whole numbers only where the fact is one."""
    points = sorted({0.0, *(s for s in seuils if s is not None and s > 0)})
    utiles: set[float] = set()
    for bas, haut in zip(points, [*points[1:], inf], strict=True):
        if not entiers:
            utiles |= {bas, bas + 1 if haut == inf else (bas + haut) / 2}
            continue
        utiles |= {n for n in (ceil(bas), floor(bas) + 1) if n < haut}
    return sorted(utiles)


def _bouts(bornes: Bornes) -> set[float | None]:
    return {bornes.mini, bornes.maxi}


def prochaine_question(
    donnes: Faits, connus: Connus, ouverts: Sequence[Ouvert], sauf: AbstractSet[Champ] = frozenset()
) -> Question | None:
    """The question to ask next about the dispositifs to be confirmed, None when no single fact would settle any of them.

    `sauf` names the facts that are known to stay unknown.
    """
    champ, tranches = max(
        (
            (champ, _tranches(champ, donnes, connus, ouverts))
            for champ in DEMANDABLES
            if champ not in sauf and _manque(champ, connus)
        ),
        key=lambda essai: len(essai[1]),
        default=(Champ.etp, []),
    )
    return Question(champ, _pourquoi(champ, [ouvert.libelle for ouvert in tranches]), len(tranches)) if tranches else None


def _manque(champ: Champ, connus: Connus) -> bool:
    """Whether the fact is unknown, or known only as an interval."""
    valeur = getattr(connus.faits, champ.value)
    return valeur is None or isinstance(valeur, Bornes)


def _pourquoi(champ: Champ, libelles: list[str]) -> str:
    noms = sorted(libelles)
    suite = ", ".join(noms[:3]) + ("…" if len(noms) > 3 else "")
    combien = ngettext("{n} dispositif", "{n} dispositifs", len(noms)).format(n=len(noms))
    fin = "" if suite.endswith("…") else "."
    return _("Savoir {quoi} peut trancher pour {combien}\u00a0: {suite}{fin}").format(
        quoi=_(MANQUE[champ]), combien=combien, suite=suite, fin=fin
    )
