"""What the witness hears: the audit entries of every service."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.audit import store
from common.consumer import Grouped, Handlers
from common.events import Received
from common.events.audit import ENTREES


async def on_entrees(session: AsyncSession, batch: Sequence[Received[Any]]) -> None:
    """Keep the entries."""
    await store.ajouter(session, [one.event.model_dump() | {"service": one.event.capability} for one in batch])


HANDLERS: Handlers = dict.fromkeys(ENTREES.values(), Grouped(on_entrees))
