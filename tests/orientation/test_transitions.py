"""The state machine: every pair of state and action, and what any sequence of actions keeps true."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import new_id
from common.codes import Categorie, EtatOrientation, Motif
from common.errors import DonneeInvalide, Interdit, TransitionInterdite
from orientation.echeances.domain import partir
from orientation.orientations.domain import (
    ANNONCES,
    CLOSES,
    COTES,
    MOTIFS,
    NEGATIVES,
    OUVERTES,
    TRANSITIONS,
    VERS,
    Action,
    Cote,
    Orientation,
    PredecesseurInvalide,
    decide,
    permises,
    proposer,
)

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
PAIRS = list(product(EtatOrientation, Action))


def une(etat: EtatOrientation = EtatOrientation.brouillon, **plus: object) -> Orientation:
    valeurs = {
        "id": new_id(),
        "dossier_id": new_id(),
        "partenaire_id": new_id(),
        "emetteur_id": new_id(),
        "dispositif": "dla",
        "departement": "34",
        "jours": 5,
        "categories": (Categorie.identite,),
        "etat": etat,
        "echeances": partir(NOW, 5, "34"),
    }
    return Orientation(**valeurs | plus)  # type: ignore[arg-type]


def arguments(action: Action) -> dict[str, object]:
    return {"motif": MOTIFS[action][0] if action in MOTIFS else None}


@pytest.mark.parametrize(("etat", "action"), PAIRS)
def test_each_pair(etat: EtatOrientation, action: Action) -> None:
    avant = une(etat)
    vers = {(a, de): v for a, de, v in TRANSITIONS}.get((action, etat))
    if vers is None:
        with pytest.raises(TransitionInterdite) as refus:
            decide(avant, action, COTES[action], NOW, **arguments(action))  # type: ignore[arg-type]
        assert refus.value.details == {"etat": etat.value, "permis": [a.value for a in permises(etat, COTES[action])]}
    else:
        decision = decide(avant, action, COTES[action], NOW, **arguments(action))  # type: ignore[arg-type]
        assert decision.apres.etat is vers
        (event,) = decision.events
        assert type(event) is ANNONCES[action]
        assert event.model_dump()["etat"] is vers
        assert event.model_dump()["motif"] == decision.apres.motif


@pytest.mark.parametrize(("etat", "action"), PAIRS)
@pytest.mark.parametrize("cote", Cote)
def test_the_other_sides_action_is_refused_in_every_state(etat: EtatOrientation, action: Action, cote: Cote) -> None:
    if cote is not COTES[action]:
        with pytest.raises(Interdit):
            decide(une(etat), action, cote, NOW, **arguments(action))  # type: ignore[arg-type]


def test_the_table_is_the_designs() -> None:
    moves = {(de, vers) for action, de, vers in TRANSITIONS if de is not vers}
    e = EtatOrientation
    chemin = [e.brouillon, e.envoyee, e.recue, e.acceptee, e.demarree]
    assert moves == {
        *pairwise(chemin),
        (e.demarree, e.aboutie),
        (e.demarree, e.non_aboutie),
        (e.recue, e.complement_demande),
        (e.complement_demande, e.recue),
        (e.recue, e.declinee),
        (e.complement_demande, e.declinee),
        (e.envoyee, e.expiree),
        (e.recue, e.expiree),
        *((de, e.retiree) for de in (e.brouillon, *OUVERTES)),
    }
    assert len(VERS) == len(TRANSITIONS)
    assert {e.brouillon, *OUVERTES, *CLOSES} == set(EtatOrientation)
    assert all(not permises(etat, cote) for etat in CLOSES for cote in Cote)


@pytest.mark.parametrize("action", MOTIFS)
@pytest.mark.parametrize("motif", [*Motif, None])
def test_reasons_are_a_closed_list(action: Action, motif: Motif | None) -> None:
    avant = une(next(de for a, de, _ in TRANSITIONS if a is action))
    seul = len(MOTIFS[action]) == 1
    if motif in MOTIFS[action] or (motif is None and seul):
        assert decide(avant, action, COTES[action], NOW, motif=motif).apres.motif is (motif or MOTIFS[action][0])
    else:
        with pytest.raises(DonneeInvalide) as refus:
            decide(avant, action, COTES[action], NOW, motif=motif)
        assert refus.value.champ == "motif"


def test_an_action_without_reason_takes_none() -> None:
    with pytest.raises(DonneeInvalide):
        decide(une(EtatOrientation.recue), Action.accepter, Cote.partenaire, NOW, motif=Motif.autre)


@pytest.mark.parametrize("etat", EtatOrientation)
def test_a_predecessor_is_of_the_same_case_and_ended_without_help(etat: EtatOrientation) -> None:
    precedente = une(etat)
    suivante = une(dossier_id=precedente.dossier_id, predecesseur_id=precedente.id)
    if etat in NEGATIVES:
        (event,) = proposer(suivante, precedente).events
        assert event.model_dump()["predecesseur_id"] == precedente.id
        with pytest.raises(PredecesseurInvalide):
            proposer(une(predecesseur_id=precedente.id), precedente)
    else:
        with pytest.raises(PredecesseurInvalide):
            proposer(suivante, precedente)


@given(st.lists(st.tuples(st.sampled_from(Action), st.integers(0, 200)), max_size=40))
def test_whatever_is_tried(essais: list[tuple[Action, int]]) -> None:
    """A closed referral stays closed, one event comes with each move, and time runs only while somebody must act."""
    orientation, now = une(echeances=une().echeances.__class__()), NOW
    for action, heures in essais:
        now += timedelta(hours=heures)
        avant = orientation
        try:
            decision = decide(avant, action, COTES[action], now, **arguments(action))  # type: ignore[arg-type]
        except TransitionInterdite:
            assert (action, avant.etat) not in VERS
            continue
        orientation = decision.apres
        assert avant.etat not in CLOSES
        assert len(decision.events) == 1
        attendue = orientation.etat in (EtatOrientation.envoyee, EtatOrientation.recue, EtatOrientation.complement_demande)
        if not attendue:
            assert orientation.echeances.prochaine_at is None
        if orientation.etat is EtatOrientation.complement_demande:
            assert orientation.echeances.expire_at is None
        if attendue:
            assert orientation.echeances.due_at is not None
