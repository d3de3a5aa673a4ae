"""The rules of cases, consents and codes, on values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.codes import Categorie, EtatConsentement, EtatDossier, Finalite, Indicateur, IssueDossier, Niveau
from common.errors import TransitionInterdite
from signalement.consentements import domain as consentement
from signalement.consentements import textes
from signalement.espace import domain as espace
from signalement.signalements import domain as dossier

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CASE = dossier.Dossier(uuid4(), EtatDossier.depose, 4, (Indicateur.deficit_recurrent,))
CONSENT = consentement.Consentement(
    uuid4(), uuid4(), uuid4(), Finalite.orientation, (Categorie.identite,), EtatConsentement.demande, "2026-11"
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
states = st.sampled_from(EtatConsentement)
actions = st.sampled_from(consentement.ACTIONS)

SHOWN_2026_11 = "174e2bf2007969e7adb5c87259ad0eb54b45c607a196ce59b42450fbe457fac3"
LEGAL = {(action, before): after for action, before, after in consentement.TRANSITIONS}


def in_state(etat: EtatConsentement) -> consentement.Consentement:
    """A consent in that state; one that was given ended a day ago."""
    given_once = etat in (EtatConsentement.donne, EtatConsentement.retire, EtatConsentement.expire)
    return replace(CONSENT, etat=etat, expire_le=NOW - timedelta(days=1) if given_once else None)


@pytest.mark.parametrize("etat", EtatConsentement)
@pytest.mark.parametrize("action", consentement.ACTIONS)
def test_every_move_of_a_consent_is_in_the_table_or_refused(action: str, etat: EtatConsentement) -> None:
    if (action, etat) in LEGAL:
        new, events = consentement.decide(in_state(etat), action, NOW, "2026-11")
        assert new.etat is LEGAL[action, etat]
        assert [event.fact for event in events] == [new.etat.value]
        return
    with pytest.raises(TransitionInterdite) as info:
        consentement.decide(in_state(etat), action, NOW, "2026-11")
    assert info.value.details == {"etat": str(etat), "permis": consentement.actions(etat)}


@given(st.lists(st.tuples(actions, moments)))
def test_a_consent_holds_only_between_giving_and_its_end(steps: list[tuple[str, datetime]]) -> None:
    current, given_at = CONSENT, None
    for action, now in steps:
        try:
            current, _ = consentement.decide(current, action, now, "2026-11")
        except (TransitionInterdite, consentement.PasEncoreExpire):
            continue
        given_at = now if action == "donner" else given_at
    for _, moment in steps:
        if current.holds(moment):
            assert current.etat is EtatConsentement.donne
            assert given_at is not None
            assert moment < given_at + timedelta(days=366)
    if current.etat in consentement.ENDED:
        assert not consentement.actions(current.etat)


@given(moments)
def test_the_clock_ends_a_consent_whether_or_not_a_sweep_has_passed(now: datetime) -> None:
    given_one, _ = consentement.decide(CONSENT, "donner", now, "2026-11")
    assert given_one.expire_le is not None
    assert given_one.holds(given_one.expire_le - timedelta(microseconds=1))
    assert not given_one.holds(given_one.expire_le)
    with pytest.raises(consentement.PasEncoreExpire):
        consentement.decide(given_one, "expirer", given_one.expire_le - timedelta(microseconds=1))
    expired, _ = consentement.decide(given_one, "expirer", given_one.expire_le)
    assert expired.fini_le == given_one.expire_le


def test_a_year_ends_on_the_same_day_and_the_28th_for_a_leap_day() -> None:
    assert consentement.a_year_after(NOW) == NOW.replace(year=2027)
    assert consentement.a_year_after(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2029, 2, 28, tzinfo=UTC)


def test_only_the_text_that_was_read_is_agreed_to() -> None:
    with pytest.raises(consentement.TexteModifie):
        consentement.decide(CONSENT, "donner", NOW, "2025-01")


@given(st.lists(st.sampled_from(Categorie)))
def test_equal_sets_of_categories_are_equal_rows(categories: list[Categorie]) -> None:
    assert consentement.in_order(tuple(categories)) == consentement.in_order(tuple(reversed(categories)))


@pytest.mark.parametrize("finalite", Finalite)
def test_the_text_names_the_recipient_and_each_category(finalite: Finalite) -> None:
    texte = textes.texte_of(textes.VERSION, finalite, "France Active", (Categorie.identite, Categorie.contact))
    assert "France Active" in texte
    assert "identité de l’association et coordonnées de la personne à joindre" in texte
    assert "douze mois" in texte
    assert "{" not in texte


def test_a_text_that_was_shown_is_never_changed() -> None:
    shown = "".join(textes.TEXTES["2026-11"][finalite] for finalite in Finalite)
    assert textes.empreinte_of(shown) == SHOWN_2026_11


@pytest.mark.parametrize("etat", EtatDossier)
@pytest.mark.parametrize("action", [dossier.Qualifier(Niveau.gerer_crise), dossier.Clore(IssueDossier.redressee)])
def test_every_move_of_a_case_is_in_the_table_or_refused(etat: EtatDossier, action: dossier.Qualifier | dossier.Clore) -> None:
    case = replace(CASE, etat=etat)
    name = "clore" if isinstance(action, dossier.Clore) else "qualifier"
    if name in dossier.actions(etat):
        new, events = dossier.decide(case, action)
        assert (name, etat, new.etat) in dossier.TRANSITIONS
        assert len(events) == 1
        return
    with pytest.raises(TransitionInterdite):
        dossier.decide(case, action)


def test_qualifying_keeps_what_it_does_not_say() -> None:
    new, (event,) = dossier.decide(CASE, dossier.Qualifier(Niveau.faire_face))
    assert (new.mois_avant_rupture, new.indicateurs) == (4, (Indicateur.deficit_recurrent,))
    assert event.model_dump()["horizon"] == "de_3_a_6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Association L’Étang", "ETANG"),
        ("Les Amis de la Forêt", "amis foret"),
        ("Asso. Café-Théâtre", "Café théâtre"),
        ("Association", "association"),
    ],
)
def test_names_are_compared_without_what_hides_them(one: str, other: str) -> None:
    assert dossier.nom_compare(one) == dossier.nom_compare(other)


def test_the_day_when_cash_runs_out() -> None:
    assert dossier.rupture_le(date(2026, 3, 2), 0) == date(2026, 3, 2)
    assert dossier.rupture_le(date(2026, 3, 2), 2) == date(2026, 5, 1)
    assert dossier.rupture_le(date(2026, 3, 2), None) is None


KEY = espace.key_of("secret")


@given(st.uuids(), st.uuids())
def test_codes_are_eight_digits_and_tell_accesses_apart(one: UUID, other: UUID) -> None:
    code = espace.code_of(KEY, one)
    assert len(code) == espace.CODE_DIGITS
    assert code.isdecimal()
    assert code != espace.code_of(espace.key_of("autre"), one)
    assert one == other or code != espace.code_of(KEY, other)


@given(st.uuids(), st.text())
def test_nothing_but_the_code_opens(acces_id: UUID, typed: str) -> None:
    acces = espace.Acces(acces_id, NOW + timedelta(hours=1), None, 0)
    right = espace.code_of(KEY, acces_id)
    assert espace.opens(acces, KEY, f" {right[:4]}\u00a0{right[4:]} ", NOW)
    assert not espace.opens(acces, KEY, typed, NOW) or "".join(c for c in typed if c in "0123456789") == right


@pytest.mark.parametrize(
    "changes",
    [{"expire_le": None}, {"expire_le": NOW}, {"utilise_le": NOW}, {"essais": espace.MAX_TRIES}],
    ids=["not sent", "too old", "used", "tried too often"],
)
def test_the_right_code_does_not_open_what_is_shut(changes: dict[str, object]) -> None:
    acces = replace(espace.Acces(uuid4(), NOW + timedelta(hours=1), None, 0), **changes)  # type: ignore[arg-type]
    assert not espace.opens(acces, KEY, espace.code_of(KEY, acces.id), NOW)
