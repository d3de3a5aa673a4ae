"""Who must act, what, and by when: in every state, at any moment."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.codes import EtatConsentement, EtatOrientation, Motif, Partie, ProchaineEtape
from orientation.etapes.domain import prochaine_etape
from orientation.orientations.domain import (
    CLOSES,
    COTES,
    Action,
    Orientation,
    RetourTropTard,
    RetraitDefinitif,
    a_faire,
    decide,
    entendre_accord,
    permises,
    proposer,
)
from orientation.transitions.domain import Cote
from tests.orientation.monde import AGENT, ANIMATEUR, Hub, donne, entendre, retire
from tests.orientation.test_transitions import NOW, arguments, une

E = EtatOrientation


def brouillon() -> Orientation:
    return proposer(une(), None, None, NOW).apres


@given(st.lists(st.tuples(st.sampled_from(Action), st.integers(0, 300)), max_size=30), st.integers(0, 400))
def test_every_open_state_has_a_party_a_step_and_a_deadline(essais: list[tuple[Action, int]], jours: int) -> None:
    orientation, now = brouillon(), NOW
    for action, heures in essais:
        now += timedelta(hours=heures)
        if action in permises(orientation.etat, COTES[action]):
            try:
                orientation = decide(orientation, action, COTES[action], now, **arguments(action)).apres  # type: ignore[arg-type]
            except (RetourTropTard, RetraitDefinitif):
                continue
        etape = prochaine_etape(orientation, now + timedelta(days=jours))
        if orientation.etat in CLOSES:
            assert (etape.qui, etape.quoi, etape.avant, etape.en_retard) == (Partie.personne, ProchaineEtape.rien, None, False)
        else:
            assert etape.qui is not Partie.personne
            assert etape.quoi is not ProchaineEtape.rien
            assert etape.avant is not None
            if etape.avant < now + timedelta(days=jours):
                assert etape.en_retard


@pytest.mark.parametrize(
    ("chemin", "qui", "quoi"),
    [
        ((), Partie.association, "donner_accord"),
        (("envoyer",), Partie.partenaire, "lire"),
        (("envoyer", "recevoir"), Partie.partenaire, "repondre"),
        (("envoyer", "recevoir", "complement-demander"), Partie.emetteur, "completer"),
        (("envoyer", "recevoir", "accepter"), Partie.partenaire, "demarrer"),
        (("envoyer", "recevoir", "accepter", "demarrer"), Partie.partenaire, "suivre"),
    ],
)
def test_each_open_state_names_its_step_then_calls_the_animateur(chemin: tuple[str, ...], qui: Partie, quoi: str) -> None:
    orientation = brouillon()
    for nom in chemin:
        action = Action(nom)
        orientation = decide(orientation, action, COTES[action], NOW, **arguments(action)).apres  # type: ignore[arg-type]
    etape = prochaine_etape(orientation, NOW)
    assert (etape.qui, etape.quoi.value, etape.en_retard) == (qui, quoi, False)
    now = NOW
    while chemin and not orientation.echeances.escaladee:
        now = orientation.echeances.prochaine_at or now
        action = a_faire(orientation, now) or Action.expirer
        orientation = decide(orientation, action, Cote.systeme, now).apres
    if chemin:
        etape = prochaine_etape(orientation, now)
        assert (etape.qui, etape.en_retard) == (Partie.animateur, True)
        assert etape.avant == orientation.echeances.prochaine_at


@pytest.mark.parametrize("accord", EtatConsentement)
def test_a_draft_waits_for_the_association_then_for_its_sender(accord: EtatConsentement) -> None:
    etape = prochaine_etape(entendre_accord(brouillon(), accord, NOW), NOW)
    attendu = {
        EtatConsentement.demande: (Partie.association, ProchaineEtape.donner_accord),
        EtatConsentement.donne: (Partie.emetteur, ProchaineEtape.envoyer),
    }.get(accord, (Partie.emetteur, ProchaineEtape.renoncer))
    assert (etape.qui, etape.quoi) == attendu


async def etape_vue(hub: Hub, orientation_id: str) -> tuple[str, str]:
    lue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()
    liste = (await hub.get(ANIMATEUR, "/api/v1/orientations")).json()["elements"]
    assert next(e for e in liste if e["orientation_id"] == orientation_id)["prochaine_etape"] == lue["prochaine_etape"]
    return lue["prochaine_etape"]["qui"], lue["prochaine_etape"]["quoi"]


async def test_what_the_association_says_moves_its_drafts(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    avant = await hub.brouillon(dossier_id)
    plus = await hub.brouillon(dossier_id, categories=["identite", "finances"])
    assert await etape_vue(hub, avant) == ("association", "donner_accord")
    accord = await hub.accorder(dossier_id)
    assert await etape_vue(hub, avant) == ("emetteur", "envoyer")
    assert await etape_vue(hub, plus) == ("association", "donner_accord")
    assert await etape_vue(hub, await hub.brouillon(dossier_id)) == ("emetteur", "envoyer")
    await entendre(hub.database, retire(accord, dossier_id), 3)
    assert await etape_vue(hub, avant) == ("emetteur", "renoncer")
    await entendre(hub.database, donne(accord, dossier_id), 4)
    assert await etape_vue(hub, avant) == ("emetteur", "envoyer")


async def test_both_sides_take_back_what_they_did(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    await hub.agir(ANIMATEUR, orientation_id, "annuler")
    assert (await hub.agir(ANIMATEUR, orientation_id, "renvoyer", 422))["champ"] == "motif"
    renvoyee = await hub.agir(ANIMATEUR, orientation_id, "renvoyer", motif="erreur")
    assert renvoyee["prochaine_etape"]["quoi"] == "lire"
    for action, motif, etat in (
        ("recevoir", None, "recue"),
        ("accepter", None, "acceptee"),
        ("revenir", "erreur", "recue"),
        ("decliner", "sans_capacite", "declinee"),
        ("rouvrir", "place_liberee", "recue"),
        ("accepter", None, "acceptee"),
        ("demarrer", None, "demarree"),
        ("ne-pas-aboutir", "injoignable", "non_aboutie"),
        ("rouvrir", "situation_changee", "demarree"),
    ):
        fait = await hub.agir(AGENT, orientation_id, action, motif=motif)
        assert fait["etat"] == etat
    lue = (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()
    assert (lue["motif"], lue["retour"], lue["close_at"]) == (None, "situation_changee", None)
    assert lue["demarree_at"]


async def test_an_end_is_not_taken_back_without_consent(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "decliner", motif="sans_capacite")
    hub.registre.accords.clear()
    refus = await hub.agir(AGENT, orientation_id, "rouvrir", 409, motif="erreur")
    assert refus["type"] == "urn:relais:erreur:consentement-manquant"
    dossier_id = await hub.dossier()
    autre = await hub.envoyee(dossier_id)
    accord = next(iter(hub.registre.accords.values()))
    await entendre(hub.database, retire(accord, dossier_id), 3)
    retiree = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{autre}")).json()
    assert (retiree["motif"], retiree["actions"]) == (Motif.consentement_retire, [])
    refus = await hub.agir(ANIMATEUR, autre, "renvoyer", 409, motif="erreur")
    assert refus["type"] == "urn:relais:erreur:retrait-definitif"


async def test_a_reopening_and_a_withdrawal_lock_in_the_same_order(hub: Hub) -> None:
    """The withdrawal was heard while the ledger still permitted: the heard one wins."""
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "decliner", motif="sans_capacite")
    accord = next(iter(hub.registre.accords.values()))
    await entendre(hub.database, retire(accord, dossier_id), 3)
    refus = await hub.agir(AGENT, orientation_id, "rouvrir", 409, motif="erreur")
    assert refus["type"] == "urn:relais:erreur:consentement-manquant"
