"""Each kind of condition at its bounds, variants by territory, and the explanations that go with the verdicts."""

from dataclasses import replace
from typing import Any

import pytest

from orientation.dispositifs.domain import (
    Bornes,
    Champ,
    Condition,
    Critere,
    Difficultes,
    Nombre,
    NonPrecise,
    OuiNon,
    Source,
    Statut,
    UnDe,
)
from orientation.eligibilite.domain import Moteur, Proposition
from orientation.eligibilite.faits import Faits, deduire
from orientation.eligibilite.verdicts import Verdict, juge
from tests.orientation.eligibilite.fabrique import BUDGET, ETP, RISQUE, SOURCE, dispositif, faits

OUI, C, NON = Verdict.oui, Verdict.a_confirmer, Verdict.non
PLUS_DE_3 = Nombre(Champ.etp, Bornes(mini=3, mini_strict=True))
DE_50_A_400 = Nombre(Champ.etp, Bornes(50, 400))
SIX_OU_NEUF = Nombre(Champ.mois_avant_cessation, Bornes(maxi=9, maxi_strict=True), Bornes(maxi=6, maxi_strict=True))
DEUX = Difficultes(frozenset({"deficit_recurrent", "fonds_propres_alteres", "gouvernance_fragilisee"}), 2)
EN_CESSATION = UnDe((Nombre(Champ.jours_en_cessation, Bornes(mini=0, mini_strict=True)), OuiNon(Champ.risque_cessation, True)))


@pytest.mark.parametrize(
    ("condition", "champ", "cas"),
    [
        (PLUS_DE_3, "etp", [(None, C), (3, NON), (3.01, OUI), (Bornes(3, 5), C), (Bornes(4, 5), OUI), (Bornes(0, 3), NON)]),
        (DE_50_A_400, "etp", [(49.9, NON), (50, OUI), (400, OUI), (400.1, NON), (Bornes(40, 60), C), (Bornes(mini=50), C)]),
        (SIX_OU_NEUF, "mois_avant_cessation", [(5, OUI), (6, C), (8, C), (9, NON), (Bornes(0, 6), C), (Bornes(9), NON)]),
        (OuiNon(Champ.procedure_collective, False), "procedure_collective", [(None, C), (True, NON), (False, OUI)]),
        (DEUX, "difficultes", [(None, C), (frozenset(), NON), (frozenset({"deficit_recurrent", "autre"}), NON)]),
        (DEUX, "difficultes", [(frozenset({"deficit_recurrent", "gouvernance_fragilisee"}), OUI)]),
        (EN_CESSATION, "jours_en_cessation", [(None, C), (0, C), (1, OUI)]),
        (NonPrecise(), "etp", [(None, C), (5, C)]),
    ],
)
def test_a_condition(condition: Condition, champ: str, cas: list[tuple[Any, Verdict]]) -> None:
    for valeur, attendu in cas:
        assert juge(condition)(deduire(faits(**{champ: valeur})).faits) is attendu, valeur


def seul(*criteres: Critere, donnes: Faits, **autres: Any) -> Proposition:
    (proposition,) = Moteur([dispositif("essai", *criteres, **autres)]).evaluer(donnes).propositions
    return proposition


def test_one_no_is_a_no_whatever_is_missing() -> None:
    assert seul(ETP, BUDGET, donnes=faits(etp=2)).verdict is NON
    assert seul(ETP, BUDGET, donnes=faits(etp=4)).verdict is C
    assert seul(ETP, BUDGET, donnes=faits(etp=4, budget=200_001)).verdict is OUI


def test_status_and_territory_are_criteria() -> None:
    assert seul(donnes=faits()).verdict is OUI
    assert seul(donnes=faits(Statut.mutuelle)).verdict is NON
    ailleurs = seul(donnes=faits(departement="33"), territoires=frozenset({"34"}))
    assert [c.verdict for c in ailleurs.criteres] == [OUI, NON]
    assert ailleurs.criteres[1].fait == "Gironde (33)"
    illisible = seul(donnes=faits(), statuts=None, territoires=None)
    assert illisible.verdict is C
    assert "ne précise pas" in illisible.criteres[0].explication


NATIONALE = Critere("echeance", "à moins de 6 mois", SIX_OU_NEUF, (SOURCE,))
EN_OCCITANIE = Critere(
    "echeance",
    "dans les 12 mois",
    Nombre(Champ.mois_avant_cessation, Bornes(maxi=12)),
    (Source("Brochure", None, "Repérer"),),
    frozenset({"34", "31"}),
)


