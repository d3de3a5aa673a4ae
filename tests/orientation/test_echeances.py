"""The deadlines, as values: working days of the territory, whatever the moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendrier import is_jour_ouvre, jours_ouvres_between
from common.codes import Horloge
from common.territoires import departements, fuseau
from orientation.echeances.domain import (
    CADRE,
    INSISTANCE,
    RAPPEL_MINIMAL,
    RESTE_MINIMAL,
    SURSIS,
    attendre,
    escalader,
    lire,
    partir,
    relancer,
    reprendre,
    suspendre,
)

moments = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
territoires = st.sampled_from([d.code for d in departements()])
delais = st.integers(1, 30)


def test_known_dates() -> None:
    """A Thursday before Easter 2026: Good Friday counts in Hérault, not in Bas-Rhin."""
    jeudi = datetime(2026, 4, 2, 8, tzinfo=UTC)
    assert partir(jeudi, 2, "34").due_at == datetime(2026, 4, 7, 21, 59, 59, tzinfo=UTC)
    assert partir(jeudi, 2, "67").due_at == datetime(2026, 4, 8, 21, 59, 59, tzinfo=UTC)
    assert partir(jeudi, 2, "974").due_at == datetime(2026, 4, 7, 19, 59, 59, tzinfo=UTC)


@given(moments, delais, territoires)
def test_the_partners_clock(now: datetime, jours: int, departement: str) -> None:
    echeances = partir(now, jours, departement)
    assert echeances.due_at
    assert echeances.expire_at
    assert jours_ouvres_between(now, echeances.due_at, departement) == jours
    assert is_jour_ouvre(echeances.due_at.astimezone(fuseau(departement)).date(), departement)
    assert jours_ouvres_between(echeances.due_at, echeances.expire_at, departement) == SURSIS
    assert echeances.escalade_at == echeances.due_at
    assert echeances.lire_at
    assert jours_ouvres_between(now, echeances.lire_at, departement) == CADRE[Horloge.lire].jours
    for relance_at in echeances.relances:
        assert now + RAPPEL_MINIMAL <= relance_at < echeances.due_at
    if echeances.relance_at:
        assert jours_ouvres_between(now, echeances.relance_at, departement) >= jours // 2
    assert echeances.prochaine_at == min((*echeances.relances, echeances.due_at))
    assert lire(echeances).relance_lire_at is None
    assert lire(echeances).due_at == echeances.due_at


@given(moments, st.integers(2, 30), territoires, st.integers(1, 10))
def test_a_reminder_says_once_what_has_come_due(now: datetime, jours: int, departement: str, lecture: int) -> None:
    echeances, dites = partir(now, jours, departement, lecture), 0
    while echeances.relances:
        at = min(echeances.relances)
        avant, echeances = echeances.relances, relancer(echeances, at)
        assert set(echeances.relances) == {autre for autre in avant if autre > at}
        dites += 1
    assert dites <= 2


@given(moments, territoires, st.sampled_from([Horloge.completer, Horloge.demarrer, Horloge.suivre]), st.integers(0, 90))
def test_a_clock_that_never_expires_calls_again(now: datetime, departement: str, horloge: Horloge, retard: int) -> None:
    echeances = attendre(horloge, now, departement)
    assert echeances.due_at
    assert jours_ouvres_between(now, echeances.due_at, departement) == CADRE[horloge].jours
    for relance_at in echeances.relances:
        assert now + RAPPEL_MINIMAL <= relance_at < echeances.due_at
    assert not echeances.escaladee
    appel = echeances.due_at + timedelta(days=retard)
    for _ in range(3):
        echeances = escalader(echeances, appel, departement)
        assert echeances.escaladee
        assert echeances.expire_at is None
        assert echeances.relances == ()
        assert echeances.escalade_at
        assert jours_ouvres_between(appel, echeances.escalade_at, departement) == INSISTANCE
        appel = echeances.escalade_at


@given(moments, delais, territoires, st.integers(0, 40 * 24), st.integers(0, 40 * 24))
def test_a_question_stops_the_partners_clock(now: datetime, jours: int, departement: str, avant: int, pendant: int) -> None:
    depart = partir(now, jours, departement)
    assert depart.due_at
    question = now + timedelta(hours=avant)
    arret = suspendre(depart, question, departement)
    assert arret.due_at
    assert arret.expire_at is None
    assert jours_ouvres_between(question, arret.due_at, departement) == CADRE[Horloge.completer].jours
    reponse = question + timedelta(hours=pendant)
    suite = reprendre(arret, reponse, departement)
    assert suite.due_at
    reste = max(jours_ouvres_between(question, depart.due_at, departement), RESTE_MINIMAL)
    assert jours_ouvres_between(reponse, suite.due_at, departement) == reste


@given(moments, delais, territoires, st.integers(0, 60 * 24))
def test_a_late_escalation_leaves_a_working_day_before_the_expiry(
    now: datetime, jours: int, departement: str, retard: int
) -> None:
    depart = partir(now, jours, departement)
    assert depart.due_at
    assert depart.expire_at
    a_l_heure = escalader(depart, depart.due_at + timedelta(seconds=30), departement)
    assert a_l_heure.expire_at == depart.expire_at
    tard = depart.due_at + timedelta(hours=retard)
    apres = escalader(depart, tard, departement)
    assert apres.expire_at
    assert apres.expire_at >= depart.expire_at
    assert jours_ouvres_between(tard, apres.expire_at, departement) >= 1
    assert apres.escalade_at is None
    assert apres.prochaine_at == apres.expire_at


@pytest.mark.parametrize("jours", [0, -1])
def test_a_delay_is_at_least_a_day(jours: int) -> None:
    with pytest.raises(ValueError, match="delai-invalide"):
        partir(datetime(2026, 1, 1, tzinfo=UTC), jours, "34")


@given(moments, st.integers(6, 30), territoires, st.booleans())
def test_an_answer_gives_no_second_reminder(now: datetime, jours: int, departement: str, rappele: bool) -> None:
    """A question asked after the reminder, then answered: the partner's clock runs again and reminds only if it had not."""
    avant = partir(now, jours, departement)
    assert avant.relance_at
    pose = avant.relance_at if rappele else now + timedelta(hours=1)
    avant = relancer(avant, pose) if rappele else avant
    apres = reprendre(suspendre(avant, pose, departement), pose, departement)
    assert apres.due_at
    assert rappele <= (apres.relance_at is None)
    if not rappele and jours_ouvres_between(pose, apres.due_at, departement) >= 6:
        assert apres.relance_at
