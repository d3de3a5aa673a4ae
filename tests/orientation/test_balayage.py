"""Reminders, escalations and expiries, with a simulated clock on a real database."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from common.clock import utc_now
from orientation.echeances.service import balayer, pas
from orientation.orientations.store import lock_due
from tests.orientation.monde import AGENT, ANIMATEUR, Hub
from tests.orientation.test_parcours_api import events


async def moments(hub: Hub, orientation_id: str) -> dict[str, datetime | None]:
    async with hub.database.transaction() as session:
        row = await session.execute(
            text("SELECT relance_at, due_at, escalade_at, expire_at FROM orientations WHERE id = :id"), {"id": orientation_id}
        )
        return dict(row.mappings().one())


async def round_at(hub: Hub, now: datetime | None) -> None:
    assert now is not None
    await balayer(hub.database, lambda: now)


async def facts(hub: Hub, orientation_id: str) -> list[str]:
    return [fact for fact, _ in (await events(hub, orientation_id))[2:]]


async def test_reminder_escalation_expiry(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    at = await moments(hub, orientation_id)
    assert at["relance_at"]
    await round_at(hub, at["relance_at"] - timedelta(seconds=1))
    assert await facts(hub, orientation_id) == []
    await round_at(hub, at["relance_at"])
    await round_at(hub, at["relance_at"])
    assert await facts(hub, orientation_id) == ["relancee"]
    await hub.agir(AGENT, orientation_id, "recevoir")
    await round_at(hub, at["escalade_at"])
    await round_at(hub, at["expire_at"])
    await round_at(hub, at["expire_at"])
    assert await facts(hub, orientation_id) == ["relancee", "recue", "escaladee", "expiree"]
    lue = (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()
    assert (lue["etat"], lue["actions"], lue["motif"]) == ("expiree", [], None)
    assert lue["relancee_at"]
    assert lue["escaladee_at"]


async def test_an_answer_stops_the_clock(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    at = await moments(hub, orientation_id)
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "accepter")
    assert at["expire_at"]
    for _ in range(3):
        await round_at(hub, at["expire_at"] + timedelta(days=400))
    assert await facts(hub, orientation_id) == ["recue", "acceptee", "relancee", "escaladee"]


async def test_nobody_expires_what_was_accepted_and_the_animateur_is_called_again(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    for action in ("recevoir", "accepter", "demarrer"):
        await hub.agir(AGENT, orientation_id, action)
    await round_at(hub, (await moments(hub, orientation_id))["relance_at"])
    for _ in range(3):
        await round_at(hub, (await moments(hub, orientation_id))["escalade_at"])
    assert (await facts(hub, orientation_id))[3:] == ["relancee", "escaladee", "escaladee", "escaladee"]
    etape = (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["prochaine_etape"]
    assert (etape["qui"], etape["quoi"], etape["en_retard"]) == ("animateur", "debloquer", True)
    assert (await hub.agir(AGENT, orientation_id, "faire-le-point"))["prochaine_etape"]["quoi"] == "suivre"
    await hub.agir(AGENT, orientation_id, "aboutir")
    await round_at(hub, utc_now() + timedelta(days=2000))
    assert (await facts(hub, orientation_id))[-2:] == ["poursuivie", "aboutie"]


async def test_a_question_turns_the_clock_to_the_sender(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "complement-demander", texte="Quel est l’effectif ?")
    for _ in range(3):
        await round_at(hub, utc_now() + timedelta(days=400))
    assert await facts(hub, orientation_id) == ["recue", "complement_demande", "escaladee"]
    await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte="Douze personnes.")
    at = await moments(hub, orientation_id)
    await round_at(hub, at["relance_at"])
    assert (await facts(hub, orientation_id))[-2:] == ["complement_fourni", "relancee"]


async def test_after_a_long_silence_of_ours_the_partner_still_gets_its_day(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    at = await moments(hub, orientation_id)
    assert at["expire_at"]
    late = at["expire_at"] + timedelta(days=30)
    for _ in range(3):
        await round_at(hub, late)
    assert await facts(hub, orientation_id) == ["relancee", "escaladee"]
    await round_at(hub, (await moments(hub, orientation_id))["expire_at"])
    assert await facts(hub, orientation_id) == ["relancee", "escaladee", "expiree"]


async def test_two_sweepers_never_do_a_step_twice(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    ids = [await hub.envoyee(dossier_id) for _ in range(12)]
    at = await moments(hub, ids[-1])
    await asyncio.gather(*(round_at(hub, at["relance_at"]) for _ in range(4)))
    for orientation_id in ids:
        assert await facts(hub, orientation_id) == ["relancee"]


async def test_a_referral_that_somebody_holds_waits_for_the_next_round(hub: Hub) -> None:
    tenue, libre = await hub.envoyee(), await hub.envoyee()
    at = await moments(hub, libre)
    assert at["relance_at"]
    async with hub.database.transaction() as holder, hub.database.transaction() as sweeper:
        await holder.execute(text("SELECT 1 FROM orientations WHERE id = :id FOR UPDATE"), {"id": tenue})
        assert await pas(sweeper, at["relance_at"]) == 1
    assert await facts(hub, libre) == ["relancee"]
    assert await facts(hub, tenue) == []
    async with hub.database.transaction() as session:
        assert [str(row.id) for row in await lock_due(session, at["relance_at"], 10)] == [tenue]
