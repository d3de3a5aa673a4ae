"""Limits: the rule as properties, and the headers of a real application."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.limites import Limite, Quota, juger

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
QUOTAS = st.builds(Quota, st.integers(1, 50), st.integers(1, 120).map(lambda seconds: timedelta(seconds=seconds)))
WAITS = st.lists(st.integers(0, 30_000).map(lambda ms: timedelta(milliseconds=ms)), max_size=150)


@given(QUOTAS, WAITS)
def test_never_more_than_the_quota_at_once_nor_than_its_pace(quota: Quota, waits: list[timedelta]) -> None:
    """In any stretch of time, no more pass than the quota and what its length pays back."""
    limite, now, passed = Limite(quota), NOW, list[datetime]()
    for wait in waits:
        now += wait
        if limite.compter("a", now).passe:
            passed.append(now)
    for first, begin in enumerate(passed):
        for count, end in enumerate(passed[first:], 1):
            assert count <= quota.nombre + (end - begin) / quota.pas + 0.01


@given(QUOTAS, WAITS)
def test_who_waits_as_told_passes(quota: Quota, waits: list[timedelta]) -> None:
    plein, now = None, NOW
    for wait in waits:
        now += wait
        verdict = juger(quota, plein, now)
        plein = verdict.plein
        assert 0 <= verdict.restent < quota.nombre
        if not verdict.passe:
            assert verdict.attendre > timedelta()
            assert not juger(quota, plein, now + verdict.attendre - timedelta(microseconds=2)).passe
            assert juger(quota, plein, now + verdict.attendre).passe
        else:
            assert verdict.attendre == timedelta()


@given(QUOTAS)
def test_what_remains_can_be_asked_at_once(quota: Quota) -> None:
    limite = Limite(quota)
    remaining = limite.compter("a", NOW).restent
    assert remaining == quota.nombre - 1
    assert all(limite.compter("a", NOW).passe for _ in range(remaining))
    assert not limite.compter("a", NOW).passe
    assert limite.compter("b", NOW).passe


def test_the_quiet_are_forgotten() -> None:
    limite = Limite(Quota(2))
    for key in "abc":
        limite.compter(key, NOW)
    limite.compter("d", NOW + timedelta(minutes=3))
    assert set(limite.pleins) == {"d"}
