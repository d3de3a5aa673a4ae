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

from orientation.dispositifs.domain import Bornes, Champ, Condition, Difficultes, Nombre
from orientation.eligibilite.bornes import contient
from orientation.eligibilite.explications import MANQUE
from orientation.eligibilite.faits import HORIZON_DU_RISQUE, Connus, Faits, contradiction, deduire
from orientation.eligibilite.grille import Grille, simples
from orientation.eligibilite.verdicts import Verdict

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


class Enquete:
    """What the facts of one case leave open, and what each answer would change; each answer is tried once."""

    def __init__(self, donnes: Faits, connus: Connus) -> None:
        self.donnes = donnes
        self.connus = connus
        self.essais: dict[tuple[Champ, Reponse], Faits | None] = {}

    def manque(self, champ: Champ) -> bool:
        """Whether the fact is unknown, or known only as an interval."""
        valeur = getattr(self.connus.faits, champ.value)
        return valeur is None or isinstance(valeur, Bornes)

    def tranche(self, grille: Grille, champ: Champ) -> bool:
        """Whether at least one possible answer settles this dispositif."""
        regles = grille.regles(self.donnes.departement)
        touches = {champ, *DEDUITS.get(champ, ())}
        if not any(touches.intersection(regle.champs) for regle in regles):
            return False
        conditions = [simple for regle in regles for simple in simples(regle.condition)]
        return any(
            (faits := self._essayer(champ, reponse)) is not None and grille.verdict(faits) is not Verdict.a_confirmer
            for reponse in self._reponses(champ, conditions)
        )

    def _essayer(self, champ: Champ, reponse: Reponse) -> Faits | None:
        """The facts with this answer and what follows from it; None when it contradicts the others."""
        cle = (champ, reponse)
        if cle not in self.essais:
            faits = replace(self.donnes, **{champ.value: reponse})  # type: ignore[arg-type]
            self.essais[cle] = None if contradiction(faits) else deduire(faits).faits
        return self.essais[cle]

    def _reponses(self, champ: Champ, conditions: list[Condition]) -> list[Reponse]:
        if champ in OUI_NON:
            return [True, False]
        if champ is Champ.difficultes:
            toutes = (c.parmi for c in conditions if isinstance(c, Difficultes))
            return [frozenset(), frozenset().union(*toutes)]
        valeur = getattr(self.connus.faits, champ.value)
        domaine = valeur if isinstance(valeur, Bornes) else Bornes(mini=0)
        seuils = _bouts(HORIZON_DU_RISQUE) if champ is Champ.mois_avant_cessation else set()
        for condition in conditions:
            if isinstance(condition, Nombre) and condition.champ is champ:
                seuils |= _bouts(condition.admis) | _bouts(condition.sur or condition.admis)
        return [n for n in nombres_utiles(seuils | _bouts(domaine), entiers=champ in ENTIERS) if contient(domaine, n)]


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
    donnes: Faits, connus: Connus, a_confirmer: Sequence[Grille], sauf: AbstractSet[Champ] = frozenset()
) -> Question | None:
    """The question to ask next about the dispositifs to be confirmed, None when no single fact would settle any of them.

    `sauf` names the facts that are known to stay unknown.
    """
    enquete = Enquete(donnes, connus)
    meilleure: tuple[Champ, list[Grille]] | None = None
    for champ in DEMANDABLES:
        if champ in sauf or not enquete.manque(champ):
            continue
        tranches = [grille for grille in a_confirmer if enquete.tranche(grille, champ)]
        if len(tranches) > (len(meilleure[1]) if meilleure else 0):
            meilleure = champ, tranches
    return Question(meilleure[0], _pourquoi(*meilleure), len(meilleure[1])) if meilleure else None


def _pourquoi(champ: Champ, grilles: list[Grille]) -> str:
    noms = sorted(grille.dispositif.libelle for grille in grilles)
    suite = ", ".join(noms[:3]) + ("…" if len(noms) > 3 else "")
    combien = "1 dispositif" if len(noms) == 1 else f"{len(noms)} dispositifs"
    return f"Savoir {MANQUE[champ]} peut trancher pour {combien}\u00a0: {suite}."
