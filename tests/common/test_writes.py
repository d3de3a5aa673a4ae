"""What is recorded is written with the commit by one statement, and a part that fails alone takes its records with it."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import col, select

from common import audit, outbox, writes
from common.actor import SYSTEM
from common.clock import new_id, utc_now
from common.codes import Categorie, EtatDossier, IssueDossier
from common.database import Database
from common.events.signalement import SignalementClos
from orientation.dossiers.models import DossierRow


def a_case(reference: str) -> DossierRow:
    return DossierRow(
        id=new_id(),
        reference=reference,
        departement="34",
        etat=EtatDossier.depose.value,
        indicateurs=["deficit_recurrent", "autre"],
    )


async def test_a_row_comes_back_as_it_was(orientation_db: Database) -> None:
    """Accents, quotes, arrays, absent values and defaults all survive the way past the ORM."""
    row = a_case('Été « noël » "cité" \\ ’')
    async with orientation_db.transaction() as session:
        writes.insert(session, row)
    async with orientation_db.transaction() as session:
        found = (await session.execute(select(DossierRow).where(col(DossierRow.id) == row.id))).scalar_one()
    assert found.model_dump() == row.model_dump()


async def test_a_row_that_is_no_object_has_the_same_defaults(orientation_db: Database) -> None:
    given: dict[str, Any] = {"reference": "R-3", "departement": "34", "etat": EtatDossier.depose}
    asked = {"id": new_id(), **given}
    row = DossierRow(id=new_id(), **given)
    async with orientation_db.transaction() as session:
        writes.insert(session, row)
        writes.insert_values(session, DossierRow, **asked)
    async with orientation_db.transaction() as session:
        query = select(DossierRow).where(col(DossierRow.id).in_([row.id, asked["id"]]))
        one, other = ((await session.execute(query)).scalars()).all()
    assert one.model_dump(exclude={"id"}) == other.model_dump(exclude={"id"})


async def test_one_statement_is_the_whole_transaction(orientation_db: Database) -> None:
    """Nothing else is sent when a use case only records; all of it or nothing is there."""
    statements: list[str] = []
    event.listen(orientation_db.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    good, bad = a_case("R-1"), a_case("R-2")
    async with orientation_db.transaction() as session:
        writes.insert(session, good)
        await audit.write(session, "orientation", SYSTEM, "essai.faire", good.id, now=utc_now(), categories=[Categorie.contact])
    assert statements == []
    bad.etat = "inconnu"
    with pytest.raises(Exception, match="check constraint"):
        async with orientation_db.transaction() as session:
            await audit.write(session, "orientation", SYSTEM, "essai.rater", bad.id, now=utc_now())
            writes.insert(session, bad)
    async with orientation_db.transaction() as session:
        query = text("SELECT action, categories FROM audit_entries WHERE action LIKE 'essai.%'")
        assert [tuple(row) for row in (await session.execute(query)).all()] == [("essai.faire", ["contact"])]


async def test_a_savepoint_that_fails_forgets_its_records(publisher: Database) -> None:
    """One of several parts is refused: its event is not announced, the others' are."""
    kept, refused = new_id(), new_id()
    async with publisher.transaction() as session:
        for dossier_id in (kept, refused):
            try:
                async with writes.savepoint(session):
                    closed = SignalementClos(dossier_id=dossier_id, issue=IssueDossier.redressee)
                    outbox.record(session, closed, sequence=1, now=utc_now())
                    if dossier_id == refused:
                        raise RuntimeError("refused")
            except RuntimeError:
                continue
    async with publisher.transaction() as session:
        found = (await session.execute(text("SELECT aggregate_id FROM outbox"))).scalars().all()
    assert found == [str(kept)]
