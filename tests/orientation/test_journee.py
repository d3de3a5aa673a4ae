"""What awaits whom: the bands, that nothing of others' is there, and that a page reads what it shows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from common.clock import new_id, utc_now
from common.codes import EtatConsentement, EtatOrientation, ProchaineEtape
from common.errors import Interdit
from orientation.adhesions.models import AdhesionRow
from orientation.journee import store
from orientation.journee.domain import BLOCS, LUES, MONTREES, Candidate, geste, raison, ranger, tours
from orientation.journee.service import Journee, journee
from orientation.listes.domain import A_MOI, Echeance, reperes
from orientation.orientations.domain import Cote
from tests.bench.remplir import remplir
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    depose,
    entendre,
    ident,
)
from tests.orientation.test_listes import PAIRES
from tests.orientation.test_statements import counted

HTML = {"Accept": "text/html"}
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DEPARTEMENTS = st.sampled_from(["34", "67", "974", "971"])
HEURES = st.integers(-400, 400).map(lambda h: NOW + timedelta(hours=h))


def candidate(rang: int, at: datetime, departement: str = "34", etat: EtatOrientation = EtatOrientation.recue) -> Candidate:
    return Candidate(new_id(), rang, etat, departement, at, None)


@given(st.lists(st.tuples(HEURES, DEPARTEMENTS), max_size=LUES))
def test_each_referral_is_in_the_band_of_its_own_territory(lues: list[tuple[datetime, str]]) -> None:
    candidates = [candidate(int(at >= NOW), at, departement) for at, departement in lues]
    blocs = ranger(candidates, NOW, lambda d: reperes(NOW, d))
    for bande in BLOCS:
        siens = [c for c in candidates if reperes(NOW, c.departement).echeance(c.due_at or NOW) is bande]
        assert blocs[bande].nombre == len(siens)
        assert not blocs[bande].au_moins
        ordre = [c.id for c in sorted(siens, key=lambda c: (c.due_at or NOW, c.id))]
        assert list(blocs[bande].ids) == ordre[:MONTREES]
        assert blocs[bande].autres is (len(siens) > MONTREES)


def test_what_was_cut_is_said_to_be_a_minimum() -> None:
    lues = [candidate(0, NOW - timedelta(hours=i)) for i in range(LUES + 1)]
    blocs = ranger(lues, NOW, lambda d: reperes(NOW, d))
    assert blocs[Echeance.retard].au_moins
    assert blocs[Echeance.retard].autres
    assert not blocs[Echeance.semaine].au_moins


def test_reading_comes_before_the_answer() -> None:
    lue = Candidate(new_id(), 2, EtatOrientation.envoyee, "34", NOW + timedelta(days=3), NOW - timedelta(hours=1))
    assert ranger([lue], NOW, lambda d: reperes(NOW, d))[Echeance.retard].ids == (lue.id,)


@pytest.mark.parametrize("cote", [Cote.emetteur, Cote.partenaire])
@given(at=HEURES)
def test_every_state_that_is_mine_is_read_once(cote: Cote, at: datetime) -> None:
    for etat in A_MOI[cote]:
        places = [t for t in tours(cote, NOW) if t.etat is etat and (t.de is None or t.de <= at) and (t.a is None or at < t.a)]
        assert len(places) == (1 if at < NOW + timedelta(days=8) or etat is EtatOrientation.envoyee else 0)


@pytest.mark.parametrize("quoi", [q for q in ProchaineEtape if q not in (ProchaineEtape.rien, ProchaineEtape.patienter)])
@pytest.mark.parametrize("cote", [Cote.emetteur, Cote.partenaire])
def test_every_line_says_why_and_what_to_do(quoi: ProchaineEtape, cote: Cote) -> None:
    action, _ = geste(quoi, cote, en_retard=True)
    assert action
    assert raison(quoi, cote, suivie=False).endswith(".")


async def jour_de(hub: Hub, actor: Actor, now: datetime | None = None) -> Journee:
    async with hub.database.transaction() as session:
        return await journee(session, actor, now or utc_now())


def ids(jour: Journee, bande: Echeance) -> list[str]:
    return [str(ident) for ident in jour.blocs[bande].ids]


async def test_a_partner_sees_what_it_must_do_and_nobody_elses(hub: Hub) -> None:
    ouverte = await hub.envoyee()
    assert (await jour_de(hub, AGENT_APPUI)).vide
    later = utc_now() + timedelta(days=30)
    assert ids(await jour_de(hub, AGENT, later), Echeance.retard) == [ouverte]
    assert ids(await jour_de(hub, MANAGER, later), Echeance.retard) == [ouverte]
    # Late at the partner: the animateur alone can unblock it.
    assert ids(await jour_de(hub, ANIMATEUR, later), Echeance.retard) == [ouverte]
    assert (await jour_de(hub, ANIMATEUR_EST, later)).vide
    assert ids(await jour_de(hub, ANIMATEUR), Echeance.retard) == []
    bare = await hub.database.connect()
    await bare.execute(
        "INSERT INTO membres (id, partenaire_id, issuer, sub, nom, prenom, courriel, roles, actif)"
        " SELECT $1, partenaire_id, issuer, 'autre', nom, prenom, courriel, roles, true FROM membres"
        " WHERE partenaire_id = $2 LIMIT 1",
        (collegue := new_id()),
        ident("fonds"),
    )
    await bare.execute("UPDATE orientations SET responsable_id = $1", collegue)
    await bare.close()
    assert (await jour_de(hub, AGENT, later)).vide


async def test_a_draft_is_the_senders_once_the_association_has_answered(hub: Hub) -> None:
    brouillon = await hub.brouillon()
    week = utc_now()
    jour = await jour_de(hub, ANIMATEUR)
    assert not any(ids(jour, bande) for bande in BLOCS)
    # The association is late: an animateur may call it.
    assert ids(await jour_de(hub, ANIMATEUR, week + timedelta(days=60)), Echeance.retard) == [brouillon]
    bare = await hub.database.connect()
    await bare.execute("UPDATE orientations SET accord = $1, due_at = $2", EtatConsentement.donne.value, week)
    await bare.close()
    jour = await jour_de(hub, ANIMATEUR, week - timedelta(minutes=1))
    assert [brouillon] == [i for bande in BLOCS for i in ids(jour, bande)]


async def test_whom_one_meets_and_who_waits(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    path = f"/api/v1/orientations/{orientation_id}/rendez-vous"
    debut = utc_now() + timedelta(hours=2)
    corps = {"creneaux": [{"debut": debut.isoformat(), "minutes": 30, "mode": "telephone"}]}
    assert (await hub.post(AGENT, path, corps)).status_code == 201
    assert len((await jour_de(hub, ANIMATEUR)).propositions) == 1
    assert not (await jour_de(hub, AGENT)).propositions
    (propose,) = (await hub.get(ANIMATEUR, path)).json()["elements"]
    pris = {"creneau_id": propose["creneaux"][0]["creneau_id"]}
    assert (await hub.post(ANIMATEUR, f"{path}/{propose['rendez_vous_id']}/confirmation", pris)).status_code == 200
    for actor in (AGENT, ANIMATEUR):
        jour = await jour_de(hub, actor, debut - timedelta(minutes=1))
        assert [(a.reference, a.minutes) for a in jour.rendez_vous] == [("REL-2026-0001", 30)]
        assert not jour.propositions
        assert not (await jour_de(hub, actor, debut - timedelta(days=2))).rendez_vous
    for actor in (AGENT_APPUI, ANIMATEUR_EST):
        assert not (await jour_de(hub, actor, debut)).rendez_vous
    transfert = {"partenaire_id": str(ident("appui")), "dispositif": "dla", "motif": "autre"}
    answer = await hub.post(AGENT, f"/api/v1/orientations/{orientation_id}/transferts", transfert)
    assert answer.status_code == 201, answer.text
    assert [str(a.orientation_id) for a in (await jour_de(hub, ANIMATEUR)).transferts] == [orientation_id]
    assert not (await jour_de(hub, ANIMATEUR_EST)).transferts
    assert not (await jour_de(hub, AGENT)).transferts


async def test_cases_to_qualify_and_people_who_ask_to_join(hub: Hub) -> None:
    await entendre(hub.database, depose(new_id()), 1)
    assert (await jour_de(hub, ANIMATEUR)).a_qualifier == 1
    assert (await jour_de(hub, ANIMATEUR_EST)).a_qualifier == 0
    assert (await jour_de(hub, AGENT)).a_qualifier is None
    async with hub.database.transaction() as session:
        session.add(
            AdhesionRow(
                id=new_id(),
                partenaire_id=ident("fonds"),
                issuer="http://nowhere.example",
                sub="quelqu-un",
                nom="Dominique Petit",
                courriel="",
                etat="en_attente",
                demandee_at=utc_now(),
            )
        )
    assert (await jour_de(hub, MANAGER)).adhesions == 1
    assert (await jour_de(hub, AGENT)).adhesions is None
    page = (await hub.get(MANAGER, "/aujourd-hui", headers=HTML)).text
    assert f"/orientation/equipes/{ident('fonds')}" in page
    assert "Dominique Petit" not in page


@pytest.mark.parametrize("actor", [None, NATIONAL, AUDITEUR, DIRIGEANT, MACHINE])
async def test_nobody_else_has_a_day(hub: Hub, actor: Actor | None) -> None:
    answer = await hub.get(actor, "/aujourd-hui", headers=HTML)
    assert answer.status_code in (303, 403)
    if actor and not (actor.has(*MACHINE.roles) and actor.organisation_id):
        async with hub.database.transaction() as session:
            with pytest.raises(Interdit):
                await store.candidates(session, actor, tours(Cote.partenaire, utc_now()))


async def test_signing_in_leads_there(hub: Hub) -> None:
    for actor in (AGENT, MANAGER, ANIMATEUR):
        answer = await hub.get(actor, "/", headers=HTML, follow_redirects=False)
        assert answer.headers["location"] == "/orientation/aujourd-hui"


async def test_the_page_costs_the_same_whatever_there_is(hub: Hub) -> None:
    costs: list[int] = []
    for ouvertes in (0, 60, 400):
        if ouvertes:
            bare = await hub.database.connect()
            await bare.execute("TRUNCATE orientations, dossiers CASCADE")
            await remplir(bare, PAIRES, utc_now(), ouvertes=ouvertes, closes=0)
            await bare.close()
        for actor in (AGENT, ANIMATEUR, MANAGER):
            with counted(hub) as seen:
                answer = await hub.get(actor, "/aujourd-hui", headers=HTML)
            assert answer.status_code == 200, answer.text
            costs.append(len(seen))
            assert len(seen) < 10, seen
    assert costs[3:6] == costs[6:]


async def test_lines_lead_where_the_work_is_done(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "complement-demander", texte="Quel est le solde du compte ?")
    bare = await hub.database.connect()
    await bare.execute("UPDATE orientations SET due_at = $1", utc_now() + timedelta(minutes=1))
    await bare.close()
    page: Any = (await hub.get(ANIMATEUR, "/aujourd-hui", headers=HTML)).text
    adresse = f"/orientation/orientations/{UUID(orientation_id)}/complements/reponse"
    assert adresse in page
    assert (await hub.get(ANIMATEUR, adresse.removeprefix("/orientation"), headers=HTML)).status_code == 200
    assert orientation_id not in (await hub.get(AGENT, "/aujourd-hui", headers=HTML)).text
