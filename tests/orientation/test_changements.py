"""The feed of changes misses nothing, whatever order transactions are committed in, and shows each partner its own."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from common.actor import Actor
from common.database import Database
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, MACHINE, Hub

FLUX = "/api/v1/orientations/changements"


async def lire(hub: Hub, actor: Actor, apres: str = "", limite: int = 2) -> tuple[list[tuple[str, int]], str]:
    """All that there is to read after a place, page by page."""
    lus: list[tuple[str, int]] = []
    while True:
        page = (await hub.get(actor, f"{FLUX}?apres={apres}&limite={limite}")).json()
        lus += [(element["orientation_id"], element["version"]) for element in page["elements"]]
        apres = page["suivant"]
        if not page["encore"]:
            return lus, apres


async def test_a_system_catches_up(hub: Hub) -> None:
    premiere, deuxieme, troisieme = [await hub.envoyee() for _ in range(3)]
    lus, place = await lire(hub, MACHINE)
    assert lus == [(premiere, 2), (deuxieme, 2), (troisieme, 2)]
    assert await lire(hub, MACHINE, place) == ([], place)
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, deuxieme, "recevoir")
    await hub.agir(AGENT, premiere, "accepter")
    assert await lire(hub, MACHINE, place) == ([(deuxieme, 3), (premiere, 4)], (await lire(hub, MACHINE, place))[1])
    assert [un for un, _ in (await lire(hub, ANIMATEUR))[0]] == [troisieme, deuxieme, premiere]


async def test_nobody_reads_what_is_anothers(hub: Hub) -> None:
    envoyee = await hub.envoyee()
    brouillon = await hub.brouillon()
    assert await lire(hub, AGENT_APPUI) == ([], "0." + "0" * 32)
    assert (await lire(hub, ANIMATEUR_EST))[0] == []
    assert [un for un, _ in (await lire(hub, MACHINE))[0]] == [envoyee]
    assert {un for un, _ in (await lire(hub, ANIMATEUR))[0]} == {envoyee, brouillon}


@pytest.mark.parametrize("apres", ["rien", "1.2", "-1." + "0" * 32, "9" * 30 + "." + "0" * 32])
async def test_a_place_that_is_none_is_refused(hub: Hub, apres: str) -> None:
    refus = await hub.get(MACHINE, f"{FLUX}?apres={apres}")
    assert (refus.status_code, refus.json()["champ"]) == (422, "apres")


async def test_a_place_of_before_a_restoration_is_told_apart(hub: Hub) -> None:
    refus = await hub.get(MACHINE, f"{FLUX}?apres={'9' * 18}.{'0' * 32}")
    assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:curseur-perime")


async def ecrire(database: Database, orientation_id: str, hasard: random.Random) -> None:
    """Write a referral in a transaction that has a number before it writes, and is committed some time after."""
    async with database.transaction() as session:
        await session.execute(text("SELECT pg_current_xact_id()"))
        await asyncio.sleep(hasard.random() / 50)
        query = text("UPDATE orientations SET version = version + 1 WHERE id = :id")
        await session.execute(query, {"id": UUID(orientation_id)})
        await asyncio.sleep(hasard.random() / 20)


async def test_nothing_is_missed_while_many_write(hub: Hub) -> None:
    """Writers overlap and commit in any order; a reader that never looks back ends with the last version of everything."""
    hasard = random.Random(7)
    toutes = [await hub.envoyee() for _ in range(6)]
    vues: dict[str, int] = {}
    fini = asyncio.Event()

    async def suivre() -> None:
        place = ""
        while True:
            dernier_tour = fini.is_set()
            lus, place = await lire(hub, MACHINE, place)
            for orientation_id, version in lus:
                assert version > vues.get(orientation_id, 0), "a change came twice, or backwards"
                vues[orientation_id] = version
            if dernier_tour:
                return

    async def ecrivain() -> None:
        for _ in range(25):
            await ecrire(hub.database, hasard.choice(toutes), hasard)

    lecteur = asyncio.create_task(suivre())
    await asyncio.gather(*(ecrivain() for _ in range(6)))
    fini.set()
    await lecteur
    async with hub.database.transaction() as session:
        rows = (await session.execute(text("SELECT id, version FROM orientations"))).all()
    assert vues == {str(row.id): row.version for row in rows}
    assert sum(version for version in vues.values()) == 6 * 2 + 6 * 25


async def test_what_is_written_past_the_orm_is_in_the_feed_too(hub: Hub) -> None:
    envoyee = await hub.envoyee()
    _, place = await lire(hub, MACHINE)
    async with hub.database.transaction() as session:
        await session.execute(text("UPDATE orientations SET modifiee_at = now()"))
    assert [un for un, _ in (await lire(hub, MACHINE, place))[0]] == [envoyee]


async def test_the_feed_walks_in_an_index(hub: Hub) -> None:
    nul = str(UUID(int=0))
    async with hub.database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL enable_sort = off"))
        plan = await session.execute(
            text(
                f"EXPLAIN SELECT id FROM orientations WHERE partenaire_id = '{nul}' AND envoyee_at IS NOT NULL "
                f"AND (ecriture, id) > (5, '{nul}') AND ecriture < 10 ORDER BY ecriture, id LIMIT 50"
            )
        )
        lignes = "\n".join(plan.scalars().all())
    assert "ix_orientations_ecriture_partenaire" in lignes
    assert "Sort" not in lignes


async def test_a_refusal_says_where_things_stand_and_what_may_be_done(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    path = f"/api/v1/orientations/{orientation_id}/actions"
    trop_tard = await hub.post(MACHINE, f"{path}/recevoir", {})
    assert trop_tard.status_code == 409
    perime = await hub.post(MACHINE, f"{path}/accepter", {}, headers={"If-Match": '"1"'})
    assert perime.status_code == 412
    for refus in (trop_tard.json(), perime.json()):
        assert (refus["etat"], refus["version"]) == ("recue", 3)
        assert "accepter" in refus["permis"]
    questions = {"questions": [{"intitule": "Quel est le dernier bilan ?"}]}
    await hub.agir(MACHINE, orientation_id, "accepter")
    complement = await hub.post(MACHINE, f"/api/v1/orientations/{orientation_id}/complements", questions)
    assert (complement.status_code, complement.json()["etat"], complement.json()["version"]) == (409, "acceptee", 4)
    await hub.agir(MACHINE, orientation_id, "decliner", 409, motif="sans_capacite")
    close = await hub.envoyee()
    await hub.agir(ANIMATEUR, close, "annuler")
    ouverture = await hub.post(MACHINE, f"/api/v1/orientations/{close}/ouverture")
    assert (ouverture.status_code, ouverture.json()["etat"], ouverture.json()["version"]) == (409, "retiree", 3)
