"""Why each criterion is met, not met or to be confirmed: the fact that was used, and one plain French sentence."""

from dataclasses import dataclass

from common.traduction import N_, _, ngettext
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
    Champ.statut: N_("le statut juridique"),
    Champ.departement: N_("le département du siège"),
    Champ.etp: N_("le nombre de salariés en équivalent temps plein"),
    Champ.budget: N_("le budget annuel"),
    Champ.risque_cessation: N_("s’il y a un risque de cessation de paiement"),
    Champ.mois_avant_cessation: N_("le nombre de mois avant la cessation de paiement"),
    Champ.jours_en_cessation: N_("le nombre de jours passés en cessation de paiement"),
    Champ.procedure_collective: N_("si une procédure collective est en cours"),
    Champ.difficultes: N_("les difficultés rencontrées"),
}
_OUI_NON = {
    (Champ.risque_cessation, True): N_("il y a un risque de cessation de paiement"),
    (Champ.risque_cessation, False): N_("il n’y a pas de risque de cessation de paiement"),
    (Champ.procedure_collective, True): N_("une procédure collective est en cours"),
    (Champ.procedure_collective, False): N_("il n’y a pas de procédure collective en cours"),
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
            return self._fait(champs[0]) if champs else _(mots.INCONNU)
        connus = [c for c in champs if getattr(self.connus.faits, c.value) is not None]
        return "\u00a0; ".join(f"{c.libelle}\u00a0: {self._fait(c)}" for c in connus) or _(mots.INCONNU)

    def _phrase(self, condition: Condition, verdict: Verdict) -> str:
        match condition:
            case NonPrecise():
                return _("le document ne précise pas cette condition, à confirmer auprès du porteur")
            case ParmiStatuts() | Territoire() if verdict is Verdict.a_confirmer:
                return _manque(Champ.statut if isinstance(condition, ParmiStatuts) else Champ.departement)
            case ParmiStatuts():
                suite = _("fait partie") if verdict is Verdict.oui else _("ne fait pas partie")
                return _("le statut «\u00a0{statut}\u00a0» {suite} de ceux que ce dispositif accueille").format(
                    statut=self._fait(Champ.statut), suite=suite
                )
            case Territoire():
                suite = _("intervient") if verdict is Verdict.oui else _("n’intervient pas")
                return _("le dispositif {suite} dans ce département\u00a0: {departement}").format(
                    suite=suite, departement=self._fait(Champ.departement)
                )
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
            return _("{ici}, ce qui convient\u00a0: il faut {certain}").format(ici=ici, certain=certain)
        if verdict is Verdict.non:
            return _("{ici}, ce qui ne convient pas\u00a0: il faut {voulu}").format(ici=ici, voulu=voulu)
        if isinstance(valeur, Bornes):
            return _("{ici}\u00a0; la valeur exacte reste à confirmer, il faut {voulu}").format(ici=ici, voulu=voulu)
        return _(
            "{ici}\u00a0; c’est certain pour {certain}, possible pour {voulu}\u00a0: à confirmer auprès du porteur"
        ).format(ici=ici, certain=certain, voulu=voulu)

    def _oui_non(self, champ: Champ, attendu: bool, verdict: Verdict) -> str:
        if verdict is Verdict.a_confirmer:
            return _manque(champ)
        ici = _(_OUI_NON.get((champ, attendu is (verdict is Verdict.oui)), f"{champ.libelle}\u00a0: {self._fait(champ)}"))
        suite = _("comme ce dispositif le demande") if verdict is Verdict.oui else _("ce que ce dispositif n’admet pas")
        return f"{ici}, {suite}"

    def _difficultes(self, parmi: frozenset[str], au_moins: int, verdict: Verdict) -> str:
        difficultes = self.connus.faits.difficultes
        if difficultes is None:
            return _manque(Champ.difficultes)
        communes = sorted(mots.difficulte(code) for code in parmi & difficultes)
        liste = f" ({', '.join(communes)})" if communes else ""
        suite = _("ce qui suffit") if verdict is Verdict.oui else _("ce qui ne suffit pas")
        ici = ngettext(
            "{n} difficulté parmi celles que vise le dispositif",
            "{n} difficultés parmi celles que vise le dispositif",
            # French says none as it says one.
            max(len(communes), 1),
        ).format(n=len(communes))
        return _("{ici}{liste}, {suite}\u00a0: il en faut au moins {au_moins}").format(
            ici=ici, liste=liste, suite=suite, au_moins=au_moins
        )

    def _un_de(self, conditions: tuple[Condition, ...], verdict: Verdict) -> str:
        juges = [(une, juge(une)(self.connus.faits)) for une in conditions]
        phrases = [self._phrase(une, v) for une, v in juges if v is verdict]
        if verdict is Verdict.oui:
            return _("une de ces conditions suffit, et elle est remplie\u00a0: {phrase}").format(phrase=phrases[0])
        if verdict is Verdict.non:
            return _("aucune des conditions possibles n’est remplie\u00a0: {phrases}").format(phrases="\u00a0; ".join(phrases))
        return _("une de ces conditions suffirait\u00a0: {phrases}").format(phrases="\u00a0; ".join(phrases))


def _manque(champ: Champ) -> str:
    if champ in (Champ.risque_cessation, Champ.procedure_collective):
        return _("il reste à savoir {quoi}").format(quoi=_(MANQUE[champ]))
    phrase = _("il reste à connaître {quoi}") if champ is Champ.difficultes else _("il manque {quoi}")
    return phrase.format(quoi=_(MANQUE[champ]))
