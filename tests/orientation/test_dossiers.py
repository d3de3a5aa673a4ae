"""What is heard of cases, in whatever order it comes."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import new_id
from common.codes import Horizon, IssueDossier, Niveau
from common.database import Database
from common.events import Event
from common.events.signalement import SignalementClos
from tests.orientation.monde import ANIMATEUR, Hub, depose, entendre, ident, qualifie

DOSSIER = ident("dossier")
FAITS: list[tuple[Event, int]] = [
    (depose(DOSSIER), 1),
    (qualifie(DOSSIER).model_copy(update={"niveau": Niveau.anticiper}), 2),
    (qualifie(DOSSIER).model_copy(update={"horizon": Horizon.moins_3}), 3),
]


async def row(database: Database, dossier_id: UUID) -> dict[str, Any]:
    async with database.transaction() as session:
        query = text("SELECT * FROM dossiers WHERE id = :id")
        return dict((await session.execute(query, {"id": dossier_id})).mappings().one())


@pytest.mark.parametrize("ordre", list(permutations(range(len(FAITS)))))
async def test_any_order_tells_the_same(orientation_db: Database, ordre: tuple[int, ...]) -> None:
    for i in ordre:
        await entendre(orientation_db, *FAITS[i])
    lu = await row(orientation_db, DOSSIER)
    assert (lu["etat"], lu["niveau"], lu["horizon"]) == ("qualifie", "faire_face", "moins_3")
    assert (lu["reference"], lu["departement"], lu["emplois"]) == ("REL-2026-0001", "34", 12)


async def test_a_closed_case_stays_closed_and_takes_no_new_referral(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    await entendre(hub.database, SignalementClos(dossier_id=dossier_id, issue=IssueDossier.redressee), 4)
    await entendre(hub.database, qualifie(dossier_id), 3)
    await entendre(hub.database, depose(dossier_id), 1)
    assert (await row(hub.database, dossier_id))["etat"] == "clos"
    await refuse(hub, dossier_id)


async def test_a_case_that_is_not_qualified_takes_no_referral(hub: Hub) -> None:
    dossier_id = new_id()
    await entendre(hub.database, depose(dossier_id), 1)
    await refuse(hub, dossier_id)


async def refuse(hub: Hub, dossier_id: UUID) -> None:
    corps = {"dossier_id": str(dossier_id), "partenaire_id": str(ident("fonds"))}
    corps |= {"dispositif": "trajectoire", "categories": ["identite"]}  # type: ignore[dict-item]
    answer = await hub.post(ANIMATEUR, "/api/v1/orientations", corps)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:relais:erreur:dossier-non-qualifie")
