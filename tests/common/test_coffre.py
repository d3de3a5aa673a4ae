"""Secrets at rest: sealed, opened by any key, renewed under the first."""

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from common.coffre import Coffre, est_scelle, new_coffre_key

ONE, TWO = new_coffre_key(), new_coffre_key()


@given(st.text(max_size=80))
def test_what_was_sealed_opens_again_and_shows_nothing(clair: str) -> None:
    coffre = Coffre(ONE)
    scelle = coffre.sceller(clair)
    assert est_scelle(scelle)
    assert coffre.ouvrir(scelle) == clair
    assert len(clair) < 5 or clair not in scelle


def test_a_key_is_replaced_by_putting_a_new_one_before_it() -> None:
    before, during, after = Coffre(ONE), Coffre(f"{TWO} {ONE}"), Coffre(TWO)
    old = before.sceller("whsec_x")
    assert during.ouvrir(old) == "whsec_x"
    new = during.renouveler(old)
    assert after.ouvrir(new) == "whsec_x"
    assert during.renouveler(new) == new
    assert after.ouvrir(during.renouveler("whsec_y")) == "whsec_y"
    with pytest.raises(InvalidToken):
        after.ouvrir(old)


@pytest.mark.parametrize(
    "keys", ["", "  ", "pas une clé", f"{ONE} trop-court"], ids=("none", "blank", "no key", "one too short")
)
def test_a_bad_key_is_refused_at_once(keys: str) -> None:
    with pytest.raises(ValueError, match=r"key|Fernet|base64"):
        Coffre(keys)
