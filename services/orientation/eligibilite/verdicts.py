"""Three-valued verdicts, of a condition, of a criterion and of a dispositif (Kleene's strong logic), without words.

A condition is compiled once into a plain function, so that a thousand cases can be judged against hundreds of dispositifs.
"""

from collections.abc import Callable, Iterable

from common.codes import Code
from common.traduction import N_
from orientation.dispositifs.domain import (
    Bornes,
    Condition,
    Difficultes,
    Nombre,
    NonPrecise,
    OuiNon,
    ParmiStatuts,
    Territoire,
)
from orientation.eligibilite.bornes import contient, disjoints, inclus
from orientation.eligibilite.faits import Faits


class Verdict(Code):
    """What the rule says of the facts; a missing fact is never a no."""

    oui = "oui", N_("Possible")
    a_confirmer = "a_confirmer", N_("À confirmer")
    non = "non", N_("Pas ouvert à cette situation")


OUI, A_CONFIRMER, NON = Verdict.oui, Verdict.a_confirmer, Verdict.non
Juge = Callable[[Faits], Verdict]


def tous(verdicts: Iterable[Verdict]) -> Verdict:
    """No as soon as one says no, whatever is missing; yes when all say yes."""
    resultat = OUI
    for verdict in verdicts:
        if verdict is NON:
            return NON
        if verdict is A_CONFIRMER:
            resultat = A_CONFIRMER
    return resultat


def un_seul(verdicts: Iterable[Verdict]) -> Verdict:
    """Yes as soon as one says yes; no when all say no."""
    resultat = NON
    for verdict in verdicts:
        if verdict is OUI:
            return OUI
        if verdict is A_CONFIRMER:
            resultat = A_CONFIRMER
    return resultat


def juge(condition: Condition) -> Juge:
    """The function that judges facts by this condition."""
    match condition:
        case ParmiStatuts(statuts):
            return lambda faits: A_CONFIRMER if faits.statut is None else OUI if faits.statut in statuts else NON
        case Territoire(departements):
            return lambda faits: A_CONFIRMER if faits.departement is None else OUI if faits.departement in departements else NON
        case Nombre(champ, admis, sur):
            return _juge_nombre(champ.value, admis, sur or admis)
        case OuiNon(champ, attendu):
            return _juge_oui_non(champ.value, attendu)
        case Difficultes(parmi, au_moins):
            return _juge_difficultes(parmi, au_moins)
        case NonPrecise():
            return lambda faits: A_CONFIRMER
    juges = tuple(juge(une) for une in condition.conditions)
    return lambda faits: un_seul(un(faits) for un in juges)


def _juge_nombre(nom: str, admis: Bornes, sur: Bornes) -> Juge:
    def juger(faits: Faits) -> Verdict:
        valeur = getattr(faits, nom)
        if valeur is None:
            return A_CONFIRMER
        if isinstance(valeur, Bornes):
            return OUI if inclus(valeur, sur) else NON if disjoints(valeur, admis) else A_CONFIRMER
        return OUI if contient(sur, valeur) else A_CONFIRMER if contient(admis, valeur) else NON

    return juger


def _juge_oui_non(nom: str, attendu: bool) -> Juge:
    def juger(faits: Faits) -> Verdict:
        valeur = getattr(faits, nom)
        return A_CONFIRMER if valeur is None else OUI if valeur is attendu else NON

    return juger


def _juge_difficultes(parmi: frozenset[str], au_moins: int) -> Juge:
    def juger(faits: Faits) -> Verdict:
        if faits.difficultes is None:
            return A_CONFIRMER
        return OUI if len(parmi & faits.difficultes) >= au_moins else NON

    return juger
