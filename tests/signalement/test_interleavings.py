"""The door and the withdrawal at the same instant, two thousand times, on a real PostgreSQL.

Two proofs, independent of each other. By the clock of the test: an opening that began once a withdrawal had answered is
refused. By the ledger: the outbox numbers what is written while the consent's row is held, so that no entry of an opening
may bear a higher number than the withdrawal of the consent that it rests on.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import new_id, utc_now
from common.codes import Categorie, Finalite
from common.database import Database
from common.errors import ConsentementManquant
from common.requests import ActeurDemandeur, ConsentementPermis, DossierDivulguer
from signalement.consentements import porte, service, store
from signalement.consentements.models import Consentement
from tests.signalement import fabrique as f

INTERLEAVINGS = 2000
TOGETHER = 24
OPENINGS = 2
SPREAD_S = 0.012

LATE = text("""
    SELECT count(*) FROM outbox entree
    JOIN audit_entries audit ON audit.id = CAST(entree.aggregate_id AS uuid)
    JOIN outbox retrait ON retrait.aggregate_id = CAST(audit.consentement_id AS text)
        AND retrait.subject = 'relais.signalement.consentement.retire.v1'
    WHERE audit.action IN ('dossier.ouvrir', 'consentement.permettre') AND entree.seq > retrait.seq
""")
LATE_BY_TIME = text("""
    SELECT count(*) FROM audit_entries opening
    JOIN audit_entries retrait ON retrait.consentement_id = opening.consentement_id AND retrait.action = 'consentement.retirer'
    WHERE opening.action IN ('dossier.ouvrir', 'consentement.permettre') AND opening.at > retrait.at
""")
COUNT = text("SELECT count(*) FROM audit_entries WHERE action = :action")


@dataclass
class Tally:
    """What happened over all interleavings."""

    opened: int = 0
    refused: int = 0
    late: int = 0


@pytest.fixture
async def wide(signalement_db: Database) -> AsyncIterator[Database]:
    """The same database through a pool as wide as what runs together."""
    database = Database(signalement_db.url, service="signalement", pool=40, notify=False)
    yield database
    await database.close()


async def interleave(database: Database, tally: Tally, rng: random.Random, row: Consentement) -> None:
    """One consent withdrawn while some try to open on it, each at a random instant."""
    withdrawn_at = float("inf")

    async def withdraw() -> None:
        nonlocal withdrawn_at
        await asyncio.sleep(rng.random() * SPREAD_S)
        async with database.transaction() as session:
            await service.repondre(session, f.dirigeant(row.dossier_id), row.id, "retirer", utc_now)
        withdrawn_at = time.monotonic()

    async def opening(number: int) -> None:
        await asyncio.sleep(rng.random() * SPREAD_S * 1.5)
        began = time.monotonic()
        try:
            async with database.transaction() as session:
                await (open_dossier if number % 2 else take_permit)(session, row)
        except ConsentementManquant:
            tally.refused += 1
        else:
            tally.opened += 1
            tally.late += began > withdrawn_at

    await asyncio.gather(withdraw(), *(opening(number) for number in range(OPENINGS)))


def demande(row: Consentement) -> dict[str, object]:
    """What an asker says for this consent's recipient."""
    return {
        "dossier_id": row.dossier_id,
        "destinataire_id": row.destinataire_id,
        "finalite": Finalite.orientation,
        "categories": (Categorie.identite,),
        "acteur": ActeurDemandeur(id="agent", role="agent", organisation_id=row.destinataire_id),
        "objet_id": new_id(),
    }


async def open_dossier(session: object, row: Consentement) -> None:
    """A partner opens the case."""
    await porte.divulguer(session, DossierDivulguer.model_validate(demande(row)), utc_now)  # type: ignore[arg-type]


async def take_permit(session: object, row: Consentement) -> None:
    """Another service asks whether it may disclose."""
    await porte.permettre(session, ConsentementPermis.model_validate(demande(row)), utc_now)  # type: ignore[arg-type]


async def run(database: Database, times: int, seed: int) -> tuple[Tally, int, int]:
    """That many interleavings; gives the tally and how many openings the ledger shows as late, by number and by moment."""
    rng = random.Random(seed)
    tally = Tally()
    dossier = await f.deposer(database)
    rows = [given(dossier.id, utc_now()) for _ in range(times)]
    async with database.transaction() as session:
        session.add_all(rows)
    gate = asyncio.Semaphore(TOGETHER)

    async def one(row: Consentement) -> None:
        async with gate:
            await interleave(database, tally, rng, row)

    await asyncio.gather(*(one(row) for row in rows))
    async with database.transaction() as session:
        late = (await session.execute(LATE)).scalar_one()
        late_by_time = (await session.execute(LATE_BY_TIME)).scalar_one()
        withdrawals = (await session.execute(COUNT, {"action": "consentement.retirer"})).scalar_one()
    assert withdrawals == times
    return tally, late, late_by_time


def given(dossier_id: UUID, now: datetime) -> Consentement:
    """A consent to a recipient of its own, so that each interleaving has one row to fight for."""
    return f.donne(dossier_id, now + timedelta(days=365), now=now, destinataire_id=new_id())


async def test_no_opening_comes_after_the_withdrawal(wide: Database) -> None:
    tally, late, late_by_time = await run(wide, INTERLEAVINGS, seed=20261122)
    # Both outcomes occurred often, or the test would show nothing.
    assert tally.opened > INTERLEAVINGS // 2
    assert tally.refused > INTERLEAVINGS // 2
    assert tally.opened + tally.refused == INTERLEAVINGS * OPENINGS
    assert (tally.late, late, late_by_time) == (0, 0, 0)


async def test_without_the_lock_this_very_test_would_fail(wide: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(session, dossier_id, destinataire_id, finalite, categories):  # type: ignore[no-untyped-def]
        query = store.covering(dossier_id, destinataire_id, finalite, categories).where(Consentement.etat == "donne")
        return (await session.exec(query)).one_or_none()

    monkeypatch.setattr(store, "share", look)
    _, late, _ = await run(wide, 300, seed=1)
    assert late > 0
