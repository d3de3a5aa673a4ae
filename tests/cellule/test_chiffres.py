"""The figures on real PostgreSQL equal a plain recomputation, whatever order the events came in and how often."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from tests.cellule.conftest import NATIONALE, depose, entendre, recu
from tests.cellule.histoires import attendus, histoire

from cellule.chiffres.service import Chiffres, Compte, chiffres
from common.clock import new_id
from common.database import Database
from common.events import Received
from common.events.signalement import SignalementDepose
from common.secret import masquer

PARIS = ZoneInfo("Europe/Paris")


async def lire(database: Database, **filtre: Any) -> Chiffres:
    async with database.transaction() as session:
        return await chiffres(session, NATIONALE, **filtre)


def en_dict(comptes: Sequence[Compte]) -> dict[str | None, int | None]:
    assert len({compte.code for compte in comptes}) == len(comptes)
    return {compte.code: compte.n for compte in comptes}


def resume(c: Chiffres) -> dict[str, Any]:
    """The answer in the form of the recomputation."""
    return {
        "total": c.dossiers.total,
        "emplois": c.emplois.total,
        "par_region": en_dict(c.dossiers.par_region),
        "par_departement": en_dict(c.dossiers.par_departement),
        "par_mois": en_dict(c.dossiers.par_mois),
        "par_etat": en_dict(c.dossiers.par_etat),
        "par_niveau": en_dict(c.dossiers.par_niveau),
        "delai": (c.delai_diagnostic.n, c.delai_diagnostic.mediane_jours, c.delai_diagnostic.dans_les_six_semaines),
        "orientations": c.orientations.total,
        "orientations_par_etat": en_dict(c.orientations.par_etat),
        "par_dispositif": en_dict(c.orientations.par_dispositif),
        "par_motif": en_dict(c.orientations.par_motif),
        "par_partenaire": {
            p.partenaire_id: (p.n, p.acceptees, p.declinees, p.delai_median_heures) for p in c.orientations.par_partenaire
        },
    }


async def partager(database: Database, rng: Random, evenements: list[Received[Any]]) -> dict[UUID, Any]:
    """Diagnostics shared in some of these cases, around the six weeks; gives when."""
    partages = {
        e.event.dossier_id: e.time + timedelta(days=rng.choice([10, 41.9, 42, 42.1, 80]))
        for e in evenements
        if isinstance(e.event, SignalementDepose) and rng.random() < 0.5
    }
    async with database.transaction() as session:
        for dossier, at in partages.items():
            for plus in (0, 30):
                await session.execute(
                    text(
                        "INSERT INTO diagnostics (id, dossier_id, cellule_id, etat, numero, version, ouvert_at, partage_at) "
                        "VALUES (:id, :dossier, :id, 'partage', 1, 4, :at, :at)"
                    ),
                    {"id": new_id(), "dossier": dossier, "at": at + timedelta(days=plus)},
                )
    return partages


@pytest.mark.parametrize("graine", range(6))
async def test_figures_equal_the_recomputation(cellule_db: Database, graine: int) -> None:
    rng = Random(graine)
    evenements = histoire(rng, cas=60)
    desordre = evenements + rng.sample(evenements, len(evenements) // 3)
    rng.shuffle(desordre)
    await entendre(cellule_db, *desordre)
    partages = await partager(cellule_db, rng, evenements)
    obtenus = resume(await lire(cellule_db))
    assert obtenus == attendus(evenements, partages, masquer)


@pytest.mark.parametrize("graine", range(25))
async def test_any_order_with_duplicates_builds_the_same_rows(cellule_db: Database, graine: int) -> None:
    rng = Random(1000 + graine)
    evenements = histoire(rng, cas=4)
    await entendre(cellule_db, *evenements)
    dans_l_ordre = await tout(cellule_db)
    async with cellule_db.transaction() as session:
        await session.execute(text("TRUNCATE cas, renvois, partenaires"))
    desordre = evenements * 2
    rng.shuffle(desordre)
    for evenement in desordre:
        await entendre(cellule_db, evenement)
    assert await tout(cellule_db) == dans_l_ordre


async def tout(database: Database) -> list[Any]:
    """Every row of the read model."""
    async with database.transaction() as session:
        tables = ("cas", "renvois", "partenaires")
        return [sorted(map(repr, await session.execute(text(f"SELECT * FROM {table}")))) for table in tables]


async def test_territory_and_period_bound_everything(cellule_db: Database) -> None:
    rng = Random(7)
    evenements = histoire(rng, cas=80)
    await entendre(cellule_db, *evenements)
    locaux = {
        e.event.dossier_id
        for e in evenements
        if isinstance(e.event, SignalementDepose) and e.event.region == "76" and e.time.astimezone(PARIS).month == 2
    }
    retenus = [e for e in evenements if getattr(e.event, "dossier_id", None) in locaux]
    obtenus = resume(await lire(cellule_db, region="76", depuis=date(2026, 2, 1), jusque=date(2026, 2, 28)))
    assert obtenus == attendus(retenus, {}, masquer)
    assert set(obtenus["par_region"]) == {"76"}
    assert 0 < obtenus["total"] < len({e.event.dossier_id for e in evenements if isinstance(e.event, SignalementDepose)})


async def test_a_day_is_that_of_the_territory(cellule_db: Database) -> None:
    soir = datetime(2026, 2, 1, 1, 30, tzinfo=UTC)
    await entendre(cellule_db, *(recu(depose(new_id(), "971", "01"), at=soir) for _ in range(5)))
    await entendre(cellule_db, *(recu(depose(new_id(), "974", "04"), at=soir) for _ in range(6)))
    mois = en_dict((await lire(cellule_db)).dossiers.par_mois)
    assert mois == {"2026-01": 5, "2026-02": 6}
    assert (await lire(cellule_db, jusque=date(2026, 1, 31))).dossiers.total == 5
