"""One case for all tests of access: its partner's sheet and team take it once."""

import pytest

from relais.hub import Hub
from tests.access.world import World, build


@pytest.fixture(scope="session")
def world(hub: Hub) -> World:
    """The case that strangers must not reach."""
    return build(hub)
