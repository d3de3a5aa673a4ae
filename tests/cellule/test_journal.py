"""The witness keeps every service's entries once, and the auditor finds them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.cellule.conftest import AILLEURS, AUDITRICE, DOSSIER, NOW, entendre, entree
from tests.cellule.parcours import Clients

from common.database import Database
from common.streams import SERVICES

JOURNAL = "/cellule/api/v1/audit"


async def lire(client: Clients, **filtre: Any) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = (await client(AUDITRICE).get(JOURNAL, params=filtre)).json()["elements"]
    return elements


async def test_every_service_is_heard_and_nothing_twice(client: Clients, cellule_db: Database) -> None:
    entrees = [entree(service, "dossier.ouvrir", NOW + timedelta(minutes=n)) for n, service in enumerate(SERVICES)]
    await entendre(cellule_db, *entrees, *entrees)
    elements = await lire(client)
    assert [e["service"] for e in elements] == list(reversed(SERVICES))
    assert {e["entree_id"] for e in elements} == {str(e.event.entree_id) for e in entrees}


@pytest.mark.parametrize(
    ("filtre", "attendu"),
    [
        ({"service": "orientation"}, 1),
        ({"action": "dossier.ouvrir"}, 2),
        ({"organisation_id": str(AILLEURS)}, 1),
        ({"dossier_id": str(DOSSIER)}, 2),
        ({"depuis": "2026-03-03"}, 2),
        ({"jusque": "2026-03-02"}, 1),
        ({"jusque": "9999-12-31", "depuis": "0001-01-01"}, 3),
    ],
    ids=str,
)
async def test_filters(client: Clients, cellule_db: Database, filtre: dict[str, Any], attendu: int) -> None:
    # 23:30 UTC on 2 March is already the 3rd in Paris.
    await entendre(
        cellule_db,
        entree("signalement", "dossier.ouvrir"),
        entree("orientation", "dossier.ouvrir", NOW.replace(hour=23, minute=30)),
        entree("notifications", "envoi.faire", NOW + timedelta(days=2), organisation_id=AILLEURS, dossier_id=UUID(int=5)),
    )
    assert len(await lire(client, **filtre)) == attendu


async def test_pages_follow_each_other_without_gap_or_overlap(client: Clients, cellule_db: Database) -> None:
    await entendre(cellule_db, *(entree("cellule", "diagnostic.lire", NOW + timedelta(seconds=n // 3)) for n in range(23)))
    vus: list[str] = []
    apres: dict[str, Any] = {}
    while True:
        page = (await client(AUDITRICE).get(JOURNAL, params={**apres, "limite": 5})).json()
        vus += [e["entree_id"] for e in page["elements"]]
        if not page["suivant"]:
            break
        apres = {"apres": page["suivant"]}
    assert len(vus) == len(set(vus)) == 23


async def test_reading_the_journal_is_in_the_log(client: Clients, cellule_db: Database) -> None:
    await lire(client)
    async with cellule_db.transaction() as session:
        actions = await session.execute(text("SELECT action, acteur_id FROM audit_entries"))
        assert [tuple(ligne) for ligne in actions] == [("journal.consulter", AUDITRICE.id)]


async def test_a_reversed_period_is_refused(client: Clients) -> None:
    reponse = await client(AUDITRICE).get(JOURNAL, params={"depuis": "2026-02-01", "jusque": "2026-01-01"})
    assert (reponse.status_code, reponse.json()["champ"]) == (422, "jusque")
