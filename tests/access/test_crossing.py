"""The same role of another organisation, territory or association, on each route that names a row: nothing is read or moved."""

import pytest

from relais.hub import Hub
from tests.access.crossings import crossings, elsewhere, moved, rows, withheld
from tests.access.routes import routes
from tests.access.world import World
from tests.people import signed_in

pytestmark = pytest.mark.timeout(900)


def test_every_identifier_is_crossed() -> None:
    """No route that names a row is left out: each is open to a role that is tried here, or to an office that sees all."""
    tried = {route.name for actor in elsewhere().values() for route in crossings(actor)}
    left = {route.name for route in routes() if route.identifiers and route.roles is not None} - tried
    assert left == set()


@pytest.mark.parametrize("name", elsewhere())
def test_what_is_anothers_is_neither_read_nor_moved(name: str, hub: Hub, world: World) -> None:
    actor = elsewhere()[name]
    before = rows(hub)
    asked = 0
    with signed_in(hub, actor) as client:
        for route in crossings(actor):
            wrong = withheld(route.send(client, world.ids), world)
            assert wrong is None, f"{name}: {route.name} {wrong}"
            asked += 1
    assert asked > 5
    after = rows(hub)
    assert after == before, f"{name} moved {moved(before, after)}"
