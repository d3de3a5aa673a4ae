"""Telling the managers how their endpoint fares: by mail, and in the log of what was done."""

from common import audit
from common.actor import SYSTEM
from common.clock import Clock, new_id
from common.database import Database
from notifications.courriels.annonces import annoncer
from notifications.livraisons import avis_store
from notifications.regles.domain import RYTHME, Fait, Relation

SERVICE = "notifications"


async def tell_managers(database: Database, clock: Clock) -> None:
    """One round: each notice that waits becomes a mail and an entry, in one transaction, once."""
    async with database.transaction() as session:
        now = clock()
        for webhook_id, partenaire_id, avis in await avis_store.take(session):
            fait = Fait(f"webhook.{avis}", ((Relation.organisation, partenaire_id),), webhook_id)
            await annoncer(session, [(new_id(), fait)], RYTHME, now)
            await audit.write(session, SERVICE, SYSTEM, f"webhook.{avis}", webhook_id, now=now)
