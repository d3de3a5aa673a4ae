"""The rules of trying again, as values and as properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import DonneeInvalide
from notifications.courriels.domain import Echec, Essai, EtatCourriel, Remise, digest, enhanced_code, pour_de_bon
from notifications.courriels.domain import Suite as SuiteCourriel
from notifications.courriels.domain import decider as decider_courriel
from notifications.dispatch.domain import attente
from notifications.livraisons.envoi import lire_retry_after
from notifications.livraisons.places import ASIDE, NEW, Places
from notifications.settings import NotificationsSettings
from notifications.webhooks.domain import Echec as EchecLivraison
from notifications.webhooks.domain import EtatLivraison, Reponse, decider, lire_statut, verifier_types

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = NotificationsSettings.model_fields["webhook_retry_seconds"].default
REPONSES = st.builds(
    Reponse,
    statut=st.none() | st.integers(100, 599),
    echec=st.sampled_from([None, *EchecLivraison]),
    latence_ms=st.integers(0, 15_000),
    apres=st.none() | st.timedeltas(timedelta(), timedelta(days=400)),
)
HASARD = st.floats(0, 1)


def test_the_schedule_is_ten_tries_over_three_days() -> None:
    """5 s, 5 min, 30 min, 2 h, 5 h, 10 h, then longer."""
    assert PLAN[:6] == (5, 300, 1_800, 7_200, 18_000, 36_000)
    assert len(PLAN) == 9
    assert timedelta(hours=70) < timedelta(seconds=sum(PLAN)) < timedelta(hours=74)
    assert list(PLAN) == sorted(PLAN)


@given(st.integers(1, 9), HASARD)
def test_the_jitter_is_a_fifth(tentative: int, hasard: float) -> None:
    """A pure function of the try and a random number."""
    wait = attente(tentative, hasard, PLAN)
    assert wait is not None
    assert 0.8 * PLAN[tentative - 1] - 1e-3 <= wait.total_seconds() <= 1.2 * PLAN[tentative - 1] + 1e-3


@given(st.lists(st.tuples(REPONSES, HASARD), min_size=10, max_size=10))
def test_no_delivery_is_forgotten(answers: list[tuple[Reponse, float]]) -> None:
    """For any sequence of answers: delivered, waiting with a due date ahead, or abandoned, at the latest after ten tries."""
    for tentative, (reponse, hasard) in enumerate(answers, 1):
        suite = decider(tentative, reponse, NOW, hasard, PLAN)
        assert (suite.etat is EtatLivraison.en_attente) is (suite.due_at is not None)
        assert (suite.etat is EtatLivraison.livree) is reponse.livree
        if suite.due_at is None:
            assert reponse.livree or reponse.echec is EchecLivraison.parti or tentative == 10
            return
        wait = suite.due_at - NOW
        assert wait >= timedelta(seconds=0.8 * PLAN[tentative - 1])
        assert wait >= min(reponse.apres or timedelta(), timedelta(hours=24))
        assert wait <= timedelta(hours=25)
    raise AssertionError("an eleventh try")


@pytest.mark.parametrize(
    ("statut", "echec"),
    [
        (200, None),
        (204, None),
        (299, None),
        (301, "redirection"),
        (308, "redirection"),
        (304, "redirection"),
        (400, "statut"),
        (404, "statut"),
        (410, "parti"),
        (429, "statut"),
        (500, "statut"),
        (503, "statut"),
        (199, "statut"),
    ],
)
def test_only_2xx_is_a_success(statut: int, echec: str | None) -> None:
    """Redirects are failures and 410 is an end."""
    assert lire_statut(statut) == echec


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("bientôt", None),
        ("-5", None),
        (None, None),
        ("", None),
        ("9" * 40, 10**7),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: int | None) -> None:
    """Seconds or a date; nonsense asks for nothing."""
    assert lire_retry_after(value, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("types", [[], ["*"], ["orientation"], ["orientation.proposee"], ["orientation.envoyee", "autre.*"]])
def test_unknown_types_are_refused(types: list[str]) -> None:
    """A typing mistake would mean silence."""
    with pytest.raises(DonneeInvalide):
        verifier_types(types)


@given(st.lists(st.sampled_from(["take", "slow", "ok", "ko"]), max_size=400), st.integers(1, 5))
def test_places_are_neither_lost_nor_invented(moves: list[str], endpoints: int) -> None:
    """Whatever happens, the free places are the total less those in use, and all are free again in the end."""
    from uuid import UUID

    places = Places(total=10, per_host=5)
    under_way: list[tuple[UUID, bool]] = []
    for number, move in enumerate(moves):
        webhook = UUID(int=number % endpoints)
        if move == "take" and places.free > 0 and places.limits().get(webhook, NEW) > 0:
            places.take(webhook)
            under_way.append((webhook, False))
        elif move == "slow" and under_way and not under_way[0][1]:
            first = under_way.pop(0)[0]
            under_way.append((first, places.step_aside(first)))
        elif move in ("ok", "ko") and under_way:
            webhook, aside = under_way.pop()
            places.give_back(webhook, answered=move == "ok", was_aside=aside)
        assert places.free == 10 - sum(not aside for _, aside in under_way)
        assert all(limit >= 0 for limit in places.limits().values())
        assert places.aside <= ASIDE
    for webhook, aside in under_way:
        places.give_back(webhook, answered=True, was_aside=aside)
    assert (places.free, places.aside, places.under_way.total()) == (10, 0, 0)


REMISES = st.sampled_from(
    [
        Remise(accepte=True, definitif=True),
        Remise(accepte=False, definitif=True, code="5.1.1", echec=Echec.refuse),
        Remise(accepte=False, definitif=False, code="4.2.1", echec=Echec.reporte),
        Remise(accepte=False, definitif=False, echec=Echec.serveur_injoignable),
    ]
)


@given(st.lists(st.one_of(st.lists(REMISES, min_size=3, max_size=3), st.none()), min_size=12, max_size=12), HASARD)
def test_no_mail_is_forgotten_and_nobody_has_it_twice(tries: list[list[Remise] | None], hasard: float) -> None:
    """For any sequence of answers; `None` is a directory that does not answer."""
    plan = NotificationsSettings.model_fields["mail_retry_seconds"].default
    accepted: dict[str, int] = {}
    suite = SuiteCourriel(EtatCourriel.en_attente, (), 0, 0)
    for tentative, answers in enumerate(tries, 1):
        remises = {f"d{n}": remise for n, remise in enumerate(answers or ()) if f"d{n}" not in suite.remis}
        for key, remise in remises.items():
            accepted[key] = accepted.get(key, 0) + remise.accepte
        essai = Essai(remises, None if answers else Echec.annuaire_injoignable)
        suite = decider_courriel(tentative, essai, suite, NOW, hasard, plan)
        assert (suite.etat is EtatCourriel.en_attente) is (suite.due_at is not None)
        assert suite.envoyes == sum(accepted.values())
        if suite.due_at is None:
            assert suite.remis == ()
            assert (suite.etat is EtatCourriel.envoye) is (suite.envoyes > 0)
            break
    else:
        raise AssertionError("a thirteenth try")
    assert max(accepted.values(), default=0) <= 1


@pytest.mark.parametrize(
    "code", ["5.1.1", "5.1.3", "5.1.10", "5.2.1", "5.2.2", "5.3.4", "5.4.1", "5.6.0", "550", "551", "552", "553"]
)
def test_a_refusal_of_a_recipient_or_of_a_message_is_for_good(code: str) -> None:
    assert pour_de_bon(code)


@pytest.mark.parametrize(
    "code", ["5.1.7", "5.1.8", "5.7.0", "5.7.1", "5.7.26", "5.5.1", "5.3.5", "530", "535", "554", "501", "4.1.1", "450"]
)
def test_a_refusal_of_us_or_for_now_is_not(code: str) -> None:
    assert not pour_de_bon(code)


def test_nothing_of_a_reply_is_kept_but_its_code() -> None:
    """The words of a reply hold the address."""
    assert enhanced_code(550, "5.1.1 <camille@association.example>: unknown") == "5.1.1"
    assert enhanced_code(550, "no such user camille@association.example") == "550"


def test_a_digest_is_of_one_mail_only() -> None:
    """The same address has another digest in another mail; its case does not matter."""
    from uuid import UUID

    one, two = UUID(int=1), UUID(int=2)
    assert digest(one, "A@b.example") == digest(one, "a@B.example") != digest(two, "a@b.example")
