"""The worker of notifications: hears what happened, delivers webhooks and mails: `python -m notifications.worker`."""

from collections.abc import Mapping, Sequence

from nats.aio.client import Client
from sqlmodel.ext.asyncio.session import AsyncSession

from common.consumer import Handler
from common.database import Database
from common.events import Event, Received
from common.settings import Mode
from common.worker import Sweep, Worker
from notifications.courriels.facteur import Facteur
from notifications.courriels.handlers import HANDLERS as COURRIELS
from notifications.courriels.poste import Poste
from notifications.dispatch.loop import Dispatch
from notifications.livraisons import handlers as livraisons
from notifications.livraisons.avance import Avances
from notifications.livraisons.avis import tell_managers
from notifications.livraisons.domain import Regles
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.livreur import Livreur
from notifications.livraisons.permis import permettre_par_nats
from notifications.livraisons.places import ASIDE, Places
from notifications.livraisons.store import Announcement
from notifications.settings import NotificationsSettings
from notifications.webhooks.rotation import sealing

# The first round, as the worker starts, seals what a release before left in clear.
SEALING_SECONDS = 60
TELLING_SECONDS = 5

HANDLERS: frozenset[type[Event]] = frozenset({*livraisons.HEARD, *COURRIELS})
"""What is heard. The handlers themselves are made with the settings, because what they write holds links."""


def both(first: Mapping[type[Event], Handler], second: Mapping[type[Event], Handler]) -> dict[type[Event], Handler]:
    """The handlers of two capabilities; an event that both hear is handled by both, in the same transaction."""

    def one_after_the_other(one: Handler, other: Handler) -> Handler:
        async def handle(session: AsyncSession, received: Received[Event]) -> None:
            await one(session, received)
            await other(session, received)

        return handle

    shared = {event: one_after_the_other(first[event], second[event]) for event in first.keys() & second.keys()}
    return {**first, **second, **shared}


def worker(settings: NotificationsSettings) -> Worker:
    """The worker."""
    dispatches: list[Dispatch] = []
    avances: list[Avances] = []

    def prevoir(announcements: Sequence[Announcement]) -> None:
        for one in avances:
            one.prevoir(announcements)

    async def deliver(database: Database, nats: Client) -> None:
        connections, per_host = settings.webhook_connections, max(settings.webhook_connections // 2, 1)
        loopback = settings.mode is Mode.development
        async with guarded_session(connections=connections + ASIDE, per_host=per_host, loopback=loopback) as http:
            regles = Regles(settings.webhook_retry_seconds, settings.webhook_pause_seconds)
            avances.append(Avances(permettre_par_nats(nats)))
            livreur = Livreur(http, settings.coffre, avances[-1], regles, Places(connections, per_host))
            dispatch = Dispatch("webhooks", livreur)
            dispatches.append(dispatch)
            await dispatch.run(database)

    async def write_to_people(database: Database, nats: Client) -> None:
        poste = Poste(settings)
        dispatch = Dispatch("courriels", Facteur(settings, nats, poste))
        dispatches.append(dispatch)
        try:
            await dispatch.run(database)
        finally:
            await poste.close()

    def wake() -> None:
        for dispatch in dispatches:
            dispatch.wake.set()

    return Worker(
        service="notifications",
        settings=settings,
        handlers=both(livraisons.handlers(settings.public_url, prevoir), COURRIELS),
        answerers={},
        sweeps=[
            Sweep("webhooks.secrets", SEALING_SECONDS, sealing(settings.coffre)),
            Sweep("webhooks.avis", TELLING_SECONDS, tell_managers),
        ],
        tasks=[deliver, write_to_people],
        after_commit=wake,
    )


if __name__ == "__main__":
    worker(NotificationsSettings.load()).main()
