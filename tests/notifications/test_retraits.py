"""A withdrawn consent: its recipient is told at once, must take note, and is insisted upon; under a simulated clock."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from tests.browser import LARGEURS, surveillee
from tests.emptying import empty
from tests.notifications.banc import Client, an_orientation, member, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, hear, posting
from tests.notifications.site import Site, entrer, montrer
from tests.notifications.test_fil import CELLULE, PARTENAIRE, agent, cellule, depose

from common.actor import Actor, Role
from common.clock import new_id
from common.codes import Categorie, Finalite, Motif
from common.database import Database
from common.events import orientation as o
from common.events.signalement import ConsentementRetire
from notifications.regles.domain import Rythme
from notifications.retraits import domain
from notifications.retraits.service import insister
from relais.nats import NatsServer

RETRAITS = "/notifications/retraits"
API = "/notifications/api/v1/retraits"
RYTHME = Rythme(timedelta(), a_toute_heure=True)


def retire(dossier_id: UUID, destinataire_id: UUID = PARTENAIRE) -> ConsentementRetire:
    return ConsentementRetire(
        consentement_id=new_id(),
        dossier_id=dossier_id,
        destinataire_id=destinataire_id,
        finalite=Finalite.orientation,
        categories=(Categorie.identite,),
    )


def taken_back(event: Any) -> o.OrientationRetiree:
    values = {"etat": "retiree", "motif": Motif.consentement_retire}
    return o.OrientationRetiree(**event.model_dump() | values)


def _that(moment: datetime) -> datetime:
    return moment


async def told(database: Database) -> list[tuple[str, str]]:
    found = await rows(database, "SELECT modele, etat FROM courriels WHERE modele <> 'orientation_envoyee' ORDER BY seq")
    return [(row["modele"], row["etat"]) for row in found if row["modele"] != "dossier_depose"]


@pytest.mark.usefixtures("owners")
async def test_the_recipient_is_told_at_once_and_takes_note(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """One mail, not two; the page and the API take note, once, in the log; a stranger cannot."""
    box, port = inbox
    sent = an_orientation(partenaire_id=PARTENAIRE)
    withdrawn = retire(sent.dossier_id)
    await hear(notifications_db, received(cellule()), received(depose(sent.dossier_id)), received(sent))
    await rows(notifications_db, "UPDATE courriels SET etat = 'fil', due_at = NULL")
    await hear(notifications_db, received(withdrawn), received(withdrawn), received(taken_back(sent), 2))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    subjects = [mail["Subject"] for address, mail in box.mails if address == MEMBERS[0]]
    assert sum("prenez-en acte" in subject for subject in subjects) == 1
    assert not any("orientation est retirée" in subject for subject in subjects)
    async with client(agent()) as http:
        (one,) = (await http.get(API)).json()["elements"]
        assert (one["etat"], one["reference"]) == ("a_confirmer", "R-7F3K9")
    async with client(member(Role.agent, organisation=new_id())) as http:
        assert (await http.get(API)).json()["elements"] == []
        assert (await http.post(f"{API}/{withdrawn.consentement_id}/prise-d-acte")).status_code == 404
    system = member(Role.machine, organisation=PARTENAIRE)
    async with client(system) as http:
        first = (await http.post(f"{API}/{withdrawn.consentement_id}/prise-d-acte")).json()
        assert first["etat"] == "confirme"
        assert (await http.post(f"{API}/{withdrawn.consentement_id}/prise-d-acte")).json() == first
    log = await rows(notifications_db, "SELECT acteur_id FROM audit_entries WHERE action = 'retrait.prendre_acte'")
    assert [row["acteur_id"] for row in log] == [system.id]


async def test_a_recipient_who_had_nothing_is_left_alone_until_that_proves_wrong(notifications_db: Database) -> None:
    """A draft is nobody's business; when the sending turns out to have come first, it is told after all."""
    sent = an_orientation(partenaire_id=PARTENAIRE)
    proposed = o.OrientationProposee(**sent.model_dump() | {"etat": "brouillon", "categories": ("identite",)})
    await hear(notifications_db, received(depose(sent.dossier_id)), received(proposed), received(retire(sent.dossier_id), 2))
    assert await told(notifications_db) == []
    await hear(notifications_db, received(sent, 2), received(taken_back(sent), 3))
    assert [name for name, _ in await told(notifications_db)] == ["retrait", "orientation_retiree"]


async def test_what_is_not_noted_is_reminded_of_then_brought_to_the_animateur(
    client: Client, notifications_db: Database
) -> None:
    sent = an_orientation(partenaire_id=PARTENAIRE)
    withdrawn = retire(sent.dossier_id)
    await hear(notifications_db, received(cellule()), received(depose(sent.dossier_id)), received(sent), received(withdrawn))
    before = len(await told(notifications_db))
    steps: list[list[str]] = []
    now = datetime.now(UTC)
    for day in range(14):
        moment = now + timedelta(days=day)
        await insister(RYTHME)(notifications_db, partial(_that, moment))
        steps.append([name for name, _ in await told(notifications_db)][before + sum(map(len, steps)) :])
    flat = [name for step in steps for name in step]
    assert flat[0] == "retrait_relance"
    assert set(flat[1:]) == {"retrait_sans_reponse"}
    assert 2 <= len(flat) <= 4
    animateur = Actor("animatrice", frozenset({Role.animateur}), CELLULE, frozenset({"34"}))
    async with client(animateur) as http:
        page = (await http.get(RETRAITS, headers={"Accept": "text/html"})).text
        assert f"/orientation/annuaire/partenaires/{PARTENAIRE}" in page
        assert f"{RETRAITS}/{withdrawn.consentement_id}/prise-d-acte-orale" in page
        assert (await http.post(f"{RETRAITS}/{withdrawn.consentement_id}/prise-d-acte")).status_code == 404
    async with client(agent()) as http:
        assert (await http.post(f"{RETRAITS}/{withdrawn.consentement_id}/prise-d-acte")).status_code == 303
    count = len(await told(notifications_db))
    await insister(RYTHME)(notifications_db, partial(_that, now + timedelta(days=80)))
    assert len(await told(notifications_db)) == count


