"""The worker of notifications: hears what happened, delivers webhooks and mails: `python -m notifications.worker`."""

from nats.aio.client import Client

from common.database import Database
from common.settings import Mode
from common.worker import Worker
from notifications.dispatch.loop import Dispatch
from notifications.livraisons import handlers as livraisons
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.livreur import Livreur
from notifications.livraisons.places import ASIDE, Places
from notifications.settings import NotificationsSettings


def worker(settings: NotificationsSettings) -> Worker:
    """The worker."""
    woken: set[Dispatch] = set()

    async def deliver(database: Database, _: Client) -> None:
        connections, per_host = settings.webhook_connections, max(settings.webhook_connections // 2, 1)
        loopback = settings.mode is Mode.development
        async with guarded_session(connections=connections + ASIDE, per_host=per_host, loopback=loopback) as http:
            dispatch = Dispatch("webhooks", Livreur(http, settings.webhook_retry_seconds, Places(connections, per_host)))
            woken.add(dispatch)
            await dispatch.run(database)

    def wake() -> None:
        for dispatch in woken:
            dispatch.wake.set()

    return Worker(
        service="notifications",
        settings=settings,
        handlers=livraisons.handlers(settings.public_url),
        answerers={},
        tasks=[deliver],
        after_commit=wake,
    )


if __name__ == "__main__":
    worker(NotificationsSettings.load()).main()
