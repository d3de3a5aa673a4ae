"""How an endpoint is followed, under a simulated clock: pauses, warnings, its end, its recovery; and nothing forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.livraisons.domain import REPONSE_MAX, Avis, Forme, Regles, expurger, suivre
from notifications.settings import NotificationsSettings
from notifications.webhooks.domain import Echec, EtatLivraison, Reponse, decider

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELDS = NotificationsSettings.model_fields
REGLES = Regles(FIELDS["webhook_retry_seconds"].default, FIELDS["webhook_pause_seconds"].default)
KO, OK, GONE = Reponse(500, Echec.statut), Reponse(200), Reponse(410, Echec.parti)
HASARD = st.floats(0, 1)


@given(st.lists(st.tuples(st.booleans(), st.timedeltas(timedelta(), timedelta(hours=30)), HASARD), max_size=60))
def test_an_endpoint_is_left_alone_warned_of_and_disabled_in_time(tries: list[tuple[bool, timedelta, float]]) -> None:
    """For any sequence of tries: the pause is bounded, a success forgets it all, no end comes before five days of failure."""
    forme, now, first, told = Forme(), NOW, None, False
    for livree, later, hasard in tries:
        now += later
        cut = forme.coupe_jusqu_a is not None and now < forme.coupe_jusqu_a
        suivi = suivre(forme, now, hasard, REGLES, livree=livree)
        first = None if livree else first if cut else first or now
        assert (suivi.avis is Avis.retabli) is (livree and told)
        if livree:
            assert suivi.forme == Forme()
            told = False
        if suivi.desactiver:
            assert first
            assert now - first >= timedelta(days=5)
            assert suivi.avis is Avis.desactive
            return
        if suivi.avis is Avis.difficulte:
            assert first
            assert not told
            assert now - first >= timedelta(days=1)
            told = True
        assert suivi.forme.averti is told
        if suivi.forme.coupe_jusqu_a:
            assert suivi.forme.echecs >= REGLES.seuil
            assert suivi.forme.coupe_jusqu_a - now <= timedelta(seconds=900 * 1.2)
        forme = suivi.forme


def test_many_that_fail_together_are_one_failure() -> None:
    """A hundred deliveries under way when the circuit is cut do not make the pause longer."""
    forme = Forme()
    for _ in range(100):
        forme = suivre(forme, NOW, 0.5, REGLES, livree=False).forme
    assert forme.echecs == REGLES.seuil
    assert forme.coupe_jusqu_a == NOW + timedelta(seconds=30)


def test_an_endpoint_that_is_gone_is_disabled_at_once() -> None:
    """And when somebody brings it back, its recovery is told."""
    suivi = suivre(Forme(), NOW, 0.5, REGLES, livree=False, parti=True)
    assert (suivi.desactiver, suivi.avis) == (True, Avis.desactive)
    assert suivre(suivi.forme, NOW, 0.5, REGLES, livree=True).avis is Avis.retabli


@given(st.lists(st.sampled_from([KO, OK, GONE, Reponse(echec=Echec.delai)]), max_size=80), st.integers(1, 8), HASARD)
def test_no_delivery_is_forgotten_whatever_the_endpoint_answers(answers: list[Reponse], count: int, hasard: float) -> None:
    """Deliveries, their schedule and the circuit together, under a simulated clock.

    Each ends delivered, or after ten tries, or with its endpoint; at every moment before that, one is due some day, and the
    circuit closes some day. When the answers run out, the endpoint fails for ever.
    """
    due: dict[int, datetime] = dict.fromkeys(range(count), NOW)
    tries: dict[int, int] = dict.fromkeys(range(count), 0)
    ended: dict[int, EtatLivraison] = {}
    forme, now, said = Forme(), NOW, iter(answers)
    disabled = False
    while due and not disabled:
        number = min(due, key=lambda one: (due[one], one))
        now = max(now, due[number], forme.coupe_jusqu_a or now)
        reponse = next(said, KO)
        tries[number] += 1
        suite = decider(tries[number], reponse, now, hasard, REGLES.plan)
        suivi = suivre(forme, now, hasard, REGLES, livree=reponse.livree, parti=reponse.echec is Echec.parti)
        forme, disabled = suivi.forme, suivi.desactiver
        del due[number]
        if suite.due_at is None:
            ended[number] = suite.etat
            assert reponse.livree or reponse.echec is Echec.parti or tries[number] == 10
        else:
            due[number] = suite.due_at
        assert now - NOW < timedelta(days=20)
    assert disabled or len(ended) == count


@pytest.mark.parametrize(
    ("reponse", "garde"),
    [
        (b"", ""),
        (b"erreur interne\r\n  ligne 12\x00", "erreur interne ligne 12"),
        ("Clé refusée".encode(), "Clé refusée"),
        (b"bad signature whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "bad signature …"),
        (b"Bearer eyJhbGciOiJFZERTQSJ9.abcdefghijklmnopqrstuv", "Bearer ….…"),
        (b"camille@asso.example, 06 12 34 56 78", "… …"),
        (b"SIREN 732829320", "SIREN …"),
        (b"\xff\xfe\xfa ok", "ok"),
    ],
)
def test_what_is_kept_of_an_answer_holds_no_secret(reponse: bytes, garde: str) -> None:
    """Secrets, addresses and numbers are struck out, on one line."""
    assert expurger(reponse) == garde


@given(st.binary(max_size=5000))
def test_what_is_kept_of_an_answer_is_short_and_printable(reponse: bytes) -> None:
    """Whatever the receiver says."""
    garde = expurger(reponse)
    assert len(garde) <= REPONSE_MAX
    assert not any(ord(sign) < 32 for sign in garde)
