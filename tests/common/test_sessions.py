"""The rules of sessions: how long one lasts, what its token gives away, and where a form may come from."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from common.actor import Actor, Role
from common.csrf import from_elsewhere, is_form
from common.sessions import LIMITES, Fin, Jeton, fin_de

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ICI = "https://relais.example"
seconds = st.integers(0, 100_000)


@given(st.sampled_from(sorted(LIMITES)), seconds, seconds)
def test_a_session_lasts_as_long_as_it_is_used_and_no_longer_than_its_end(owner: str, vue: int, encore: int) -> None:
    limites = LIMITES[owner]
    seen = NOW + timedelta(seconds=vue)
    now = seen + timedelta(seconds=encore)
    fin = fin_de(NOW, seen, limites, now)
    assert (fin is None) == (now < NOW + limites.duree and now < seen + limites.inactivite)
    if fin is Fin.inactivite:
        assert fin_de(NOW, now, limites, now) is None, "using it a moment before would have kept it"
    if fin is Fin.duree:
        assert fin_de(NOW, now, limites, now) is Fin.duree, "no use keeps it longer"


@given(st.sampled_from(sorted(LIMITES)), seconds, seconds, seconds)
def test_what_is_over_stays_over(owner: str, vue: int, encore: int, plus: int) -> None:
    seen = NOW + timedelta(seconds=vue)
    now = seen + timedelta(seconds=encore)
    if fin_de(NOW, seen, LIMITES[owner], now):
        assert fin_de(NOW, seen, LIMITES[owner], now + timedelta(seconds=plus))


@pytest.mark.parametrize("owner", sorted(LIMITES))
def test_a_token_comes_back_as_it_went_and_is_in_nothing_else(owner: str) -> None:
    jeton, autre = Jeton.new(owner), Jeton.new(owner)
    assert Jeton.read(jeton.cookie) == jeton
    assert len(jeton.secret) >= 43  # 256 bits
    kept = (jeton.csrf, jeton.empreinte.hex(), jeton.cle_id_token, repr(jeton), str(jeton))
    assert not any(jeton.secret in each for each in kept)
    assert len({jeton.csrf, jeton.cle_id_token, autre.csrf, autre.cle_id_token}) == 4
    assert jeton.owns_form(jeton.csrf)
    assert not any(map(jeton.owns_form, (autre.csrf, "", "é", jeton.csrf[:-1], jeton.csrf + "A")))


@given(st.text(max_size=80))
def test_nothing_else_is_a_token(cookie: str) -> None:
    jeton = Jeton.read(cookie)
    assert jeton is None or jeton.cookie == cookie


def test_the_two_owners_do_not_share_a_hash() -> None:
    """A token of one owner is not one of the other: the hash is of both parts."""
    jeton = Jeton.new("orientation")
    assert Jeton("signalement", jeton.secret).empreinte != jeton.empreinte


@pytest.mark.parametrize("role", Role)
def test_each_owner_signs_its_own_people_in(role: Role) -> None:
    actor = Actor("x", frozenset({role}), dossier_id=uuid4() if role is Role.dirigeant else None)
    assert Jeton.new("signalement").may_bear(actor) is (role is Role.dirigeant)
    assert Jeton.new("orientation").may_bear(actor) is (role is not Role.dirigeant)
    assert not Jeton.new("signalement").may_bear(Actor("x", frozenset({role})))


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"origin": ICI}, False),
        ({"origin": ICI, "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": ICI, "sec-fetch-site": "cross-site"}, True),
        ({"origin": ICI, "sec-fetch-site": "same-site"}, True),
        ({"origin": "https://autre.relais.example"}, True),
        ({"origin": "http://relais.example"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], elsewhere: bool) -> None:
    assert from_elsewhere(Headers(headers), ICI) is elsewhere


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("application/x-www-form-urlencoded", True),
        ("multipart/form-data; boundary=x", True),
        ("Text/Plain;charset=utf-8", True),
        ("application/json", False),
        ("", False),
    ],
)
def test_what_a_form_can_send(content_type: str, form: bool) -> None:
    assert is_form(Headers({"content-type": content_type} if content_type else {})) is form