@given(
    st.integers(0, 30),
    st.integers(0, 400).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=23 * hours)),
    st.timedeltas(timedelta(), timedelta(days=20)),
)
def test_nothing_is_forgotten_until_it_is_noted(rounds: int, now: datetime, late: timedelta) -> None:
    """At every moment, either somebody took note or the next step is due within eleven days."""
    retrait = domain.ouvrir(now, "34", recu=True)
    for number in range(rounds):
        assert retrait.due_at
        assert timedelta() < retrait.due_at - now < timedelta(days=12)
        now = retrait.due_at + late
        retrait, fait = domain.insister(retrait, now, "34")
        assert fait == ("retrait.escalade" if number else "retrait.relance")
    done = domain.confirmer(retrait, now)
    assert (done.due_at, domain.confirmer(done, now + timedelta(days=1))) == (None, done)


def test_the_steps_are_working_days_apart_though_they_are_looked_at_a_little_later() -> None:
    """From a Tuesday: reminded on Wednesday night, the animateur called on Thursday night, then every fifth working day."""
    retrait = domain.ouvrir(datetime(2026, 3, 3, 10, tzinfo=UTC), "34", recu=True)
    nights = []
    for _ in range(4):
        assert retrait.due_at
        nights.append(retrait.due_at.date().isoformat())
        retrait, _fait = domain.insister(retrait, retrait.due_at + timedelta(seconds=20), "34")
    assert nights == ["2026-03-04", "2026-03-05", "2026-03-12", "2026-03-19"]
    late = datetime(2026, 4, 14, 9, tzinfo=UTC)
    assert domain.insister(retrait, late, "34")[0].due_at == datetime(2026, 4, 21, 21, 59, 59, tzinfo=UTC)


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize("acte", [True, False])
async def test_a_reminder_that_waits_for_the_morning_is_not_sent_once_note_is_taken(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], acte: bool
) -> None:
    """Nor does the cell's; the notice itself leaves all the same, for everybody of the recipient must know."""
    sent = an_orientation(partenaire_id=PARTENAIRE)
    accord = retire(sent.dossier_id)
    await hear(notifications_db, received(cellule()), received(depose(sent.dossier_id)), received(sent), received(accord))
    for day in (2, 4):
        await insister(RYTHME)(notifications_db, partial(_that, datetime.now(UTC) + timedelta(days=7 * day)))
    kept = "modele IN ('retrait', 'retrait_relance', 'retrait_sans_reponse')"
    await rows(notifications_db, f"DELETE FROM courriels WHERE NOT {kept}")
    await rows(notifications_db, "UPDATE courriels SET due_at = now()")
    if acte:
        async with client(agent()) as http:
            (await http.post(f"{API}/{accord.consentement_id}/prise-d-acte")).raise_for_status()
    async with posting(notifications_db, nats_server, inbox[1]):
        found = await settled(notifications_db, table="courriels")
    after = "sans_objet" if acte else "envoye"
    states = {row["modele"]: row["etat"] for row in found}
    assert states == {"retrait": "envoye", "retrait_relance": after, "retrait_sans_reponse": after}


async def test_where_no_cell_is_whoever_runs_the_hub_is_told(notifications_db: Database) -> None:
    """Two in a territory without one: an error in the log, with how many; none where a cell is called."""
    for known in ((), (received(cellule()),)):
        for _ in range(2):
            sent = an_orientation(partenaire_id=PARTENAIRE)
            heard = (received(depose(sent.dossier_id)), received(sent), received(retire(sent.dossier_id)))
            await hear(notifications_db, *known, *heard)
        await rows(notifications_db, "UPDATE retraits SET etapes = 1, due_at = now()")
        with structlog.testing.capture_logs() as logged:
            await insister(RYTHME)(notifications_db, partial(_that, datetime.now(UTC)))
        error = {"event": "retraits.escalade_sans_cellule", "log_level": "error", "nombre": 2}
        assert logged == ([] if known else [error])


@pytest.mark.parametrize("largeur", LARGEURS)
def test_taking_note_in_a_browser(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(empty(site.database))
    sent = [an_orientation(partenaire_id=PARTENAIRE) for _ in range(2)]
    for number, one in enumerate(sent):
        known = received(depose(one.dossier_id, f"R-7F3K{number}"))
        site.faire(hear(site.database, known, received(one), received(retire(one.dossier_id))))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, agent())
        page.goto(f"{site.origine}/notifications/fil")
        page.get_by_role("button", name=re.compile("^Prendre acte")).first.click()
        page.get_by_role("heading", name="Accords retirés").wait_for()
        montrer(page, "retraits")
        page.get_by_role("button", name="Prendre acte").first.click()
        page.get_by_text("Il en est pris acte").wait_for()
        expect(page.get_by_role("button", name="Prendre acte")).to_have_count(1)
        montrer(page, "retraits-acte")
