"""How many statements a request costs: few, and no more for a long list than for a short one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.orientation.monde import AGENT, ANIMATEUR, Hub


@contextmanager
def counted(hub: Hub) -> Iterator[list[str]]:
    """The statements that the application runs meanwhile, in order."""
    engine = hub.app.state.database.engine.sync_engine
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(" ".join(statement.split())[:60])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_the_way_of_a_referral_costs_few_statements(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    await hub.accorder(dossier_id)
    await hub.brouillon(dossier_id)
    with counted(hub) as creation:
        orientation_id = await hub.brouillon(dossier_id)
    assert len(creation) <= 5, creation
    with counted(hub) as sending:
        await hub.agir(ANIMATEUR, orientation_id, "envoyer")
    # One of them asks whether the partner is to be given a link, since nobody signs in there.
    assert len(sending) <= 8, sending
    with counted(hub) as action:
        await hub.agir(AGENT, orientation_id, "recevoir")
    assert len(action) <= 5, action


async def test_a_list_costs_the_same_whatever_its_length(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    await hub.envoyee(dossier_id)
    paths = ("/api/v1/orientations", "/orientations", f"/api/v1/orientations?dossier_id={dossier_id}")
    costs = []
    for _ in range(2):
        with counted(hub) as seen:
            for path in paths:
                assert (await hub.get(AGENT, path)).status_code == 200
        costs.append(len(seen))
        for _ in range(5):
            await hub.envoyee(dossier_id)
    assert costs[0] == costs[1] <= 2 * len(paths)


async def test_preparing_a_referral_costs_fewer_than_ten(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    costs = []
    for _ in range(2):
        with counted(hub) as seen:
            assert (await hub.get(ANIMATEUR, f"/orientations/nouvelle?dossier={dossier_id}")).status_code == 200
        assert len(seen) < 10, seen
        costs.append(len(seen))
        for _ in range(3):
            await hub.brouillon(dossier_id)
    assert costs[0] == costs[1]
