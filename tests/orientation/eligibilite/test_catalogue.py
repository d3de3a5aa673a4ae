"""The real catalogue, case by case (`cas.yaml`), and every verdict that each of its criteria can give."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from orientation.dispositifs.domain import Champ, Condition, Nombre, NonPrecise, Statut, UnDe
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.eligibilite.domain import Moteur
from orientation.eligibilite.faits import Faits
from orientation.eligibilite.question import nombres_utiles
from orientation.eligibilite.verdicts import Verdict, tous

CAS: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cas.yaml").read_text(encoding="utf-8"))
# YAML reads a bare oui or non as text, and the file says the third one as people do.
VERDICTS = {"oui": Verdict.oui, "non": Verdict.non, "à confirmer": Verdict.a_confirmer}
DISPOSITIFS = catalogue_des_fichiers().dispositifs()
MOTEUR = Moteur(DISPOSITIFS)
CRITERES = [(d.code, critere.code) for d in DISPOSITIFS for critere in d.criteres]


def des_cas() -> Iterator[Any]:
    for code, cas in CAS.items():
        for n, un in enumerate(cas, 1):
            yield pytest.param(code, un, id=f"{code}-{n}")


def faits_de(si: dict[str, Any]) -> Faits:
    connus = {"statut": "association", "departement": "34"} | si
    if "difficultes" in connus:
        connus["difficultes"] = frozenset(connus["difficultes"])
    return Faits(**connus | {"statut": Statut(connus["statut"])})


@pytest.mark.parametrize(("code", "cas"), list(des_cas()))
def test_a_case(code: str, cas: dict[str, Any]) -> None:
    proposition = next(p for p in MOTEUR.evaluer(faits_de(cas["si"])).propositions if p.dispositif.code == code)
    raisons = [f"{c.code}: {c.verdict.value}, {c.explication}" for c in proposition.criteres]
    assert proposition.verdict is VERDICTS[cas["alors"]], "\n".join((cas["lu"], *raisons))


def test_each_dispositif_has_cases_and_each_case_says_where_it_was_read() -> None:
    assert set(CAS) == {d.code for d in DISPOSITIFS}
    for code, cas in CAS.items():
        assert all(set(un) == {"lu", "si", "alors"} and len(un["lu"]) > 20 for un in cas), code


def test_the_examples_use_every_verdict_that_a_dispositif_can_give() -> None:
    """No dispositif is only shown from its good side: what no case shows cannot happen."""
    for d in DISPOSITIFS:
        vus = {VERDICTS[un["alors"]] for un in CAS[d.code]}
        for faits in faits_utiles(d.code):
            possible = MOTEUR.verdicts(faits)[d.code]
            assert possible in vus or possible is Verdict.a_confirmer, f"{d.code}: {possible} with {faits}"


def faits_utiles(code: str) -> Iterator[Faits]:
    """Facts around every bound of a dispositif, one criterion at a time, all others unknown."""
    d = next(d for d in DISPOSITIFS if d.code == code)
    for critere in d.criteres:
        for departement in sorted(critere.departements or {"34", "33", "69", "75", "35", "13", "01"})[:7]:
            for statut, connus in product(Statut, valeurs(critere.condition)):
                yield Faits(statut, departement, **connus)


def valeurs(condition: Condition) -> list[dict[str, Any]]:
    """Values that make a simple condition say yes, no, and nothing; all combinations for alternatives."""
    if isinstance(condition, UnDe):
        return [{k: v for un in choix for k, v in un.items()} for choix in product(*map(valeurs, condition.conditions))]
    champ = getattr(condition, "champ", None)
    if isinstance(condition, Nombre):
        bouts = {condition.admis.mini, condition.admis.maxi}
        return [{}, *({condition.champ.value: n} for n in nombres_utiles(bouts, entiers=condition.champ is not Champ.etp))]
    if champ:
        return [{}, {champ.value: True}, {champ.value: False}]
    parmi = getattr(condition, "parmi", None)
    return [{}, {"difficultes": frozenset()}, {"difficultes": parmi}] if parmi else [{}]


def possibles(condition: Condition) -> set[Verdict]:
    """The verdicts that a criterion of this kind must be able to give."""
    if isinstance(condition, NonPrecise):
        return {Verdict.a_confirmer}
    toujours_connu = not valeurs(condition)[1:]
    possibles = {Verdict.oui, Verdict.non} | (set() if toujours_connu else {Verdict.a_confirmer})
    # Status and territory are always known; those open to everybody never say no.
    if toujours_connu and getattr(condition, "statuts", None) == frozenset(Statut):
        possibles -= {Verdict.non}
    if len(getattr(condition, "departements", ())) > 100:
        possibles -= {Verdict.non}
    # « Employeur (ou création du premier emploi) »: nobody has fewer than none.
    if isinstance(condition, Nombre) and condition.admis.mini == 0 and not condition.admis.mini_strict and condition.sur:
        possibles -= {Verdict.non}
    return possibles


@pytest.mark.parametrize("n", range(len(CRITERES)), ids=[f"{d}-{c}" for d, c in CRITERES])
def test_every_criterion_is_reachable(n: int) -> None:
    code = CRITERES[n][0]
    d = next(d for d in DISPOSITIFS if d.code == code)
    critere = [c for autre in DISPOSITIFS for c in autre.criteres][n]
    departements = sorted(critere.departements) if critere.departements else ["34", "33", "69", "75", "35", "13", "974"]
    obtenus = set()
    for departement, statut in product(departements, Statut):
        for connus in valeurs(critere.condition):
            faits = Faits(statut, departement, **connus)
            resultat = Moteur([d]).evaluer(faits).propositions[0]
            obtenus |= {c.verdict for c in resultat.criteres if (c.code, c.regle) == (critere.code, critere.regle)}
    assert obtenus == possibles(critere.condition)


def test_a_dispositif_follows_from_its_criteria() -> None:
    for faits in (faits_de({}), faits_de({"etp": 5, "mois_avant_cessation": 4, "budget": 250_000})):
        for p in MOTEUR.evaluer(faits).propositions:
            assert p.verdict is tous(c.verdict for c in p.criteres)
            assert all(c.explication.endswith(".") and c.regle and c.fait and c.sources for c in p.criteres)
