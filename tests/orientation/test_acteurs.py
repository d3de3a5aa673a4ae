"""The actors' map: who it counts, what it hides, who may look at it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.clock import utc_now
from common.codes import Famille
from common.database import Database
from common.errors import Interdit
from orientation.acteurs import domain, store
from orientation.acteurs.domain import Acteur
from tests.orientation.monde import (
    AGENT,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
)
from tests.orientation.test_pages import HTML, page

ENVOYER = text("""
    INSERT INTO orientations (id, dossier_id, partenaire_id, emetteur_id, dispositif, departement, jours, categories, etat,
        creee_at, envoyee_at, modifiee_at, version, predecesseur_id)
    SELECT gen_random_uuid(), dossier_id, :vers, emetteur_id, dispositif, :departement, jours, categories, etat,
        creee_at, :le, modifiee_at, version, CAST(:apres AS uuid)
    FROM orientations WHERE id = :modele
""")


async def envoyees(database: Database, modele: str, vers: str, n: int, **plus: Any) -> None:
    """Referrals like this one, sent the month before."""
    debut_du_mois = utc_now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    valeurs = {"le": debut_du_mois - timedelta(days=9), "departement": "34", "apres": None}
    async with database.transaction() as session:
        for _ in range(n):
            await session.execute(ENVOYER, {"modele": UUID(modele), "vers": ident(vers), **valeurs, **plus})


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_months_are_whole_and_change_on_the_first_only(jour: date) -> None:
    debut, fin = domain.periode(jour)
    assert (debut.day, fin.day, debut.month, debut.year) == (1, 1, fin.month, fin.year - 1)
    assert fin <= jour
    assert domain.periode(jour.replace(day=1)) == (debut, fin)


acteurs_connus = [Acteur(UUID(int=n), f"Organisation {n}", list(Famille)[n % 3]) for n in range(1, 8)]
tables = st.dictionaries(st.tuples(*[st.sampled_from([a.id for a in acteurs_connus])] * 2), st.integers(1, 30), max_size=20)


@given(tables)
def test_a_drawing_holds_every_line_inside_its_frame(comptes: dict[tuple[UUID, UUID], int]) -> None:
    tous = domain.liens(comptes, {a.id: a for a in acteurs_connus})
    dessin = domain.dessiner(tous)
    assert len(dessin.traits) == len(comptes)
    assert {(t.lien.de.id, t.lien.vers.id) for t in dessin.traits} == comptes.keys()
    points = [(p.x, p.y) for p in dessin.places] + [(t.x, t.y) for t in dessin.traits]
    assert all(0 < x < domain.LARGEUR and 0 < y < dessin.hauteur for x, y in points)
    assert len({(p.x, p.y) for p in dessin.places}) == len(dessin.places)
    assert [lien.n or 0 for lien in tous] == sorted((lien.n or 0 for lien in tous), reverse=True)


async def test_the_map_shows_large_numbers_and_hides_small_ones(hub: Hub) -> None:
    modele = await hub.envoyee()
    assert "Aucune orientation à dessiner" in await page(hub, ANIMATEUR, "/acteurs")
    await envoyees(hub.database, modele, "fonds", 7)
    await envoyees(hub.database, modele, "appui", 2)
    await envoyees(hub.database, modele, "nationale", 6)
    vu = await page(hub, ANIMATEUR, "/acteurs")
    # The smallest of the others is withheld with the 2, which the cell's own total would give back.
    assert vu.count('stroke-dasharray="3 5"') == 2
    tableau = vu.split("<table")[1].split("</table>")[0]
    assert tableau.count("non montré") == 2
    assert ">7</td>" in tableau
    assert ">6</td>" not in tableau
    national = await page(hub, NATIONAL, "/acteurs?region=76")
    assert national.split("<table")[1].split("</table>")[0] == tableau
    assert "Aucune orientation à dessiner" in await page(hub, NATIONAL, "/acteurs?region=44")
    assert "Aucune orientation à dessiner" in await page(hub, ANIMATEUR_EST, "/acteurs?region=76")


async def test_who_passes_on_is_on_the_map_too(hub: Hub) -> None:
    modele = await hub.envoyee()
    await envoyees(hub.database, modele, "appui", 6, apres=UUID(modele))
    async with hub.database.transaction() as session:
        debut, fin = domain.periode(utc_now().date())
        comptes = await store.comptes(session, ANIMATEUR, "", debut, fin)
    assert comptes == {(ident("cellule-sud"), ident("appui")): 6, (ident("fonds"), ident("appui")): 6}


async def test_only_whole_months_and_ones_own_territory_are_counted(hub: Hub) -> None:
    modele = await hub.envoyee()
    debut, fin = domain.periode(utc_now().date())
    for jour in (debut, fin):
        for ecart in (-1, 0):
            le = datetime(jour.year, jour.month, 1, tzinfo=UTC) + timedelta(seconds=ecart)
            await envoyees(hub.database, modele, "fonds", 1, le=le)
    await envoyees(hub.database, modele, "fonds", 1, departement="67")
    async with hub.database.transaction() as session:
        vus = [await store.comptes(session, actor, "76", debut, fin) for actor in (ANIMATEUR, NATIONAL, ANIMATEUR_EST)]
        with pytest.raises(Interdit):
            await store.comptes(session, AGENT, "76", debut, fin)
    cle = (ident("cellule-sud"), ident("fonds"))
    assert vus == [{cle: 2}, {cle: 2}, {cle: 1}]


@pytest.mark.parametrize("chemin", ["/acteurs", "/couverture/detail"])
async def test_only_those_who_run_the_cells_look(hub: Hub, chemin: str) -> None:
    for actor in (AGENT, MANAGER, AUDITEUR, MACHINE, DIRIGEANT):
        assert (await hub.get(actor, chemin, headers=HTML)).status_code == 403, actor
    assert (await hub.get(None, chemin, headers=HTML)).status_code in (303, 401)
