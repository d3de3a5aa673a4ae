"""The worker whole: what other services publish on the real bus ends in the figures and the journal, and ours goes out."""

import asyncio
from collections.abc import Callable
from typing import Any

from nats.js.errors import Error as JetStreamError
from sqlalchemy import text
from tests.cellule.conftest import AUDITRICE, DOSSIER, NOW, depose, entree, settings_for

from cellule.worker import worker
from common import audit
from common.clock import new_id, utc_now
from common.database import Database
from common.events import Event, encode
from common.streams import AUDIT, SERVICES, streams_of
from relais.nats import NatsServer


async def test_from_the_bus_to_the_figures_and_back(
    cellule_db: Database, database_urls: dict[str, str], nats_server: NatsServer, bus_connections: Callable[[str], Any]
) -> None:
    admin = (await bus_connections("admin")).jetstream()
    for info in await admin.streams_info():
        await admin.delete_stream(info.config.name)
    for service in SERVICES:
        for nom, config in streams_of(service).items():
            if nom != AUDIT:
                await admin.add_stream(config)
    running = asyncio.create_task(worker(settings_for("cellule", nats_server, database_urls["cellule"])).run())
    try:
        async with cellule_db.transaction() as session:
            await audit.write(session, "cellule", AUDITRICE, "journal.consulter", "cellule", now=utc_now())
        signalement = (await bus_connections("signalement")).jetstream()
        for event, sequence in ((depose(), 1), (entree("signalement", "dossier.ouvrir").event, 0)):
            await publier(signalement, event, sequence)
        async with asyncio.timeout(20):
            while await compter(cellule_db) != (1, 2, 0):
                await asyncio.sleep(0.1)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def publier(js: Any, event: Event, sequence: int) -> None:
    """Publish as soon as the stream exists: AUDIT is the worker's to make."""
    async with asyncio.timeout(20):
        while True:
            try:
                await js.publish(event.subject(), encode(event, new_id(), sequence, NOW).encode(), timeout=1)
            except JetStreamError:
                await asyncio.sleep(0.1)
            else:
                return


async def compter(database: Database) -> tuple[int, ...]:
    """Cases known, entries witnessed, events not yet published."""
    async with database.transaction() as session:
        row = await session.execute(
            text(
                "SELECT (SELECT count(*) FROM cas WHERE dossier_id = :dossier), (SELECT count(*) FROM journal), "
                "(SELECT count(*) FROM outbox WHERE published_at IS NULL)"
            ),
            {"dossier": DOSSIER},
        )
        return tuple(row.one())
