"""Reading what happened: the text of a page, the events of an outbox, the entries of the log."""

import html
import re
from typing import Any

import httpx2
from sqlalchemy import text

from common.database import Database
from common.events import decode


def texte(response: httpx2.Response) -> str:
    """A page as it is read: without tags, with its characters instead of entities, each gap one space."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"[ \n\t]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


async def evenements(database: Database, fact: str | None = None) -> list[Any]:
    """The events in the outbox, in order; with `fact`, those of that fact."""
    async with database.transaction() as session:
        bodies = (await session.execute(text("SELECT body FROM outbox ORDER BY seq"))).scalars().all()
    events = [decode(body.encode()).event for body in bodies]
    return [event for event in events if fact in (None, event.fact)]


async def bruts(database: Database) -> str:
    """Everything in the outbox and the log, as text, to look for what must not be there."""
    async with database.transaction() as session:
        outbox = (await session.execute(text("SELECT string_agg(body, ' ') FROM outbox"))).scalar_one()
        log = (await session.execute(text("SELECT string_agg(audit_entries::text, ' ') FROM audit_entries"))).scalar_one()
    return f"{outbox} {log}"


async def actions(database: Database) -> list[str]:
    """The actions in the log, in order."""
    async with database.transaction() as session:
        return list((await session.execute(text("SELECT action FROM audit_entries ORDER BY at, id"))).scalars())
