"""Why each criterion is met, not met or to be confirmed: the fact that was used, and one plain French sentence."""

from dataclasses import dataclass

from orientation.dispositifs.domain import (
    Bornes,
    Champ,
    Condition,
    Difficultes,
    Nombre,
    NonPrecise,
    OuiNon,
    ParmiStatuts,
    Source,
    Territoire,
)
from orientation.eligibilite import mots
from orientation.eligibilite.faits import Connus
from orientation.eligibilite.grille import Regle
from orientation.eligibilite.verdicts import Verdict, juge

MANQUE = {
    Champ.statut: "le statut juridique",
    Champ.departement: "le département du siège",
    Champ.etp: "le nombre de salariés en équivalent temps plein",
    Champ.budget: "le budget annuel",
    Champ.risque_cessation: "s’il y a un risque de cessation de paiement",
    Champ.mois_avant_cessation: "le nombre de mois avant la cessation de paiement",
    Champ.jours_en_cessation: "le nombre de jours passés en cessation de paiement",
    Champ.procedure_collective: "si une procédure collective est en cours",
    Champ.difficultes: "les difficultés rencontrées",
}
_OUI_NON = {
    (Champ.risque_cessation, True): "il y a un risque de cessation de paiement",
    (Champ.risque_cessation, False): "il n’y a pas de risque de cessation de paiement",
    (Champ.procedure_collective, True): "une procédure collective est en cours",
    (Champ.procedure_collective, False): "il n’y a pas de procédure collective en cours",
}


@dataclass(frozen=True, slots=True)
class Explication:
    """A criterion judged: everything that is needed to check the verdict by hand."""

    code: str
    verdict: Verdict
    fait: str
    regle: str
    explication: str
    sources: tuple[Source, ...]


class Plume:
    """Writes the explanations of one case; each fact is put in words once."""

    def __init__(self, connus: Connus) -> None:
        self.connus = connus
        self.faits: dict[Champ, str] = {}

    def expliquer(self, regle: Regle) -> Explication:
        """One criterion, judged and explained."""
        verdict = regle.juge(self.connus.faits)
        fait = self._faits(regle.champs)
        phrase = self._phrase(regle.condition, verdict)
        if isinstance(regle.condition, NonPrecise):
            phrase += f"\u00a0: {regle.regle[0].lower()}{regle.regle[1:]}"
        return Explication(regle.code, verdict, fait, regle.regle, f"{phrase[0].upper()}{phrase[1:]}.", regle.sources)

    def _fait(self, champ: Champ) -> str:
        if champ not in self.faits:
            self.faits[champ] = mots.fait(champ, self.connus)
        return self.faits[champ]

    def _faits(self, champs: tuple[Champ, ...]) -> str:
        if len(champs) < 2:
            return self._fait(champs[0]) if champs else mots.INCONNU
        connus = [c for c in champs if getattr(self.connus.faits, c.value) is not None]
        return "\u00a0; ".join(f"{c.libelle}\u00a0: {self._fait(c)}" for c in connus) or mots.INCONNU

    def _phrase(self, condition: Condition, verdict: Verdict) -> str:
        match condition:
            case NonPrecise():
                return "le document ne précise pas cette condition, à confirmer auprès du porteur"
            case ParmiStatuts() | Territoire() if verdict is Verdict.a_confirmer:
                return _manque(Champ.statut if isinstance(condition, ParmiStatuts) else Champ.departement)
            case ParmiStatuts():
                suite = "fait partie" if verdict is Verdict.oui else "ne fait pas partie"
                return f"le statut «\u00a0{self._fait(Champ.statut)}\u00a0» {suite} de ceux que ce dispositif accueille"
            case Territoire():
                suite = "intervient" if verdict is Verdict.oui else "n’intervient pas"
                return f"le dispositif {suite} dans ce département\u00a0: {self._fait(Champ.departement)}"
            case Nombre(champ, admis, sur):
                return self._nombre(champ, admis, sur, verdict)
            case OuiNon(champ, attendu):
                return self._oui_non(champ, attendu, verdict)
            case Difficultes(parmi, au_moins):
                return self._difficultes(parmi, au_moins, verdict)
        return self._un_de(condition.conditions, verdict)

    def _nombre(self, champ: Champ, admis: Bornes, sur: Bornes | None, verdict: Verdict) -> str:
        valeur = getattr(self.connus.faits, champ.value)
        if valeur is None:
            return _manque(champ)
        voulu = mots.intervalle(champ, admis)
        certain = mots.intervalle(champ, sur or admis)
        ici = f"{champ.libelle[0].lower()}{champ.libelle[1:]}\u00a0: {self._fait(champ)}"
        if verdict is Verdict.oui:
            return f"{ici}, ce qui convient\u00a0: il faut {certain}"
        if verdict is Verdict.non:
            return f"{ici}, ce qui ne convient pas\u00a0: il faut {voulu}"
        if isinstance(valeur, Bornes):
            return f"{ici}\u00a0; la valeur exacte reste à confirmer, il faut {voulu}"
        return f"{ici}\u00a0; c’est certain pour {certain}, possible pour {voulu}\u00a0: à confirmer auprès du porteur"

    def _oui_non(self, champ: Champ, attendu: bool, verdict: Verdict) -> str:
        if verdict is Verdict.a_confirmer:
            return _manque(champ)
        ici = _OUI_NON.get((champ, attendu is (verdict is Verdict.oui)), f"{champ.libelle}\u00a0: {self._fait(champ)}")
        suite = "comme ce dispositif le demande" if verdict is Verdict.oui else "ce que ce dispositif n’admet pas"
        return f"{ici}, {suite}"

    def _difficultes(self, parmi: frozenset[str], au_moins: int, verdict: Verdict) -> str:
        difficultes = self.connus.faits.difficultes
        if difficultes is None:
            return _manque(Champ.difficultes)
        communes = sorted(mots.DIFFICULTES.get(code, code) for code in parmi & difficultes)
        liste = f" ({', '.join(communes)})" if communes else ""
        suite = "ce qui suffit" if verdict is Verdict.oui else "ce qui ne suffit pas"
        ici = f"{len(communes)} difficulté{'s' if len(communes) > 1 else ''} parmi celles que vise le dispositif"
        return f"{ici}{liste}, {suite}\u00a0: il en faut au moins {au_moins}"

    def _un_de(self, conditions: tuple[Condition, ...], verdict: Verdict) -> str:
        juges = [(une, juge(une)(self.connus.faits)) for une in conditions]
        phrases = [self._phrase(une, v) for une, v in juges if v is verdict]
        if verdict is Verdict.oui:
            return f"une de ces conditions suffit, et elle est remplie\u00a0: {phrases[0]}"
        if verdict is Verdict.non:
            return "aucune des conditions possibles n’est remplie\u00a0: " + "\u00a0; ".join(phrases)
        return "une de ces conditions suffirait\u00a0: " + "\u00a0; ".join(phrases)


def _manque(champ: Champ) -> str:
    if champ in (Champ.risque_cessation, Champ.procedure_collective):
        return f"il reste à savoir {MANQUE[champ]}"
    return f"il manque {MANQUE[champ]}" if champ is not Champ.difficultes else f"il reste à connaître {MANQUE[champ]}"
