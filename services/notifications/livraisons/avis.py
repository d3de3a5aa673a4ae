"""Telling the managers how their endpoint fares: by mail, and in the log of what was done."""

from collections.abc import Awaitable, Callable

from common import audit
from common.actor import SYSTEM
from common.clock import Clock, new_id
from common.database import Database
from notifications.courriels.annonces import annoncer
from notifications.livraisons import avis_store
from notifications.regles.domain import Fait, Relation, Rythme

SERVICE = "notifications"


def tell_managers(rythme: Rythme) -> Callable[[Database, Clock], Awaitable[None]]:
    """A round: each notice that waits becomes a mail, to that rhythm, and an entry, in one transaction, once."""

    async def one_round(database: Database, clock: Clock) -> None:
        async with database.transaction() as session:
            now = clock()
            for webhook_id, partenaire_id, avis in await avis_store.take(session):
                fait = Fait(f"webhook.{avis}", ((Relation.organisation, partenaire_id),), webhook_id)
                await annoncer(session, [(new_id(), fait)], rythme, now)
                await audit.write(session, SERVICE, SYSTEM, f"webhook.{avis}", webhook_id, now=now)

    return one_round
