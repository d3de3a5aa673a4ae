"""What is read of a provider's claims about somebody: hints, of the form that they must have or nothing."""

import pytest

from common.oidc.values import identity_of


@pytest.mark.parametrize(
    ("dit", "lu"),
    [
        ("13002526500013", "13002526500013"),
        ("130 025 265 00013", "13002526500013"),
        (13002526500013, "13002526500013"),
        ("1300252650001", ""),
        ("130025265000130", ""),
        ("1300252650001x", ""),
        ("１３００２５２６５０００１３", ""),
        ("<script>", ""),
        (None, ""),
        (["13002526500013"], ""),
        ({}, ""),
    ],
    ids=repr,
)
def test_a_siret_is_fourteen_digits_or_nothing(dit: object, lu: str) -> None:
    assert identity_of("https://idp.example", {"sub": "x"}, {"siret": dit}, "").siret == lu
    assert identity_of("https://idp.example", {"sub": "x"}, {}, "").siret == ""
