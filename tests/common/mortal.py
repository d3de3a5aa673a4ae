"""A process that hears until it ends: by a kill, or by its own hand when it is given what it cannot bear."""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from tests.common.conftest import settings_for
from tests.common.hearing import DURABLE, have_effect

from common import bus
from common.consumer import Consumer
from common.database import Database
from common.events import Received
from common.events.signalement import SignalementClos

ENDED_ITSELF = 3


async def hear(database_url: str, nats_url: str, password: str, poisoned: UUID) -> None:
    """Hear cases that close; the first event of the poisoned one is the end."""

    async def die(session: AsyncSession, received: Received[Any]) -> None:
        await have_effect(session, received)
        if received.event.dossier_id == poisoned and received.sequence == 1:
            os._exit(ENDED_ITSELF)

    database = Database(database_url, service="cellule", systeme=True)
    client = await bus.connect(settings_for("cellule", nats_url, password), name="mortal")
    await Consumer(DURABLE, client, database, {SignalementClos: die}).run()


if __name__ == "__main__":
    database_url, nats_url, password, poisoned = sys.argv[1:]
    asyncio.run(hear(database_url, nats_url, password, UUID(poisoned)))
