"""The door of the diagnostic: a permit for each reading, a trace of each, and shut whenever nobody can say."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.cellule.conftest import (
    AGENT,
    AGENT_AILLEURS,
    ANIMATRICE,
    COLLEGUE,
    DIRIGEANTE,
    DOSSIER,
    GERANTE,
    MEMBRE,
    PUBLIC_URL,
    Signalement,
    entendre,
    publie,
    recu,
)
from tests.cellule.parcours import DIAGNOSTICS, TEXTES, Clients, partage, valide

from common.actor import Actor, Role
from common.database import Database


async def lectures(database: Database) -> list[tuple[str, UUID | None]]:
    """Who read, and on which consent, according to the log."""
    async with database.transaction() as session:
        rows = await session.execute(
            text("SELECT acteur_id, consentement_id FROM audit_entries WHERE action = 'diagnostic.lire' ORDER BY at, id")
        )
        return [(row.acteur_id, row.consentement_id) for row in rows]


@pytest.mark.parametrize("membre", [AGENT, GERANTE], ids=lambda actor: actor.id)
async def test_each_reading_of_a_member_asks_and_leaves_a_trace(
    client: Clients, cellule_db: Database, signalement: Signalement, membre: Actor
) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"
    signalement.questions.clear()
    for _ in range(2):
        reponse = await client(membre).get(adresse)
        assert (reponse.status_code, reponse.json()["sections"]) == (200, TEXTES)
    assert [(q.dossier_id, q.destinataire_id, q.acteur.id) for q in signalement.questions] == [
        (DOSSIER, ANIMATRICE.organisation_id, membre.id)
    ] * 2
    assert await lectures(cellule_db) == [(membre.id, UUID(int=0xC0))] * 2


async def test_its_two_authors_read_without_a_permit_and_leave_a_trace(
    client: Clients, cellule_db: Database, signalement: Signalement
) -> None:
    adresse = f"{DIAGNOSTICS}/{await valide(client)}"
    for auteur in (ANIMATRICE, DIRIGEANTE):
        assert (await client(auteur).get(adresse)).status_code == 200
    assert signalement.questions == []
    assert await lectures(cellule_db) == [(ANIMATRICE.id, None), (DIRIGEANTE.id, None)]


async def test_after_a_withdrawal_members_read_no_more(client: Clients, cellule_db: Database, signalement: Signalement) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"
    assert (await client(AGENT).get(adresse)).status_code == 200
    signalement.reponse = "consentement-manquant"
    reponse = await client(AGENT).get(adresse)
    assert (reponse.status_code, reponse.json()["type"]) == (409, "urn:relais:erreur:consentement-manquant")
    assert TEXTES["plan"] not in reponse.text
    assert len(await lectures(cellule_db)) == 1
    assert (await client(ANIMATRICE).get(adresse)).status_code == 200


async def test_sharing_without_the_accord_is_refused_and_changes_nothing(
    client: Clients, cellule_db: Database, signalement: Signalement
) -> None:
    signalement.reponse = "consentement-manquant"
    identifiant = await valide(client)
    reponse = await client(ANIMATRICE).post(f"{DIAGNOSTICS}/{identifiant}/partage")
    assert reponse.status_code == 409
    assert (await client(ANIMATRICE).get(f"{DIAGNOSTICS}/{identifiant}")).json()["etat"] == "valide"
    async with cellule_db.transaction() as session:
        partages = await session.execute(text("SELECT count(*) FROM outbox WHERE subject LIKE '%partage%'"))
        assert partages.scalar_one() == 0


@pytest.mark.parametrize("reponse", ["silence", "tardif"])
async def test_when_nobody_says_in_time_the_door_stays_shut(
    client: Clients, cellule_db: Database, signalement: Signalement, reponse: str
) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"
    signalement.reponse = reponse
    refus = await client(AGENT).get(adresse)
    assert (refus.status_code, refus.json()["type"]) == (503, "urn:relais:erreur:service-injoignable")
    assert TEXTES["plan"] not in refus.text
    assert await lectures(cellule_db) == []


async def test_without_a_bus_the_door_stays_shut(client: Clients, app: FastAPI, signalement: Signalement) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"
    await app.state.nats.close()
    assert (await client(AGENT).get(adresse)).status_code == 503


async def test_who_is_a_member_of_the_cell(client: Clients, cellule_db: Database, signalement: Signalement) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"
    signalement.questions.clear()
    for etranger in (AGENT_AILLEURS, COLLEGUE):
        assert (await client(etranger).get(adresse)).status_code == 404
    await entendre(cellule_db, recu(publie(MEMBRE, "31", actif=False), sequence=3))
    assert (await client(AGENT).get(adresse)).status_code == 404
    await entendre(cellule_db, recu(publie(MEMBRE, "31"), sequence=2))
    assert (await client(AGENT).get(adresse)).status_code == 404, "an older event must not open the door again"
    assert signalement.questions == []


async def test_members_know_nothing_of_what_is_not_shared(client: Clients, signalement: Signalement) -> None:
    identifiant = await valide(client)
    assert (await client(AGENT).get(f"{DIAGNOSTICS}/{identifiant}")).status_code == 404
    assert (await client(AGENT).get(DIAGNOSTICS)).json()["elements"] == []
    assert signalement.questions == []


async def test_an_animateur_elsewhere_that_is_also_an_agent_here_only_reads(client: Clients, signalement: Signalement) -> None:
    double = Actor("double", frozenset({Role.animateur, Role.agent}), MEMBRE, frozenset({"59"}))
    identifiant = await partage(client)
    signalement.questions.clear()
    assert (await client(double).get(f"{DIAGNOSTICS}/{identifiant}")).status_code == 200
    assert len(signalement.questions) == 1
    reponse = await client(double).put(
        f"{DIAGNOSTICS}/{identifiant}", json={"sections": TEXTES}, headers={"If-Match": '"1"', "Origin": PUBLIC_URL}
    )
    assert reponse.status_code == 403


async def test_readings_during_a_withdrawal_each_follow_their_own_permit(
    client: Clients, cellule_db: Database, signalement: Signalement
) -> None:
    adresse = f"{DIAGNOSTICS}/{await partage(client)}"

    async def retirer() -> None:
        await asyncio.sleep(timedelta(milliseconds=20).total_seconds())
        signalement.reponse = "consentement-manquant"

    signalement.questions.clear()
    reponses, _ = await asyncio.gather(asyncio.gather(*(client(AGENT).get(adresse) for _ in range(20))), retirer())
    ouvertes = [r for r in reponses if r.status_code == 200]
    assert {r.status_code for r in reponses} <= {200, 409}
    assert len(signalement.questions) == 20
    assert len(await lectures(cellule_db)) == len(ouvertes)
    assert (await client(AGENT).get(adresse)).status_code == 409
