"""What the witness hears: the audit entries of every service."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.audit import store
from common.consumer import Handlers
from common.events import Received
from common.events.audit import ENTREES


async def on_entree(session: AsyncSession, received: Received[Any]) -> None:
    """Keep the entry."""
    await store.ajouter(session, received.event.model_dump() | {"service": received.event.capability})


HANDLERS: Handlers = dict.fromkeys(ENTREES.values(), on_entree)
