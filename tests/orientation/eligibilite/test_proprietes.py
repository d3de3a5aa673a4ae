"""What holds for any catalogue and any facts: more is known, never less; no order matters; the question is the best one."""

from dataclasses import replace
from itertools import permutations
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from orientation.dispositifs.domain import Bornes, Champ, Dispositif, UnDe
from orientation.eligibilite.bornes import contient
from orientation.eligibilite.domain import Moteur
from orientation.eligibilite.faits import Faits, contradiction, deduire
from orientation.eligibilite.verdicts import Verdict
from tests.orientation.eligibilite.fabrique import CHAMPS, CODES, NOMBRES, bornes, des_faits, dispositifs, valeurs


def plusieurs(nombre: int = 4) -> st.SearchStrategy[list[Dispositif]]:
    return st.integers(1, nombre).flatmap(lambda n: st.tuples(*(dispositifs(f"d{i}") for i in range(n)))).map(list)


@st.composite
def des_faits_et_plus(draw: st.DrawFn) -> tuple[Faits, Faits]:
    """Facts, then the same with more of them, or with intervals narrowed."""
    avant = draw(des_faits(intervalles=True))
    plus: dict[str, Any] = {}
    for champ in CHAMPS:
        valeur = getattr(avant, champ.value)
        if valeur is None and draw(st.booleans()):
            plus[champ.value] = draw(bornes(champ) if champ in NOMBRES and draw(st.booleans()) else valeurs(champ))
        elif isinstance(valeur, Bornes) and draw(st.booleans()):
            exacte = draw(valeurs(champ))
            plus[champ.value] = exacte if contient(valeur, exacte) else valeur
    apres = replace(avant, **plus)
    assume(contradiction(apres) is None)
    return avant, apres


def contredit(avant: Faits, apres: Faits) -> bool:
    """Whether a fact that was given later says otherwise than what had been deduced."""
    deduits, donnes = deduire(avant), deduire(apres).faits
    return any(getattr(deduits.faits, c.value) != getattr(donnes, c.value) for c in deduits.deduits)


def criteres(moteur: Moteur, donnes: Faits) -> list[Verdict]:
    """The verdict of every criterion, always in the same order."""
    propositions = sorted(moteur.evaluer(donnes).propositions, key=lambda p: p.dispositif.code)
    return [critere.verdict for p in propositions for critere in p.criteres]


def sans_alternative(dispositif: Dispositif) -> bool:
    return not any(isinstance(critere.condition, UnDe) for critere in dispositif.criteres)


@given(plusieurs(), des_faits_et_plus())
def test_a_fact_more_never_takes_a_verdict_back(catalogue: list[Dispositif], deux: tuple[Faits, Faits]) -> None:
    """Yes stays yes and no stays no, unless what was given contradicts what had been deduced."""
    avant, apres = deux
    assume(not contredit(avant, apres))
    moteur = Moteur(catalogue)
    for un, autre in zip(*(criteres(moteur, faits) for faits in deux), strict=True):
        assert un is Verdict.a_confirmer or autre is un
    verdicts = moteur.verdicts(apres)
    for code, verdict in moteur.verdicts(avant).items():
        assert verdict is Verdict.a_confirmer or verdicts[code] is verdict


@given(des_faits_et_plus())
def test_what_is_known_stays_known(deux: tuple[Faits, Faits]) -> None:
    """Even a fact that contradicts a deduction only puts one known value in the place of another."""
    avant, apres = (deduire(faits).faits for faits in deux)
    for champ in CHAMPS:
        if getattr(avant, champ.value) is not None:
            assert getattr(apres, champ.value) is not None


@given(dispositifs().filter(sans_alternative), des_faits_et_plus())
def test_yes_never_becomes_to_be_confirmed(essai: Dispositif, deux: tuple[Faits, Faits]) -> None:
    """Without alternatives this holds even against a deduction, since what is known stays known."""
    avant, apres = (Moteur([essai]).verdicts(faits)["essai"] for faits in deux)
    assert avant is not Verdict.oui or apres is not Verdict.a_confirmer


@given(plusieurs(3), des_faits(intervalles=True))
def test_no_order_matters(catalogue: list[Dispositif], donnes: Faits) -> None:
    attendu = Moteur(catalogue).evaluer(donnes)
    for ordre in permutations(catalogue):
        melange = [replace(d, criteres=d.criteres[::-1]) for d in ordre]
        obtenu = Moteur(melange).evaluer(donnes)
        assert [(p.dispositif.code, p.verdict, p.rang, p.rang_explication) for p in obtenu.propositions] == [
            (p.dispositif.code, p.verdict, p.rang, p.rang_explication) for p in attendu.propositions
        ]
        assert obtenu.question == attendu.question


@given(plusieurs(), des_faits(intervalles=True))
def test_the_quick_way_agrees_with_the_explained_one(catalogue: list[Dispositif], donnes: Faits) -> None:
    moteur = Moteur(catalogue)
    explique = {p.dispositif.code: p.verdict for p in moteur.evaluer(donnes).propositions}
    assert moteur.verdicts(donnes) == explique


def toutes_les_reponses(champ: Champ) -> list[Any]:
    """Every answer that could make a difference to the conditions of these tests, one by one."""
    if champ is Champ.difficultes:
        return [frozenset(c for i, c in enumerate(CODES) if masque >> i & 1) for masque in range(2 ** len(CODES))]
    if champ is Champ.etp:
        return [n / 4 for n in (*range(20), *range(190, 210))]
    if champ is Champ.budget:
        return [*range(5), 50, *range(98, 104), 150, *range(198, 204)]
    return list(range(50)) if champ in NOMBRES else [True, False]


@given(plusieurs(), des_faits(intervalles=True))
def test_the_question_settles_as_many_as_trying_every_answer_says(catalogue: list[Dispositif], donnes: Faits) -> None:
    moteur = Moteur(catalogue)
    resultat = moteur.evaluer(donnes)
    ouverts = {p.dispositif.code for p in resultat.propositions if p.verdict is Verdict.a_confirmer}
    connus = deduire(donnes).faits
    departages: dict[Champ, int] = {}
    for champ in CHAMPS:
        valeur = getattr(connus, champ.value)
        if not (valeur is None or isinstance(valeur, Bornes)):
            continue
        tranches: set[str] = set()
        for reponse in toutes_les_reponses(champ):
            faits = replace(donnes, **{champ.value: reponse})
            if contradiction(faits) is None and (valeur is None or contient(valeur, reponse)):
                tranches |= {c for c, v in moteur.verdicts(faits).items() if c in ouverts and v is not Verdict.a_confirmer}
        departages[champ] = len(tranches)
    meilleur = max(departages.values(), default=0)
    if resultat.question is None:
        assert meilleur == 0
    else:
        assert resultat.question.departage == meilleur
        assert resultat.question.champ == next(champ for champ, n in departages.items() if n == meilleur)
