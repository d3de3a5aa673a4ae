"""Answers given in the simulator begin the form to signal a difficulty: checked, read again, and never sent by themselves."""

from typing import Any

import pytest
from sqlmodel import select
from starlette.datastructures import FormData

from common.database import Database
from signalement.depot import etapes
from signalement.signalements.models import Dossier
from tests.signalement.conftest import Ouvrir
from tests.signalement.test_depot import BASE, SITUATION, VOUS

REPRISE = {
    "etp": "5,5",
    "budget": "350 000",
    "mois_avant_rupture": "4",
    "indicateurs": ["rupture_tresorerie", "gouvernance", "aucune", "deficit_recurrent"],
}


async def test_the_answers_are_found_in_the_form_and_nothing_is_sent(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    suite = await browser.post(f"{BASE}/reprise", data=REPRISE)
    assert (suite.status_code, suite.headers["location"]) == (303, f"{BASE}/vous")
    page = (await browser.get(f"{BASE}/situation")).text
    for part in ('value="5,5"', 'value="350 000"', 'value="4"'):
        assert part in page
    assert page.count(" checked") == 2
    assert "Il reste des points" not in page
    # The story is still to be told: the step is asked for like any other.
    assert (await browser.post(f"{BASE}/vous", data=VOUS)).headers["location"] == f"{BASE}/association"
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Dossier))).all() == []


async def test_what_was_typed_already_stays(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    await browser.post(f"{BASE}/situation", data=SITUATION | {"mois_avant_rupture": ""})
    await browser.post(f"{BASE}/reprise", data=REPRISE)
    page = (await browser.get(f"{BASE}/situation")).text
    for part in ('value="6,5"', 'value="320 000"', 'value="4"', "Deux"):
        assert part in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize(
    "envoi",
    [
        {},
        {"etp": "-1", "budget": "beaucoup", "mois_avant_rupture": "1,5", "indicateurs": ["x"]},
        {"etp": "0" * 30 + "5", "budget": "9" * 18, "besoin": "<b>", "origine": "tiers"},
    ],
)
async def test_what_is_not_valid_is_left_out(ouvrir: Ouvrir, envoi: dict[str, Any]) -> None:
    browser = ouvrir(None)
    suite = await browser.post(f"{BASE}/reprise", data=envoi)
    assert (suite.status_code, suite.headers["location"]) == (303, f"{BASE}/vous")
    assert "set-cookie" not in suite.headers


def test_only_the_four_facts_are_taken() -> None:
    repris = etapes.reprise(FormData([("etp", "2"), ("besoin", "x"), ("nom", "y"), ("indicateurs", "autre")]))
    assert repris == {"indicateurs": ["autre"], "etp": ["2"]}
