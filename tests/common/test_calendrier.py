"""Working days: known days of each territory, and the properties that every deadline must have."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendrier import (
    DelaiInvalide,
    MomentSansFuseau,
    add_jours_ouvres,
    date_locale,
    is_jour_ouvre,
    jours_feries,
    jours_ouvres_between,
)
from common.territoires import TerritoireInconnu, collectivites, departements, fuseau

CODES = [d.code for d in departements() + collectivites()]

territoires = st.sampled_from(CODES)
decalages = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC) | decalages)  # noqa: DTZ001
delais = st.integers(1, 40)


@pytest.mark.parametrize(
    ("jour", "feries_dans", "ouvre_dans"),
    [
        (date(2026, 4, 3), ["57", "67", "68", "971"], ["34", "75", "974", "2A"]),
        (date(2028, 12, 26), ["57", "67", "68"], ["54", "88", "972"]),
        (date(2026, 5, 22), ["972"], ["971", "973", "75"]),
        (date(2026, 5, 27), ["971"], ["972", "978", "75"]),
        (date(2026, 5, 28), ["978"], ["971", "75"]),
        (date(2026, 6, 10), ["973"], ["974", "75"]),
        (date(2027, 12, 20), ["974"], ["973", "75"]),
        (date(2026, 4, 27), ["976"], ["974", "75"]),
        (date(2026, 10, 9), ["977"], ["971", "75"]),
        (date(2026, 9, 24), ["988"], ["987", "75"]),
        (date(2026, 7, 14), CODES, []),
        (date(2026, 5, 25), CODES, []),
    ],
)
def test_public_holidays_by_territory(jour: date, feries_dans: list[str], ouvre_dans: list[str]) -> None:
    assert [code for code in feries_dans if is_jour_ouvre(jour, code)] == []
    assert [code for code in ouvre_dans if not is_jour_ouvre(jour, code)] == []


def test_eleven_public_holidays_on_the_mainland() -> None:
    assert len(jours_feries(2026, "34")) == 11
    assert len(jours_feries(2026, "67")) == 13


@pytest.mark.parametrize(
    ("moment", "n", "code", "echeance"),
    [
        # Thursday to Friday, in winter then in summer.
        ("2026-01-15T09:00:00+00:00", 1, "34", "2026-01-16T22:59:59+00:00"),
        ("2026-07-16T09:00:00+00:00", 1, "34", "2026-07-17T21:59:59+00:00"),
        # From a Saturday, a Sunday or a Friday, the first working day is Monday.
        ("2026-01-16T09:00:00+00:00", 1, "34", "2026-01-19T22:59:59+00:00"),
        ("2026-01-17T09:00:00+00:00", 1, "34", "2026-01-19T22:59:59+00:00"),
        ("2026-01-18T09:00:00+00:00", 1, "34", "2026-01-19T22:59:59+00:00"),
        # Easter: Good Friday counts in Montpellier and not in Strasbourg.
        ("2026-04-02T09:00:00+00:00", 1, "34", "2026-04-03T21:59:59+00:00"),
        ("2026-04-02T09:00:00+00:00", 1, "67", "2026-04-07T21:59:59+00:00"),
        # The clocks go forward on 29 March 2026 and back on 25 October 2026.
        ("2026-03-27T09:00:00+00:00", 1, "34", "2026-03-30T21:59:59+00:00"),
        ("2026-10-23T09:00:00+00:00", 1, "34", "2026-10-26T22:59:59+00:00"),
        # 21:30 UTC on a Thursday is already Friday in La Réunion, and still Thursday in Guadeloupe.
        ("2026-01-15T21:30:00+00:00", 1, "974", "2026-01-19T19:59:59+00:00"),
        ("2026-01-15T21:30:00+00:00", 1, "971", "2026-01-17T03:59:59+00:00"),
        # Abolition day in Martinique is a Friday before the Monday of Pentecost: four days without work.
        ("2026-05-21T12:00:00+00:00", 1, "972", "2026-05-27T03:59:59+00:00"),
        # Across a new year.
        ("2026-12-30T09:00:00+00:00", 2, "34", "2027-01-04T22:59:59+00:00"),
    ],
)
def test_known_deadlines(moment: str, n: int, code: str, echeance: str) -> None:
    assert add_jours_ouvres(datetime.fromisoformat(moment), n, code) == datetime.fromisoformat(echeance)


@given(moments, delais, territoires)
def test_a_deadline_is_the_last_second_of_a_local_working_day(moment: datetime, n: int, code: str) -> None:
    echeance = add_jours_ouvres(moment, n, code)
    locale = echeance.astimezone(fuseau(code))
    assert echeance.tzinfo is UTC
    assert (locale.hour, locale.minute, locale.second, locale.microsecond) == (23, 59, 59, 0)
    assert locale.weekday() < 5
    assert locale.date() not in jours_feries(locale.year, code)


@given(moments, delais, territoires)
def test_exactly_n_working_days_are_left(moment: datetime, n: int, code: str) -> None:
    echeance = add_jours_ouvres(moment, n, code)
    assert jours_ouvres_between(moment, echeance, code) == n
    # Counted one by one on a plain calendar, without the function under test.
    jour, fin = moment.astimezone(fuseau(code)).date(), echeance.astimezone(fuseau(code)).date()
    jours = [jour + timedelta(days=i) for i in range(1, (fin - jour).days + 1)]
    assert sum(j.weekday() < 5 and j not in jours_feries(j.year, code) for j in jours) == n


@given(moments, delais, territoires)
def test_a_longer_delay_ends_later(moment: datetime, n: int, code: str) -> None:
    assert add_jours_ouvres(moment, n, code) < add_jours_ouvres(moment, n + 1, code)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), delais, territoires)
def test_a_later_moment_never_ends_earlier(moment: datetime, plus: timedelta, n: int, code: str) -> None:
    assert add_jours_ouvres(moment, n, code) <= add_jours_ouvres(moment + plus, n, code)


@given(moments, delais, delais, territoires)
def test_delays_add_up(moment: datetime, n: int, m: int, code: str) -> None:
    assert add_jours_ouvres(add_jours_ouvres(moment, n, code), m, code) == add_jours_ouvres(moment, n + m, code)


@given(moments, delais, territoires, decalages)
def test_only_the_instant_matters(moment: datetime, n: int, code: str, autre: timezone) -> None:
    assert add_jours_ouvres(moment.astimezone(autre), n, code) == add_jours_ouvres(moment, n, code)


@given(moments, delais, territoires)
def test_a_deadline_lies_in_the_future(moment: datetime, n: int, code: str) -> None:
    assert add_jours_ouvres(moment, n, code) > moment


@given(moments, moments, moments, territoires)
def test_counts_add_up_and_change_sign(a: datetime, b: datetime, c: datetime, code: str) -> None:
    assert jours_ouvres_between(a, a, code) == 0
    assert jours_ouvres_between(a, b, code) == -jours_ouvres_between(b, a, code)
    assert jours_ouvres_between(a, b, code) + jours_ouvres_between(b, c, code) == jours_ouvres_between(a, c, code)


def test_the_local_date_is_the_one_on_the_wall() -> None:
    moment = datetime(2026, 1, 15, 21, 30, tzinfo=UTC)
    assert date_locale(moment, "75") == date(2026, 1, 15)
    assert date_locale(moment, "974") == date(2026, 1, 16)
    assert date_locale(datetime(2026, 1, 15, 2, 0, tzinfo=UTC), "973") == date(2026, 1, 14)


def test_refusals_have_names() -> None:
    moment = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
    with pytest.raises(DelaiInvalide):
        add_jours_ouvres(moment, 0, "34")
    with pytest.raises(MomentSansFuseau):
        add_jours_ouvres(moment.replace(tzinfo=None), 1, "34")
    with pytest.raises(MomentSansFuseau):
        jours_ouvres_between(moment, moment.replace(tzinfo=None), "34")
    with pytest.raises(TerritoireInconnu):
        add_jours_ouvres(moment, 1, "99")
