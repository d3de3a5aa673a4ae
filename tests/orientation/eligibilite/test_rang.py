"""The order of the proposals and its explanation: each reason decides only between what the earlier ones leave equal."""

from datetime import timedelta
from typing import Any

import pytest

from common.codes import Indicateur, Niveau
from orientation.dispositifs.domain import Besoin, Bornes, Critere, Dispositif, NonPrecise
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.eligibilite.domain import Moteur
from orientation.eligibilite.faits import Faits, deduire
from orientation.eligibilite.rang import BESOINS, Offre, niveau_du_cas
from tests.orientation.eligibilite.fabrique import ETP, RISQUE, SOURCE, dispositif, faits

FLOU = Critere("flou", "illisible", NonPrecise(), (SOURCE,))
CRISE, FACE = frozenset({Niveau.gerer_crise}), frozenset({Niveau.faire_face})


def ordre(dispositifs: list[Dispositif], donnes: Faits, offres: dict[str, Offre] | None = None) -> list[str]:
    return [p.dispositif.code for p in Moteur(dispositifs).evaluer(donnes, offres).propositions]


def test_the_verdict_comes_first() -> None:
    trois = [dispositif("a", ETP), dispositif("b", FLOU), dispositif("c")]
    assert ordre(trois, faits(etp=1)) == ["c", "b", "a"]


def test_then_the_level_then_the_horizon() -> None:
    donnes = faits(mois_avant_cessation=7)
    sept = [
        dispositif("a", niveaux=CRISE),
        dispositif("b", niveaux=None),
        dispositif("c", niveaux=FACE),
        dispositif("d", RISQUE, niveaux=FACE),
        dispositif("e", niveaux=frozenset({Niveau.rebondir, Niveau.faire_face})),
        dispositif("f", niveaux=frozenset({Niveau.rebondir})),
        dispositif("g", RISQUE, niveaux=CRISE),
    ]
    assert ordre(sept, donnes) == ["d", "c", "e", "g", "b", "a", "f"]


def test_then_the_difficulties_then_the_places_then_the_time_then_the_code() -> None:
    donnes = faits(difficultes=frozenset({Indicateur.rupture_tresorerie, Besoin.gouvernance}))
    deux = frozenset({Besoin.tresorerie, Besoin.gouvernance})
    six = [dispositif(code, besoins=deux) for code in "bcdefg"]
    offres = {
        "b": Offre(0, timedelta(days=1)),
        "c": Offre(None, timedelta(days=1)),
        "d": Offre(1, None),
        "e": Offre(9, timedelta(days=4)),
        "f": Offre(2, timedelta(days=2)),
        "a": Offre(50, timedelta(days=1)),
    }
    un = dispositif("a", besoins=frozenset({Besoin.tresorerie}))
    assert ordre([*six, un], donnes, offres) == ["f", "e", "d", "c", "g", "b", "a"]


def test_the_rank_is_explained() -> None:
    essai = dispositif("essai", RISQUE, niveaux=FACE, besoins=frozenset({Besoin.tresorerie}))
    donnes = faits(mois_avant_cessation=7, difficultes=frozenset({Indicateur.rupture_tresorerie}))
    moteur = Moteur([essai])
    offres = {"essai": Offre(2, timedelta(days=3))}
    (p,) = moteur.evaluer(donnes, offres).propositions
    assert (p.rang, p.places) == (1, 2)
    assert p.rang_explication == (
        "Possible\u00a0: prévu pour ce niveau («\u00a0Faire face aux difficultés\u00a0»)\u00a0; l’échéance de la cessation de "
        "paiement correspond\u00a0; répond à\u00a0: Trésorerie et crise financière\u00a0; 2 places dans ce département\u00a0; "
        "réponse habituelle en 3\u00a0jours."
    )
    (plein,) = moteur.evaluer(donnes, {"essai": Offre(0)}).propositions
    assert "plus de place pour le moment" in plein.rang_explication


@pytest.mark.parametrize(
    ("donnes", "niveau"),
    [
        ({}, None),
        ({"risque_cessation": False}, Niveau.anticiper),
        ({"risque_cessation": False, "difficultes": frozenset()}, Niveau.anticiper),
        ({"risque_cessation": False, "difficultes": frozenset({"autre"})}, Niveau.faire_face),
        ({"risque_cessation": True}, Niveau.faire_face),
        ({"mois_avant_cessation": 12}, Niveau.faire_face),
        ({"mois_avant_cessation": 13}, None),
        ({"mois_avant_cessation": 6}, Niveau.faire_face),
        ({"mois_avant_cessation": 5}, Niveau.gerer_crise),
        ({"mois_avant_cessation": Bornes(0, 6, maxi_strict=True)}, Niveau.gerer_crise),
        ({"jours_en_cessation": 1}, Niveau.gerer_crise),
        ({"procedure_collective": True}, Niveau.gerer_crise),
    ],
)
def test_the_level_of_a_case(donnes: dict[str, Any], niveau: Niveau | None) -> None:
    assert niveau_du_cas(deduire(faits(**donnes)).faits) is niveau


def test_the_animateurs_level_wins() -> None:
    deux = [dispositif("a", niveaux=FACE), dispositif("b", niveaux=frozenset({Niveau.rebondir}))]
    resultat = Moteur(deux).evaluer(faits(risque_cessation=True), niveau=Niveau.rebondir)
    assert [p.dispositif.code for p in resultat.propositions] == ["b", "a"]
    assert resultat.niveau is Niveau.rebondir


def test_four_months_of_cash_left_call_for_those_who_manage_crises() -> None:
    donnes = faits(etp=5.0, budget=350_000.0, risque_cessation=True, mois_avant_cessation=4, departement="34")
    premiers = [p.dispositif.code for p in Moteur(catalogue_des_fichiers().dispositifs()).evaluer(donnes).propositions][:3]
    assert premiers == ["cellule-occitanie", "prevasso", "dla"]


def test_each_sign_of_crisis_calls_for_some_help() -> None:
    assert set(BESOINS) == set(Indicateur)
    assert all(BESOINS.values())
