"""The worker of notifications: hears what happened, delivers webhooks and mails: `python -m notifications.worker`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from nats.aio.client import Client
from sqlmodel.ext.asyncio.session import AsyncSession

from common.consumer import Adding, Grouped, Handler
from common.database import Database
from common.events import Event, Received
from common.settings import Mode
from common.worker import Sweep, Worker
from notifications.courriels import handlers as courriels
from notifications.courriels.annonceur import Annonceur
from notifications.courriels.attente_store import avec
from notifications.courriels.facteur import Facteur
from notifications.courriels.poste import Poste
from notifications.dispatch.loop import Dispatch
from notifications.livraisons import handlers as livraisons
from notifications.livraisons.aussitot import Aussitot
from notifications.livraisons.avance import Avances
from notifications.livraisons.avis import tell_managers
from notifications.livraisons.domain import Regles
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.livreur import Livreur
from notifications.livraisons.permis import permettre_par_nats
from notifications.livraisons.places import ASIDE, Places
from notifications.livraisons.store import Announcement
from notifications.retours.service import juger, oublier
from notifications.retraits.service import insister
from notifications.settings import NotificationsSettings
from notifications.webhooks.rotation import sealing

# The first round, as the worker starts, seals what a release before left in clear.
SEALING_SECONDS = 60
TELLING_SECONDS = 5
INSISTING_SECONDS = 20
JUDGING_SECONDS = 5
FORGETTING_SECONDS = 3600
# Whatever is heard may be a mail to send; that is looked at ten times a second at most.
MAILS_SECONDS = 0.1

HANDLERS: frozenset[type[Event]] = frozenset({*livraisons.HEARD, *courriels.HEARD})
"""What is heard. The handlers themselves are made with the settings, because what they write holds links."""


Each = Handler | Grouped | Adding


def both(systems: Mapping[type[Event], Each], people: Mapping[type[Event], Each]) -> dict[type[Event], Each]:
    """The handlers of two capabilities; an event that both hear is handled by both, in the same transaction.

    What only adds rows for systems notes what there is to tell people by the same statement.
    """

    @cache
    def noting(adding: Adding) -> Adding:
        return avec(adding, courriels.NOTER)

    def together(one: Each | None, other: Each | None) -> Each:
        if isinstance(one, Adding):
            return noting(one)
        if one is None or other is None:
            found = one or other
            assert found is not None  # noqa: S101 - it is of one of the two.
            return found
        return _one_after_the_other(one, other)

    return {event: together(systems.get(event), people.get(event)) for event in systems.keys() | people.keys()}


def _one_after_the_other(one: Each, other: Each) -> Handler:
    async def handle(session: AsyncSession, received: Received[Any]) -> None:
        await one(session, received)
        await other(session, received)

    return handle


def worker(settings: NotificationsSettings) -> Worker:
    """The worker."""
    dispatches: list[Dispatch] = []
    # What delivers exists once the bus and the database are there.
    avances: list[Avances] = []
    aussitot: list[Aussitot] = []

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
            aussitot.append(Aussitot(dispatch, livreur))
            await dispatch.run(database)

    annonceur = Annonceur(settings.rythme, lambda: any(dispatch.busy for dispatch in dispatches))

    async def tell_people(database: Database, _: Client) -> None:
        await annonceur.run(database)

    async def write_to_people(database: Database, nats: Client) -> None:
        poste = Poste(settings)
        dispatch = Dispatch("courriels", Facteur(settings, nats, database, poste), gather=MAILS_SECONDS)
        dispatches.append(dispatch)
        try:
            await dispatch.run(database)
        finally:
            await poste.close()

    def wake() -> None:
        for dispatch in dispatches:
            dispatch.wake.set()
        annonceur.wake.set()

    return Worker(
        service="notifications",
        settings=settings,
        handlers=both(
            livraisons.handlers(settings.public_url, prevoir, lambda: next(iter(aussitot), None)),
            courriels.handlers(settings.rythme),
        ),
        answerers={},
        sweeps=[
            Sweep("webhooks.secrets", SEALING_SECONDS, sealing(settings.coffre)),
            Sweep("retraits", INSISTING_SECONDS, insister(settings.rythme)),
            Sweep("retours", JUDGING_SECONDS, juger),
            Sweep("retours.oubli", FORGETTING_SECONDS, oublier),
            Sweep("webhooks.avis", TELLING_SECONDS, tell_managers(settings.rythme)),
        ],
        tasks=[deliver, tell_people, write_to_people],
        after_commit=wake,
    )


if __name__ == "__main__":
    worker(NotificationsSettings.load()).main()
