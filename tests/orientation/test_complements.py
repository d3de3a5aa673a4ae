"""The rules of the thread: which questions may be asked, how a reply of each kind is read."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import new_id
from common.codes_echanges import TypeQuestion
from common.errors import DonneeInvalide
from common.filtres import nombre
from orientation.complements.domain import (
    CHOIX_MAX,
    FIL_MAX,
    QUESTIONS_MAX,
    TEXTE_MAX,
    FilComplet,
    Question,
    QuestionsChangees,
    SaisiesInvalides,
    lire,
    repondre,
    verifier,
)

T = TypeQuestion
AU_CHOIX = Question("Lequel ?", T.choix, choix=("Bilan arrêté", "Bilan provisoire"))


@pytest.mark.parametrize(
    ("questions", "fautes"),
    [
        ([], {"questions"}),
        ([Question("Quoi ?")] * (QUESTIONS_MAX + 1), {"questions"}),
        ([Question("  ")], {"questions.0.intitule"}),
        ([Question("Quoi ?"), Question("x" * (TEXTE_MAX + 1))], {"questions.1.intitule"}),
        ([Question("Quoi ?", T.choix)], {"questions.0.choix"}),
        ([Question("Quoi ?", T.choix, choix=("un",))], {"questions.0.choix"}),
        ([Question("Quoi ?", T.choix, choix=("un", "un"))], {"questions.0.choix"}),
        ([Question("Quoi ?", T.choix, choix=tuple(map(str, range(CHOIX_MAX + 1))))], {"questions.0.choix"}),
        ([Question("Quoi ?", T.choix, choix=("un", " "))], {"questions.0.choix"}),
        ([Question("Quoi ?", T.texte, choix=("un", "deux"))], {"questions.0.choix"}),
        ([Question("Quoi ?", obligatoire=False)], {"questions"}),
        ([Question(""), Question("Quoi ?", T.choix)], {"questions.0.intitule", "questions.1.choix"}),
    ],
)
def test_questions_that_cannot_be_asked(questions: list[Question], fautes: set[str]) -> None:
    with pytest.raises(SaisiesInvalides) as refus:
        verifier(questions, 0)
    assert set(refus.value.erreurs) == fautes
    assert {e["champ"] for e in refus.value.problem()["erreurs"]} == fautes


def test_a_thread_has_an_end() -> None:
    verifier([AU_CHOIX], FIL_MAX - 1)
    with pytest.raises(FilComplet) as refus:
        verifier([AU_CHOIX], FIL_MAX)
    assert f" {FIL_MAX} " in refus.value.titre


@pytest.mark.parametrize(
    ("type_", "saisie", "lue"),
    [
        (T.nombre, "12,5", "12.5"),
        (T.nombre, "1 200", "1200"),
        (T.nombre, "-3", "-3"),
        (T.nombre, "0,1234", "0.1234"),
        (T.montant, "1\u202f250,50 €", "1250.50"),
        (T.montant, "-4000", "-4000"),
        (T.date, "2026-03-27", "2026-03-27"),
        (T.oui_non, "oui", "oui"),
        (T.choix, "Bilan arrêté", "Bilan arrêté"),
        (T.texte, "Oui, en partie.", "Oui, en partie."),
    ],
)
def test_replies_are_kept_in_one_form(type_: TypeQuestion, saisie: str, lue: str) -> None:
    question = AU_CHOIX if type_ is T.choix else Question("Quoi ?", type_)
    assert lire(question, saisie) == lue


@pytest.mark.parametrize(
    ("type_", "saisie"),
    [
        *((T.nombre, s) for s in ("douze", "1,2,3", "1e9", "nan", "0,12345", "1" * 16, "١٢", "--1", "1.")),
        *((T.montant, s) for s in ("1,255", "mille", "€", "12 $")),
        *((T.date, s) for s in ("2026-02-30", "date incomplète", "27/03/2026", "1789-07-14", "2999-01-01")),
        *((T.oui_non, s) for s in ("Oui", "true", "peut-être")),
        *((T.choix, s) for s in ("bilan arrêté", "autre")),
        (T.texte, "x" * (TEXTE_MAX + 1)),
    ],
)
def test_replies_of_another_kind_are_refused_in_french(type_: TypeQuestion, saisie: str) -> None:
    question = AU_CHOIX if type_ is T.choix else Question("Quoi ?", type_)
    with pytest.raises(DonneeInvalide) as refus:
        lire(question, saisie)
    assert refus.value.remede.endswith(".")


def une_question(obligatoire: bool, type_: TypeQuestion) -> Question:
    return Question("Quoi ?", type_, obligatoire, ("a", "b") if type_ is T.choix else ())


SAISIES = st.one_of(
    st.text(max_size=30),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.dates().map(date.isoformat),
    st.sampled_from(["oui", "non", "a", "b", ""]),
)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(TypeQuestion), SAISIES), max_size=10))
def test_whatever_is_replied(essais: list[tuple[bool, TypeQuestion, str]]) -> None:
    """Either every wrong reply is named, or all required ones are kept, in a form that reads back as itself."""
    questions: dict[UUID, Question] = {}
    saisies: dict[UUID, str] = {}
    for obligatoire, type_, saisie in essais:
        id_ = new_id()
        questions[id_], saisies[id_] = une_question(obligatoire, type_), saisie
    refus: SaisiesInvalides | None
    lues: dict[UUID, str | None] = {}
    try:
        lues = repondre(questions, saisies)
    except SaisiesInvalides as error:
        refus = error
    else:
        refus = None
    if refus:
        assert set(refus.erreurs) <= {f"reponses.{id_}" for id_ in questions}
        return
    assert set(lues) == set(questions)
    for id_, lue in lues.items():
        assert lue is not None or not questions[id_].obligatoire
        if lue is not None:
            assert lire(questions[id_], lue) == lue


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_an_amount_written_in_french_reads_as_itself(montant: Decimal) -> None:
    assert Decimal(lire(Question("Combien ?", T.montant), nombre(montant, 2).replace("\u2212", "-"))) == montant


def test_a_reply_to_something_else_is_refused() -> None:
    with pytest.raises(QuestionsChangees):
        repondre({new_id(): AU_CHOIX}, {new_id(): "Bilan arrêté"})
