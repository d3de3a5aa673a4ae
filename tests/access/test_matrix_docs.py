"""The written matrix of roles and routes is what the routes say today."""

import json

from common.actor import Role
from tests.access.matrice import BORNES, DATA, PAGE, PLACE, ROLES, borne, document, donnees, page
from tests.access.routes import routes


def test_the_written_matrix_is_current() -> None:
    for place, made in ((PLACE, document), (PAGE, page), (DATA, donnees)):
        assert place.read_text() == made(), f"{place.name}: run python -m tests.access.matrice"


def test_every_route_and_every_role_is_in_it() -> None:
    told = json.loads(DATA.read_text())
    assert {(line["methode"], line["chemin"]) for line in told} == {(route.method, route.path) for route in routes()}
    assert set(ROLES) == set(Role)


def test_no_partner_animateur_or_association_is_answered_everywhere() -> None:
    """A row that an address names is bounded for each of them."""
    for route in routes():
        for role in BORNES:
            assert not route.identifiers or borne(route, role) in ("", "soi", BORNES[role]), (route.name, role)
