"""In which order the dispositifs are proposed, and why. The order is total: two dispositifs never share a rank.

Verdict first (possible, to be confirmed, not open), then the level of difficulty, then the horizon, then how many of the
difficulties it addresses, then whether places are left, then the measured response time, and the code last.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import inf

from common.codes import Indicateur, Niveau
from common.traduction import _, ngettext
from orientation.dispositifs.domain import Besoin, Bornes, Dispositif
from orientation.eligibilite import mots
from orientation.eligibilite.bornes import PLUS_DE_ZERO, dans
from orientation.eligibilite.faits import HORIZON_DU_RISQUE, Faits
from orientation.eligibilite.verdicts import Verdict

ORDRE = (Verdict.oui, Verdict.a_confirmer, Verdict.non)
# The nearest horizon that a source calls a crisis: Avise, « Prev’Asso », « à moins de 6 ou 9 mois », of which 6 is sure.
URGENCE = Bornes(maxi=6, maxi_strict=True)
# What help each sign of crisis calls for: the practice of the cells, for the ranking alone, never for a verdict.
BESOINS = {
    Indicateur.rupture_tresorerie: frozenset({Besoin.tresorerie}),
    Indicateur.deficit_recurrent: frozenset({Besoin.modele_economique}),
    Indicateur.fonds_propres_alteres: frozenset({Besoin.financement}),
    Indicateur.gouvernance_fragilisee: frozenset({Besoin.gouvernance}),
    Indicateur.perte_financement: frozenset({Besoin.modele_economique, Besoin.tresorerie}),
    Indicateur.autre: frozenset({Besoin.conseil}),
}


@dataclass(frozen=True, slots=True)
class Offre:
    """What partners offer of a dispositif in the case's département: places left, and the usual time to an answer."""

    places: int | None = None
    reponse: timedelta | None = None


INCONNUE = Offre()


@dataclass(frozen=True, slots=True)
class Classe:
    """Where a dispositif stands: `cle` compares, `raisons` says why in French."""

    cle: tuple[int, int, int, int, int, float, str]
    raisons: str


def niveau_du_cas(faits: Faits) -> Niveau | None:
    """The level of difficulty that deduced facts show, None when they show none; only an animateur says « rebondir ».

    In cessation, in a collective procedure or less than six months from it: manage the crisis. At risk, or within twelve
    months: face the difficulties; also when difficulties are named without that risk. No risk and nothing named: anticipate.
    """
    mois = faits.mois_avant_cessation
    en_cessation = faits.jours_en_cessation is not None and dans(faits.jours_en_cessation, PLUS_DE_ZERO)
    if en_cessation or faits.procedure_collective or (mois is not None and dans(mois, URGENCE)):
        return Niveau.gerer_crise
    if faits.risque_cessation or (mois is not None and dans(mois, HORIZON_DU_RISQUE)) or faits.difficultes:
        return Niveau.faire_face
    return Niveau.anticiper if faits.risque_cessation is False else None


def besoins_du_cas(faits: Faits) -> frozenset[Besoin]:
    """The help that the difficulties call for."""
    connus = faits.difficultes or frozenset()
    besoins = {besoin for besoin in Besoin if besoin.value in connus}
    return frozenset(besoins.union(*(BESOINS[i] for i in Indicateur if i.value in connus)))


def classer(
    dispositif: Dispositif,
    verdict: Verdict,
    niveau: Niveau | None,
    horizon: bool,
    besoins: frozenset[Besoin],
    offre: Offre,
) -> Classe:
    """Where a dispositif stands. `horizon` says whether it is made for a case that near to, or far from, the cessation."""
    ecart, raison_niveau = _niveau(niveau, dispositif.niveaux.valeur)
    # A dispositif that asks for just this nearness of the cessation is not a step away from the case.
    ecart = min(ecart, 1) if horizon else ecart
    communs = besoins & dispositif.besoins
    disponible, raison_places = _places(offre.places)
    jours = inf if offre.reponse is None else offre.reponse / timedelta(days=1)
    raisons = [raison_niveau]
    if horizon:
        raisons.append(_("l’échéance de la cessation de paiement correspond"))
    if communs:
        raisons.append(_("répond à\u00a0: {besoins}").format(besoins=", ".join(b.libelle for b in Besoin if b in communs)))
    raisons.append(raison_places)
    if offre.reponse is not None:
        raisons.append(_("réponse habituelle en {jours}").format(jours=mots.mesure_jours(jours)))
    phrase = "\u00a0; ".join(raison for raison in raisons if raison)
    cle = (ORDRE.index(verdict), ecart, 0 if horizon else 1, -len(communs), disponible, jours, dispositif.code)
    return Classe(cle, f"{verdict.libelle}\u00a0: {phrase}." if phrase else f"{verdict.libelle}.")


def _niveau(niveau: Niveau | None, prevus: frozenset[Niveau] | None) -> tuple[int, str]:
    """How far the case's level is from those of the dispositif: 0 the same, 1 unknown, then 2 for each step away."""
    if niveau is None:
        return 0, ""
    if not prevus:
        return 1, _("niveau de difficulté non précisé par le document")
    rangs = list(Niveau)
    ecart = min(abs(rangs.index(niveau) - rangs.index(prevu)) for prevu in prevus)
    if ecart == 0:
        return 0, _("prévu pour ce niveau («\u00a0{niveau}\u00a0»)").format(niveau=niveau.libelle)
    return 2 * ecart, _("prévu pour un autre niveau que «\u00a0{niveau}\u00a0»").format(niveau=niveau.libelle)


def _places(places: int | None) -> tuple[int, str]:
    if places is None:
        return 1, ""
    if places <= 0:
        return 2, _("plus de place pour le moment dans ce département")
    return 0, ngettext("{n} place dans ce département", "{n} places dans ce département", places).format(n=places)
