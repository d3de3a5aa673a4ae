"""How an endpoint fares, as values: what counts as failing on and on, and what its recovery means."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.livraisons.domain import Avis, Forme, Regles, suivre
from notifications.settings import NotificationsSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = NotificationsSettings.model_fields["webhook_retry_seconds"].default
REGLES = Regles(PLAN)
GAPS = st.lists(
    st.one_of(
        st.timedeltas(timedelta(), timedelta(hours=12)),
        st.timedeltas(timedelta(hours=12), REGLES.silence),
        st.timedeltas(REGLES.silence, timedelta(days=60)),
        st.just(REGLES.silence),
    ),
    max_size=40,
)
HASARD = st.floats(0, 1)


@given(GAPS, HASARD)
def test_an_endpoint_is_disabled_by_five_days_of_failures_without_a_break(gaps: list[timedelta], hasard: float) -> None:
    """Whenever the tries are made: what is longer ago than a silence counts for nothing, and what is not counts."""
    forme, now = Forme(), NOW
    start, last = NOW, NOW
    for gap in gaps:
        now += gap
        start = start if now - last <= REGLES.silence else now
        last = now
        spared = forme.coupe_jusqu_a is not None and now < forme.coupe_jusqu_a
        if forme.dernier is None:
            start = now
        suivi = suivre(forme, now, hasard, REGLES, livree=False)
        long = suivi.forme.echecs >= REGLES.seuil or suivi.desactiver
        if suivi.desactiver:
            assert now - start >= REGLES.desactiver_apres
            return
        assert spared or not long or now - start < REGLES.desactiver_apres
        assert suivi.avis is not Avis.difficulte or now - start >= REGLES.avertir_apres
        assert suivi.forme.dernier == now
        assert spared or suivi.forme.depuis == start
        forme = suivi.forme


def test_no_wait_between_two_tries_of_a_delivery_is_a_silence() -> None:
    """Nor is one with the longest pause after it: an endpoint with a single event that fails is followed to its end."""
    longest = 1.2 * (max(PLAN) + REGLES.pauses[-1])
    assert timedelta(seconds=longest) < REGLES.silence < REGLES.desactiver_apres


def test_a_failure_of_long_ago_and_one_of_today_are_two_failures() -> None:
    """Ten tries of one event, six weeks without any, and one more that fails."""
    forme, now = Forme(), NOW
    for wait in (0, *PLAN):
        now += timedelta(seconds=wait)
        forme = suivre(forme, now, 0.5, REGLES, livree=False).forme
    assert (forme.echecs, forme.averti) == (10, True)
    suivi = suivre(forme, now + timedelta(weeks=6), 0.5, REGLES, livree=False)
    assert not suivi.desactiver
    assert suivi.forme.depuis == now + timedelta(weeks=6)


@given(st.integers(0, 12), HASARD)
def test_only_what_was_left_alone_is_back(failures: int, hasard: float) -> None:
    """A failure now and then is no end of anything: what waits keeps its schedule."""
    forme, now = Forme(), NOW
    for _ in range(failures):
        now += timedelta(hours=1)
        forme = suivre(forme, now, hasard, REGLES, livree=False).forme
    suivi = suivre(forme, now + timedelta(hours=1), hasard, REGLES, livree=True)
    assert suivi.reprise is (failures >= REGLES.seuil)
    assert suivi.forme == Forme()
