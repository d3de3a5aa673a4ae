"""The rules of links: no sequence of tries opens more than it should, whatever is asked for meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orientation.liens.domain import (
    CODE_DUREE,
    CODES_FENETRE,
    CODES_MAX,
    ESSAIS_MAX,
    Etat,
    Lien,
    LienClos,
    LienVerrouille,
    TropDeCodes,
    cle_de,
    code_juste,
    compter_code,
    empreinte_du_code,
    ouvrir,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLE = cle_de("r-a-secret-for-tests-alone")
LIEN = Lien(UUID(int=1), NOW + timedelta(days=30))


def avec_code(code: str, lien: Lien = LIEN) -> Lien:
    return replace(lien, code=empreinte_du_code(CLE, lien.id, code), code_expire_at=NOW + CODE_DUREE)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.text(max_size=20))
def test_only_its_own_digits_are_right(code: str, saisi: str) -> None:
    lien = avec_code(code)
    chiffres = "".join(c for c in saisi if c in "0123456789")
    assert code_juste(lien, CLE, saisi, NOW) is (chiffres == code)
    assert code_juste(lien, CLE, f" {code[:4]} {code[4:]}", NOW)
    assert not code_juste(replace(lien, id=UUID(int=2)), CLE, code, NOW), "a code of another link"
    assert not code_juste(lien, cle_de("r-another-secret"), code, NOW), "a hash under another key"


@given(st.timedeltas(timedelta(0), timedelta(hours=1)), st.integers(0, ESSAIS_MAX))
def test_neither_late_nor_after_five_wrong_ones(apres: timedelta, essais: int) -> None:
    lien = replace(avec_code("12345678"), essais=essais)
    juste = code_juste(lien, CLE, "12345678", NOW + apres)
    assert juste is (apres < CODE_DUREE and essais < ESSAIS_MAX)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=3)), max_size=40))
def test_codes_in_any_hour_are_few(attentes: list[timedelta]) -> None:
    lien, now, donnes = LIEN, NOW, []
    for attente in attentes:
        now += attente
        try:
            codes, depuis = compter_code(lien, now)
        except TropDeCodes:
            continue
        lien = replace(lien, codes=codes, codes_depuis=depuis)
        donnes.append(now)
    # Two windows may touch: never more than twice as many within an hour.
    assert all(sum(a <= b < a + CODES_FENETRE for b in donnes) <= 2 * CODES_MAX for a in donnes)


@pytest.mark.parametrize(
    ("plus", "etat"),
    [
        ({}, Etat.actif),
        ({"essais": ESSAIS_MAX}, Etat.verrouille),
        ({"expire_at": NOW}, Etat.expire),
        ({"retire_at": NOW}, Etat.retire),
        ({"clos_at": NOW, "retire_at": NOW, "expire_at": NOW, "essais": ESSAIS_MAX}, Etat.clos),
    ],
    ids=str,
)
def test_where_a_link_stands(plus: dict[str, object], etat: Etat) -> None:
    lien = replace(LIEN, **plus)  # type: ignore[arg-type]
    assert lien.etat(NOW) is etat
    if etat in (Etat.actif, Etat.verrouille):
        assert ouvrir(lien, NOW) is lien
    else:
        with pytest.raises(LienClos):
            ouvrir(lien, NOW)
    if etat is Etat.verrouille:
        with pytest.raises(LienVerrouille):
            compter_code(lien, NOW)


def test_an_unknown_link_gets_the_same_answer() -> None:
    with pytest.raises(LienClos):
        ouvrir(None, NOW)
