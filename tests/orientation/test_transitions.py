"""The state machine: every pair of state and action, and what any sequence of actions keeps true."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendrier import add_jours_ouvres
from common.clock import new_id
from common.codes import Categorie, EtatOrientation, Motif, MotifRetour
from common.errors import DonneeInvalide, Interdit, TransitionInterdite
from orientation.echeances.domain import REOUVERTURE, partir
from orientation.orientations.domain import (
    ANNONCES,
    CLOSES,
    COTES,
    MOTIFS,
    NEGATIVES,
    OUVERTES,
    RETOURS,
    TRANSITIONS,
    VERS,
    Action,
    Cote,
    Orientation,
    PredecesseurInvalide,
    RetourTropTard,
    RetraitDefinitif,
    decide,
    permises,
    possibles,
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
        "motif": Motif.annulee if etat is EtatOrientation.retiree else None,
        "depuis": NOW,
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
        assert event.model_dump().get("retour") == decision.retour
        assert (decision.retour is not None) == (action in RETOURS)


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
        *((e.acceptee, e.recue), (e.demarree, e.acceptee)),
        *((e.declinee, e.recue), (e.aboutie, e.demarree), (e.non_aboutie, e.demarree)),
        *((e.expiree, e.envoyee), (e.retiree, e.envoyee)),
    }
    assert len(VERS) == len(TRANSITIONS)
    assert {e.brouillon, *OUVERTES, *CLOSES} == set(EtatOrientation)


def test_an_end_is_only_taken_back_and_only_by_who_may() -> None:
    e = EtatOrientation
    assert {(etat, cote): permises(etat, cote) for etat in CLOSES for cote in Cote if permises(etat, cote)} == {
        **{(etat, Cote.partenaire): (Action.rouvrir,) for etat in (e.declinee, e.aboutie, e.non_aboutie)},
        **{(etat, Cote.emetteur): (Action.renvoyer,) for etat in (e.expiree, e.retiree)},
    }


def test_every_act_of_a_person_has_a_way_back_or_is_a_fact() -> None:
    """From where an act led, some act of a person leads back to where it was, or at least undoes what it did."""
    faits = {Action.recevoir, Action.complement_fournir, Action.faire_le_point, *RETOURS}
    defaites = {Action.envoyer: Action.annuler, Action.annuler: Action.renvoyer}
    for action, _, vers in TRANSITIONS:
        if COTES[action] is Cote.systeme or action in faits:
            continue
        retours = {autre for autre, de, _ in TRANSITIONS if de is vers and autre in RETOURS}
        assert defaites.get(action) in {autre for autre, de, _ in TRANSITIONS if de is vers} or retours, action


@pytest.mark.parametrize("etat", CLOSES)
@pytest.mark.parametrize("jours", [0, 9, 10, 11, 400])
def test_an_end_is_taken_back_for_a_bounded_time(etat: EtatOrientation, jours: int) -> None:
    avant = une(etat)
    action = next(action for action, de, _ in TRANSITIONS if de is etat)
    now = add_jours_ouvres(NOW, jours, "34") if jours else NOW
    if jours <= REOUVERTURE:
        assert action in possibles(avant, COTES[action], now)
        decide(avant, action, COTES[action], now, motif=MotifRetour.erreur)
    else:
        assert possibles(avant, COTES[action], now) == ()
        with pytest.raises(RetourTropTard) as refus:
            decide(avant, action, COTES[action], now, motif=MotifRetour.erreur)
        assert f" {REOUVERTURE} jours ouvrés" in refus.value.titre


@pytest.mark.parametrize("motif", [None, Motif.consentement_retire, *Motif])
def test_what_the_association_took_back_stays_so(motif: Motif | None) -> None:
    avant = une(EtatOrientation.retiree, motif=motif)
    if motif is Motif.annulee:
        assert decide(avant, Action.renvoyer, Cote.emetteur, NOW, motif=MotifRetour.erreur).apres.motif is None
    else:
        assert possibles(avant, Cote.emetteur, NOW) == ()
        with pytest.raises(RetraitDefinitif):
            decide(avant, Action.renvoyer, Cote.emetteur, NOW, motif=MotifRetour.erreur)


@pytest.mark.parametrize("action", MOTIFS)
@pytest.mark.parametrize("motif", [*Motif, *MotifRetour, None])
def test_reasons_are_a_closed_list(action: Action, motif: Motif | MotifRetour | None) -> None:
    avant = une(next(de for a, de, _ in TRANSITIONS if a is action))
    seul = len(MOTIFS[action]) == 1
    if motif in MOTIFS[action] or (motif is None and seul):
        decision = decide(avant, action, COTES[action], NOW, motif=motif)
        assert (decision.retour or decision.apres.motif) is (motif or MOTIFS[action][0])
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
        (event,) = proposer(suivante, precedente, None, NOW).events
        assert event.model_dump()["predecesseur_id"] == precedente.id
        with pytest.raises(PredecesseurInvalide):
            proposer(une(predecesseur_id=precedente.id), precedente, None, NOW)
    else:
        with pytest.raises(PredecesseurInvalide):
            proposer(suivante, precedente, None, NOW)


ATTENTES = {
    EtatOrientation.envoyee: True,
    EtatOrientation.recue: True,
    EtatOrientation.complement_demande: False,
    EtatOrientation.acceptee: False,
    EtatOrientation.demarree: False,
}


@given(st.lists(st.tuples(st.sampled_from(Action), st.integers(0, 200)), max_size=40))
def test_whatever_is_tried(essais: list[tuple[Action, int]]) -> None:
    """One event comes with each move; an open referral always has a deadline and a moment that the sweep waits for."""
    orientation, now = une(echeances=une().echeances.__class__()), NOW
    for action, heures in essais:
        now += timedelta(hours=heures)
        avant = orientation
        try:
            decision = decide(avant, action, COTES[action], now, **arguments(action))  # type: ignore[arg-type]
        except TransitionInterdite:
            assert (action, avant.etat) not in VERS
            continue
        except (RetourTropTard, RetraitDefinitif):
            assert avant.etat in CLOSES
            continue
        orientation = decision.apres
        assert len(decision.events) == 1
        if orientation.etat in ATTENTES:
            assert orientation.echeances.due_at is not None
            assert orientation.echeances.prochaine_at is not None
            assert (orientation.echeances.expire_at is not None) == ATTENTES[orientation.etat]
        else:
            assert orientation.echeances.prochaine_at is None
