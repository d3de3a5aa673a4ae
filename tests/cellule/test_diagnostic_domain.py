"""The rules of the diagnostic, on values."""

import unicodedata
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellule.diagnostics.domain import (
    AUTEURS,
    LONGUEUR_MAX,
    QUI,
    TRANSITIONS,
    Action,
    Diagnostic,
    Section,
    decide,
    empreinte_de,
    normaliser,
    permises,
    qualite,
)
from common.actor import Actor, Role
from common.codes import EtatDiagnostic
from common.errors import DonneeInvalide, Erreur, Interdit, TransitionInterdite, VersionPerimee

ID, DOSSIER = UUID(int=1), UUID(int=2)
TEXTES = st.dictionaries(st.sampled_from(Section), st.text(max_size=40))
GESTES = st.tuples(st.sampled_from(Action), st.sampled_from(Role), st.sampled_from(["juste", "fausse"]))


def diagnostic(etat: EtatDiagnostic, numero: int = 1, validations: frozenset[Role] = frozenset()) -> Diagnostic:
    return Diagnostic(ID, DOSSIER, etat, numero, "e" if numero else None, validations)


@pytest.mark.parametrize("etat", EtatDiagnostic)
@pytest.mark.parametrize("action", Action)
def test_each_pair_of_state_and_action_is_in_the_table_or_refused(etat: EtatDiagnostic, action: Action) -> None:
    permis = [vers for a, depuis, vers in TRANSITIONS if a is action and depuis is etat]
    if permis:
        nouveau, _ = decide(diagnostic(etat), action, Role.animateur, empreinte="e", base=1)
        assert nouveau.etat in permis
        return
    with pytest.raises(TransitionInterdite) as refus:
        decide(diagnostic(etat), action, Role.animateur, empreinte="e", base=1)
    assert refus.value.details["etat"] == etat.value
    assert action.value not in refus.value.details["permis"]


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_only_those_named_may_act(action: Action, role: Role) -> None:
    etat = EtatDiagnostic.valide if action is Action.partager else EtatDiagnostic.ouvert
    if role in QUI[action]:
        decide(diagnostic(etat), action, role, empreinte="e", base=1)
    else:
        with pytest.raises(Interdit):
            decide(diagnostic(etat), action, role, empreinte="e", base=1)


@given(st.lists(GESTES, max_size=25))
def test_whatever_is_tried_the_state_follows_the_validations_of_the_present_version(
    gestes: list[tuple[Action, Role, str]],
) -> None:
    present = Diagnostic(ID, DOSSIER)
    for action, role, empreinte in gestes:
        proposee = f"version {present.numero + 1}" if action is Action.enregistrer else present.empreinte or ""
        try:
            nouveau, event = decide(
                present, action, role, empreinte=proposee if empreinte == "juste" else "autre", base=present.numero
            )
        except Erreur:
            continue
        assert (action, present.etat, nouveau.etat) in TRANSITIONS
        assert (event is None) is (action is Action.enregistrer)
        if event is not None:
            assert (event.etat, event.numero, event.empreinte) == (nouveau.etat, nouveau.numero, nouveau.empreinte)
        present = nouveau
        assert (present.etat is EtatDiagnostic.ouvert) is (present.validations != AUTEURS)
        assert (present.numero == 0) is (present.empreinte is None)
        assert present.validations == frozenset() or present.numero > 0


@given(st.sampled_from(EtatDiagnostic), st.integers(0, 3), st.sets(st.sampled_from(sorted(AUTEURS))), st.sampled_from(Role))
def test_buttons_are_what_decide_accepts(etat: EtatDiagnostic, numero: int, validations: set[Role], role: Role) -> None:
    present = diagnostic(etat, numero, frozenset(validations))
    acceptees = []
    for action in Action:
        try:
            decide(present, action, role, empreinte="e", base=numero)
        except Erreur:
            continue
        acceptees.append(action)
    assert list(permises(present, role)) == acceptees


def test_an_older_base_is_refused_with_the_present_number() -> None:
    with pytest.raises(VersionPerimee) as refus:
        decide(diagnostic(EtatDiagnostic.ouvert, 3), Action.enregistrer, Role.dirigeant, empreinte="n", base=2)
    assert refus.value.details["numero"] == 3


@given(TEXTES)
def test_normalised_text_is_canonical_and_its_print_tells_versions_apart(textes: dict[Section, str]) -> None:
    try:
        propres = normaliser(textes)
    except DonneeInvalide:
        assert not any(c.isprintable() and not c.isspace() for t in textes.values() for c in t)
        return
    assert normaliser(propres) == propres
    assert all(t == unicodedata.normalize("NFC", t) and "\r" not in t and "\x00" not in t for t in propres.values())
    empreinte = empreinte_de(ID, 1, propres)
    assert empreinte == empreinte_de(ID, 1, dict(reversed(propres.items())))
    assert len({empreinte, empreinte_de(ID, 2, propres), empreinte_de(DOSSIER, 1, propres)}) == 3
    for section in Section:
        assert empreinte_de(ID, 1, propres | {section: propres[section] + "x"}) != empreinte


def test_a_section_too_long_names_its_field() -> None:
    with pytest.raises(DonneeInvalide) as refus:
        normaliser({Section.finances: "x" * (LONGUEUR_MAX + 1)})
    assert refus.value.champ == "finances"


def test_in_which_role_somebody_stands_to_a_case() -> None:
    animateur = Actor("a", frozenset({Role.animateur, Role.agent}), departements=frozenset({"31"}))
    assert qualite(animateur, DOSSIER, "31") is Role.animateur
    assert qualite(animateur, DOSSIER, "59") is Role.agent
    assert qualite(Actor("d", frozenset({Role.dirigeant}), dossier_id=DOSSIER), DOSSIER, "31") is Role.dirigeant
    assert qualite(Actor("d", frozenset({Role.dirigeant}), dossier_id=ID), DOSSIER, "31") is Role.agent
