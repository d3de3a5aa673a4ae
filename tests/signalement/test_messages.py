"""The thread of a case: written by its two sides, read by nobody else; a mail says only that a message waits."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from common.actor import Actor
from common.codes import IssueDossier
from common.codes_espace import CoteMessage
from common.database import Database
from signalement.messages import domain
from signalement.messages.models import Message
from signalement.signalements import service as signalements
from signalement.signalements.models import Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements, texte
from tests.signalement.test_personnes import inviter, personne

OWN = "/signalement/espace/messages"
SECRET = "Le bail est dénoncé, gardez-le pour vous."


def theirs(dossier: Dossier) -> str:
    """The animateur's page of the thread."""
    return f"/signalement/dossiers/{dossier.id}/messages"


async def test_a_question_and_its_answer(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await f.publier_cellule(signalement_db)
    dossier = await f.deposer(signalement_db)
    me, cell = ouvrir(f.dirigeant(dossier.id)), ouvrir(f.ANIMATEUR)
    assert "Aucun message" in texte(await me.get(OWN))
    sent = await me.post(OWN, data={"texte": f"{SECRET}\r\n\r\nQue faire ?", "attend_reponse": "true"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{OWN}#fil")
    assert "L’association attend votre réponse" in texte(await cell.get(f"/signalement/dossiers/{dossier.id}"))
    page = texte(await cell.get(theirs(dossier)))
    assert "Votre réponse est attendue" in page
    assert SECRET in page
    assert "Maëlle Ferrand" in page
    answer = {"texte": "Rien signer avant jeudi. D’accord ?", "attend_reponse": "true"}
    assert (await cell.post(theirs(dossier), data=answer)).status_code == 303
    space = texte(await me.get("/signalement/espace"))
    assert "attend votre réponse à un message" in space
    assert "Cellule Occitanie" in texte(await me.get(OWN))
    await me.post(OWN, data={"texte": "Merci."})
    assert "attend votre réponse" not in texte(await me.get("/signalement/espace"))
    assert "attend votre réponse" not in texte(await cell.get(f"/signalement/dossiers/{dossier.id}"))
    everything = await bruts(signalement_db)
    assert "bail" not in everything
    assert "jeudi" not in everything
    assert (await actions(signalement_db)).count("message.ecrire") == 3


async def test_each_person_is_told_once_an_hour_and_never_what(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier)
    cell = ouvrir(f.ANIMATEUR)
    for number in range(3):
        await cell.post(theirs(dossier), data={"texte": f"Message {number}"})
    told = [event for event in await evenements(signalement_db, "demande") if event.modele == "message_recu"]
    assert len(told) == 2
    await ouvrir(f.dirigeant(dossier.id)).post(OWN, data={"texte": "Bien reçu"})
    assert len([event for event in await evenements(signalement_db, "demande") if event.modele == "message_recu"]) == 2


async def test_the_cell_is_told_by_an_event_that_says_nothing(ouvrir: Ouvrir, signalement_db: Database) -> None:
    """One that goes on within the hour says so; after the cell's answer, or an hour, it calls for attention again."""
    dossier = await f.deposer(signalement_db)
    me, cell = ouvrir(f.dirigeant(dossier.id)), ouvrir(f.ANIMATEUR)
    for _ in range(2):
        await me.post(OWN, data={"texte": SECRET, "attend_reponse": "true"})
    await cell.post(theirs(dossier), data={"texte": "Bien lu."})
    await me.post(OWN, data={"texte": "Merci."})
    async with signalement_db.transaction() as session:
        await session.execute(text("UPDATE messages SET envoye_le = envoye_le - interval '1 hour'"))
    await me.post(OWN, data={"texte": "Encore une chose."})
    told = await evenements(signalement_db, "ecrit")
    assert [event.suite for event in told] == [False, True, False, False]
    assert {event.dossier_id for event in told} == {dossier.id}
    assert len({event.message_id for event in told}) == 4
    everything = await bruts(signalement_db)
    assert not any(secret in everything for secret in ("bail", "Merci", "Ferrand"))


@pytest.mark.parametrize("typed", ["", "   ", "x" * (domain.MAX_LONGUEUR + 1), "nul\x00"])
async def test_what_is_no_message_comes_back(ouvrir: Ouvrir, signalement_db: Database, typed: str) -> None:
    dossier = await f.deposer(signalement_db)
    for actor, url in ((f.dirigeant(dossier.id), OWN), (f.ANIMATEUR, theirs(dossier))):
        answer = await ouvrir(actor).post(url, data={"texte": typed})
        assert answer.status_code == 422
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Message))).all() == []