@pytest.mark.parametrize("ordre", [(NATIONALE, EN_OCCITANIE), (EN_OCCITANIE, NATIONALE)])
def test_the_variant_of_a_territory_replaces_the_other_and_both_sources_show(ordre: tuple[Critere, ...]) -> None:
    ici = seul(*ordre, donnes=faits(mois_avant_cessation=10))
    ailleurs = seul(*ordre, donnes=faits(departement="33", mois_avant_cessation=10))
    assert (ici.verdict, ailleurs.verdict) == (OUI, NON)
    assert (ici.criteres[2].regle, ailleurs.criteres[2].regle) == ("dans les 12 mois", "à moins de 6 mois")
    assert [s.document for s in ici.criteres[2].sources] == ["Brochure", "Document d’essai"]
    assert [s.document for s in ailleurs.criteres[2].sources] == ["Document d’essai", "Brochure"]


def test_a_rule_of_other_territories_only_is_no_rule_here() -> None:
    assert seul(EN_OCCITANIE, donnes=faits(departement="33")).verdict is OUI


def test_status_and_departement_may_be_unknown_too() -> None:
    ignore = seul(NATIONALE, EN_OCCITANIE, donnes=faits(None, None, mois_avant_cessation=1))
    assert [c.verdict for c in ignore.criteres] == [C, C, C]
    assert ignore.criteres[2].regle == "à moins de 6 mois\u00a0; ou, selon le territoire\u00a0: dans les 12 mois"
    assert [c.explication for c in ignore.criteres[:2]] == [
        "Il manque le statut juridique.",
        "Il manque le département du siège.",
    ]
    assert {s.document for s in ignore.criteres[2].sources} == {"Brochure", "Document d’essai"}


@pytest.mark.parametrize(
    ("critere", "donnes", "fait", "explication"),
    [
        (ETP, faits(), "non renseigné", "Il manque le nombre de salariés en équivalent temps plein."),
        (
            ETP,
            faits(etp=3.5),
            "3,5\u00a0ETP",
            "Salariés en équivalent temps plein\u00a0: 3,5\u00a0ETP, ce qui convient\u00a0: il faut plus de 3\u00a0ETP.",
        ),
        (
            BUDGET,
            faits(budget=Bornes(200_000, 500_000, maxi_strict=True)),
            "au moins 200\u202f000\u00a0€ et moins de 500\u202f000\u00a0€",
            "Budget annuel\u00a0: au moins 200\u202f000\u00a0€ et moins de 500\u202f000\u00a0€\u00a0; "
            "la valeur exacte reste à confirmer, il faut plus de 200\u202f000\u00a0€.",
        ),
        (
            RISQUE,
            faits(jours_en_cessation=10),
            "oui (déduit\u00a0: la cessation de paiement a commencé)",
            "Il y a un risque de cessation de paiement, comme ce dispositif le demande.",
        ),
        (
            NATIONALE,
            faits(mois_avant_cessation=7),
            "7\u00a0mois",
            "Mois avant la cessation de paiement\u00a0: 7\u00a0mois\u00a0; c’est certain pour moins de 6\u00a0mois, "
            "possible pour moins de 9\u00a0mois\u00a0: à confirmer auprès du porteur.",
        ),
        (
            Critere("difficultes", "plusieurs", DEUX, (SOURCE,)),
            faits(difficultes=frozenset({"deficit_recurrent"})),
            "Déficit récurrent",
            "1 difficulté parmi celles que vise le dispositif (Déficit récurrent), ce qui ne suffit pas\u00a0: "
            "il en faut au moins 2.",
        ),
        (
            Critere("cessation", "En cessation ou en risque", EN_CESSATION, (SOURCE,)),
            faits(risque_cessation=False),
            "Jours passés en cessation de paiement\u00a0: 0\u00a0jour (déduit\u00a0: il n’y a pas de risque de cessation de "
            "paiement)\u00a0; Risque de cessation de paiement\u00a0: non",
            "Aucune des conditions possibles n’est remplie\u00a0: jours passés en cessation de paiement\u00a0: 0\u00a0jour "
            "(déduit\u00a0: il n’y a pas de risque de cessation de paiement), ce qui ne convient pas\u00a0: il faut plus de "
            "0\u00a0jour\u00a0; il n’y a pas de risque de cessation de paiement, ce que ce dispositif n’admet pas.",
        ),
    ],
)
def test_the_words(critere: Critere, donnes: Faits, fait: str, explication: str) -> None:
    dit = seul(critere, donnes=donnes).criteres[2]
    assert (dit.fait, dit.explication) == (fait, explication)
    assert dit.regle == critere.regle
    assert dit.sources == critere.sources


def test_each_state_of_the_catalogue_has_its_own_engine() -> None:
    ancien = dispositif("essai", ETP)
    nouveau = replace(ancien, version=2, criteres=())
    assert Moteur([ancien]).verdicts(faits(etp=1)) == {"essai": NON}
    assert Moteur([nouveau]).verdicts(faits(etp=1)) == {"essai": OUI}
