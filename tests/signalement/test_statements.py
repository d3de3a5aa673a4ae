"""How many statements the pages of a case and of a territory cost: fewer than ten, however much there is to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from common.database import Database
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir


@contextmanager
def counted(app: FastAPI) -> Iterator[list[str]]:
    """The statements that the application runs meanwhile, in order."""
    engine = app.state.database.engine.sync_engine
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(" ".join(statement.split())[:60])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/dossiers/{}", "/api/v1/dossiers/{}", "/dossiers", "/recherche", "/dossiers/{}/messages"])
async def test_a_page_costs_fewer_than_ten(app: FastAPI, ouvrir: Ouvrir, signalement_db: Database, path: str) -> None:
    dossier = await f.deposer(signalement_db)
    browser = ouvrir(f.ANIMATEUR)
    costs = []
    for _ in range(2):
        with counted(app) as seen:
            answer = await browser.get(f"/signalement{path.format(dossier.id)}")
        assert answer.status_code == 200
        assert len(seen) < 10, seen
        costs.append(len(seen))
        for _ in range(3):
            await f.deposer(signalement_db)
            await browser.post(f"/signalement/dossiers/{dossier.id}/messages", data={"texte": "Bonjour"})
    assert costs[0] == costs[1]


async def test_the_space_costs_fewer_than_ten(app: FastAPI, ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    with counted(app) as seen:
        answer = await ouvrir(f.dirigeant(dossier.id)).get("/signalement/espace")
    assert answer.status_code == 200
    assert len(seen) < 10, seen


async def test_a_case_shows_its_people_and_their_documents(app: FastAPI, ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    space = ouvrir(f.dirigeant(dossier.id))
    for nom in ("un.csv", "deux.csv"):
        sent = {"fichier": (nom, b"a;b", "text/csv")}
        assert (await space.post("/signalement/espace/documents", files=sent)).status_code == 303
    body = (await ouvrir(f.ANIMATEUR).get(f"/signalement/api/v1/dossiers/{dossier.id}")).json()
    assert [one["nom"] for one in body["documents"]] == ["deux.csv", "un.csv"]
    assert len(body["personnes"]) == 1
    assert body["tour"] is None
    await space.post("/signalement/espace/messages", data={"texte": "Quand venez-vous ?", "attend_reponse": "true"})
    body = (await ouvrir(f.ANIMATEUR).get(f"/signalement/api/v1/dossiers/{dossier.id}")).json()
    assert body["tour"] == "cellule"
