"""What follows from given facts, what cannot hold together, and what a case that was heard of tells."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.codes import BandeBudget, Horizon, Indicateur, bande_budget, bande_horizon, emplois_arrondis
from orientation.dispositifs.domain import Bornes, Champ
from orientation.eligibilite.bornes import contient, disjoints, inclus
from orientation.eligibilite.faits import Faits, contradiction, deduire, faits_du_dossier
from tests.orientation.eligibilite.fabrique import NOMBRES, bornes, des_faits, faits


@pytest.mark.parametrize(
    ("donnes", "attendus"),
    [
        ({"jours_en_cessation": 3}, {"risque_cessation": True, "mois_avant_cessation": 0}),
        ({"jours_en_cessation": 0}, {}),
        ({"risque_cessation": False}, {"jours_en_cessation": 0}),
        ({"risque_cessation": True}, {}),
        ({"mois_avant_cessation": 12}, {"risque_cessation": True, "jours_en_cessation": 0}),
        ({"mois_avant_cessation": 0}, {"risque_cessation": True}),
        ({"mois_avant_cessation": 13}, {"jours_en_cessation": 0}),
        ({"mois_avant_cessation": Bornes(6, 12)}, {"risque_cessation": True, "jours_en_cessation": 0}),
        ({"mois_avant_cessation": Bornes(6, 13)}, {"jours_en_cessation": 0}),
        ({"mois_avant_cessation": 4, "risque_cessation": False}, {"jours_en_cessation": 0}),
        ({"etp": 5, "budget": 3, "procedure_collective": True, "difficultes": frozenset()}, {}),
    ],
)
def test_deductions(donnes: dict[str, Any], attendus: dict[str, Any]) -> None:
    connus = deduire(faits(**donnes))
    assert connus.faits == faits(**(attendus | donnes))
    assert {champ.value for champ in connus.deduits} == set(attendus)


@pytest.mark.parametrize(
    ("donnes", "champs"),
    [
        ({"jours_en_cessation": 1, "risque_cessation": False}, {Champ.jours_en_cessation, Champ.risque_cessation}),
        ({"jours_en_cessation": 1, "mois_avant_cessation": 1}, {Champ.jours_en_cessation, Champ.mois_avant_cessation}),
        ({"jours_en_cessation": 0, "risque_cessation": False, "mois_avant_cessation": 20}, None),
        ({"jours_en_cessation": 5, "risque_cessation": True, "mois_avant_cessation": 0}, None),
        ({"risque_cessation": False, "mois_avant_cessation": 4}, None),
    ],
)
def test_contradictions(donnes: dict[str, Any], champs: set[Champ] | None) -> None:
    trouvee = contradiction(faits(**donnes))
    assert (set(trouvee.champs) if trouvee else None) == champs


@given(des_faits())
def test_what_is_deduced_never_contradicts_what_was_given(donnes: Faits) -> None:
    assert contradiction(deduire(donnes).faits) is None or donnes.risque_cessation is False


@given(
    st.integers(0, 40) | st.none(),
    st.integers(0, 3_000_000) | st.none(),
    st.floats(0.5, 500),
    st.frozensets(st.sampled_from(list(Indicateur))),
)
def test_bands_hold_the_exact_value(mois: int | None, euros: int | None, etp: float, codes: frozenset[Indicateur]) -> None:
    lus = faits_du_dossier("34", bande_horizon(mois), bande_budget(euros), emplois_arrondis(etp), codes)
    for exact, intervalle in ((mois, lus.mois_avant_cessation), (euros, lus.budget), (etp, lus.etp)):
        assert intervalle is None if exact is None else isinstance(intervalle, Bornes)
        assert exact is None or (isinstance(intervalle, Bornes) and contient(intervalle, exact))
    assert lus.difficultes == codes


def test_unknown_bands_are_unknown_facts() -> None:
    lus = faits_du_dossier("34", Horizon.inconnu, BandeBudget.inconnu, 0, [])
    assert (lus.etp, lus.budget, lus.mois_avant_cessation) == (None, None, None)


@given(st.data())
def test_intervals_agree_with_the_numbers_in_them(data: st.DataObject) -> None:
    champ = data.draw(st.sampled_from(NOMBRES))
    une, autre = data.draw(bornes(champ)), data.draw(bornes(champ))
    # All bounds are multiples of a half: quarters stand for every gap between them.
    numeros = [n / 4 for n in (*range(-4, 60), *range(110, 210), *range(390, 410), *range(790, 810))]
    dans_une = {n for n in numeros if contient(une, n)}
    dans_autre = {n for n in numeros if contient(autre, n)}
    assert disjoints(une, autre) == (not dans_une & dans_autre)
    if dans_une:
        assert inclus(une, autre) == (dans_une <= dans_autre)
