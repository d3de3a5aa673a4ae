"""What is too small to be shown stays hidden, also from whoever subtracts."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from common.secret import SEUIL_SECRET, masquer, masquer_croise

noms = st.sampled_from("abcdef")
tables = st.dictionaries(st.tuples(noms, noms), st.integers(1, 40), max_size=20)


@given(tables)
def test_no_sum_of_a_line_or_column_gives_a_withheld_number_back(comptes: dict[tuple[str, str], int]) -> None:
    montres = masquer_croise(comptes)
    assert all(n is None or n == comptes[cle] for cle, n in montres.items())
    assert all(montres[cle] is None for cle, n in comptes.items() if masquer(n) is None)
    lignes = defaultdict(list)
    for cle in comptes:
        for cote in (0, 1):
            lignes[cote, cle[cote]].append(cle)
    for ligne in lignes.values():
        caches = [comptes[cle] for cle in ligne if montres[cle] is None]
        assert len(caches) in (0, len(ligne)) or (len(caches) >= 2 and sum(caches) >= SEUIL_SECRET)


def test_large_numbers_alone_are_all_shown() -> None:
    assert masquer_croise({("a", "x"): 5, ("a", "y"): 12}) == {("a", "x"): 5, ("a", "y"): 12}
    assert masquer_croise({("a", "x"): 2, ("a", "y"): 12, ("a", "z"): 9}) == {
        ("a", "x"): None,
        ("a", "y"): 12,
        ("a", "z"): None,
    }
