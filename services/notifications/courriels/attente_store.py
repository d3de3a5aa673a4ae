"""The facts still to be told to people: noted with what is told to systems, in one statement; taken up a little later."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.consumer import Adding
from common.events import REGISTRY, Event, Received

COLUMNS = "event_id uuid, fait text"
NOTE = "INSERT INTO faits (event_id, fait) SELECT event_id, fait FROM heard WHERE fait IS NOT NULL"
TAKE = text("""
    DELETE FROM faits WHERE seq IN (
        SELECT seq FROM faits WHERE apres IS NULL OR apres <= CAST(:now AS timestamptz) ORDER BY seq LIMIT :limite
        FOR UPDATE SKIP LOCKED
    ) RETURNING seq, event_id, fait
""")
TAKE_ONE = text("DELETE FROM faits WHERE seq = :seq RETURNING seq, event_id, fait")
DUE = text("SELECT seq FROM faits WHERE apres IS NULL OR apres <= CAST(:now AS timestamptz) ORDER BY seq LIMIT :limite")
POSTPONE = text("UPDATE faits SET apres = CAST(:apres AS timestamptz) WHERE seq = :seq")


def noter(kinds: frozenset[type[Event]]) -> Adding:
    """Notes the events of these kinds."""

    def rows(batch: Sequence[Received[Any]]) -> list[dict[str, Any]]:
        return [{"event_id": one.id, "fait": _write(one) if type(one.event) in kinds else None} for one in batch]

    return Adding(COLUMNS, NOTE, rows)


def avec(adding: Adding, note: Adding) -> Adding:
    """Adds what one handler adds and notes what the other does, in the same single statement."""

    def rows(batch: Sequence[Received[Any]]) -> Sequence[Mapping[str, Any]]:
        added = {row["event_id"]: row for row in adding.rows(batch)}
        return [{**added.get(row["event_id"], {}), **row} for row in note.rows(batch)]

    columns, statement = f"{adding.columns}, fait text", f", faits_notes AS ({NOTE}) {adding.statement}"
    return Adding(columns, statement, rows, adding.prepare, adding.after)


def _write(one: Received[Any]) -> str:
    fact = {"type": one.event.subject(), "sequence": one.sequence, "time": one.time.isoformat()}
    return json.dumps(fact | {"data": one.event.model_dump(mode="json")}, separators=(",", ":"))


def _read(event_id: UUID, fait: str) -> Received[Any]:
    fact = json.loads(fait)
    event = REGISTRY[fact["type"]].model_validate(fact["data"])
    return Received(event_id, event, fact["sequence"], datetime.fromisoformat(fact["time"]))


async def take(session: AsyncSession, now: datetime, limite: int) -> list[Received[Any]]:
    """Take up the oldest facts; they are there again when this transaction fails."""
    found = (await session.execute(TAKE, {"now": now, "limite": limite})).all()
    return [_read(row.event_id, row.fait) for row in sorted(found, key=lambda row: row.seq)]


async def due(session: AsyncSession, now: datetime, limite: int) -> list[int]:
    """The oldest facts, by their numbers."""
    return list((await session.execute(DUE, {"now": now, "limite": limite})).scalars())


async def take_one(session: AsyncSession, seq: int) -> list[Received[Any]]:
    """Take up one fact, when nobody else has."""
    return [_read(row.event_id, row.fait) for row in await session.execute(TAKE_ONE, {"seq": seq})]


async def postpone(session: AsyncSession, seq: int, apres: datetime) -> None:
    """Leave a fact until later."""
    await session.execute(POSTPONE, {"seq": seq, "apres": apres})