async def test_one_who_writes_too_much_waits(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    me = ouvrir(f.dirigeant(dossier.id))
    answers = [(await me.post(OWN, data={"texte": "Encore"})).status_code for _ in range(domain.MAX_PAR_HEURE + 1)]
    assert answers == [303] * domain.MAX_PAR_HEURE + [429]


async def test_a_closed_case_is_read_and_not_written(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    me = ouvrir(f.dirigeant(dossier.id))
    await me.post(OWN, data={"texte": "Avant la fin"})
    async with signalement_db.transaction() as session:
        await signalements.clore(session, f.ANIMATEUR, dossier.id, IssueDossier.accompagnee, f.NOW)
    page = texte(await me.get(OWN))
    assert "Avant la fin" in page
    assert "plus en écrire" in page
    for actor, url in ((f.dirigeant(dossier.id), OWN), (f.ANIMATEUR, theirs(dossier))):
        assert (await ouvrir(actor).post(url, data={"texte": "Après"})).status_code == 409


async def test_a_long_thread_has_pages(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    async with signalement_db.transaction() as session:
        for number in range(domain.PAGE + 5):
            row = Message(
                id=uuid4(),
                dossier_id=dossier.id,
                cote=CoteMessage.association,
                auteur_id="x",
                auteur="Maëlle",
                attend_reponse=False,
                texte=f"Ligne {number:03}.",
                envoye_le=f.NOW,
            )
            session.add(row)
    me = ouvrir(f.dirigeant(dossier.id))
    first = await me.get(OWN)
    avant = first.text.split('href="?avant=')[1].split('"')[0]
    older = await me.get(OWN, params={"avant": avant})
    lines = [line for page in (first, older) for line in texte(page).split() if line.endswith(".") and line[:3].isdigit()]
    assert sorted(lines) == [f"{number:03}." for number in range(domain.PAGE + 5)]


async def test_nobody_else_reads_or_writes(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await ouvrir(f.dirigeant(dossier.id)).post(OWN, data={"texte": SECRET})
    before = await actions(signalement_db)
    expected: list[tuple[Actor | None, int]] = [(None, 401), (f.AGENT, 403), (f.NATIONAL, 403), (f.AUTRE_ANIMATEUR, 404)]
    for actor, status in expected:
        browser = ouvrir(actor)
        assert (await browser.post(theirs(dossier), data={"texte": "Intrus"})).status_code == status
        read = await browser.get(theirs(dossier))
        assert read.status_code == (303 if actor is None else status)
        assert SECRET not in read.text
    for actor, status in ((f.ANIMATEUR, 403), (f.dirigeant(uuid4()), 404)):
        assert (await ouvrir(actor).post(OWN, data={"texte": "Intrus"})).status_code == status
    gone = await inviter(ouvrir, signalement_db, dossier)
    await ouvrir(f.dirigeant(dossier.id)).post(f"/signalement/espace/personnes/{gone}/retirer")
    assert (await ouvrir(personne(dossier, gone)).get(OWN)).status_code in (303, 401, 404)
    assert [action for action in await actions(signalement_db) if action.startswith("message")] == [
        action for action in before if action.startswith("message")
    ]


@given(
    st.lists(st.tuples(st.sampled_from(CoteMessage), st.timedeltas(timedelta(0), timedelta(hours=3))), min_size=1, max_size=12)
)
def test_attention_is_called_for_once_and_again_when_it_was_given(thread: list[tuple[CoteMessage, timedelta]]) -> None:
    """For any thread: the first of a side's run always calls, and none that calls has one of its own side within the hour."""
    last, now = None, datetime(2026, 3, 2, 9, tzinfo=UTC)
    for cote, later in thread:
        now += later
        suite = domain.is_suite(last, cote, now)
        assert suite is (last is not None and last[0] is cote and later < timedelta(hours=1))
        last = (cote, now)


@given(st.lists(st.tuples(st.sampled_from(CoteMessage), st.booleans()), max_size=8))
def test_nobody_waits_for_its_own_answer(thread: list[tuple[CoteMessage, bool]]) -> None:
    turn = domain.turn_of(thread[-1] if thread else None)
    if turn is not None:
        assert thread[-1] == (domain.other(turn), True)
    else:
        assert not thread or not thread[-1][1]
