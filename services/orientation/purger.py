"""Forget what is over, now: `python -m orientation.purger`. The worker does the same each hour; it may be run at any time."""

import asyncio
import sys

from common import logs
from common.clock import utc_now
from common.database import Database
from common.logs import get_logger
from orientation.purges.service import purger
from orientation.settings import OrientationSettings

log = get_logger(__name__)


async def run(settings: OrientationSettings) -> dict[str, int]:
    """One purge. Returns how many of each were forgotten."""
    url, notify = settings.database_url.get_secret_value(), settings.outbox_notify
    database = Database(url, service="orientation", notify=notify, systeme=True)
    try:
        return await purger(database, settings, utc_now())
    finally:
        await database.close()


def main() -> None:
    """The command; says in the log how many of each were forgotten."""
    if len(sys.argv) != 1:
        sys.exit("usage: python -m orientation.purger")
    settings = OrientationSettings.load()
    logs.configure("orientation", "purger", settings.log_level)
    log.info("purge.done", **{quoi.replace(".", "_"): combien for quoi, combien in asyncio.run(run(settings)).items()})


if __name__ == "__main__":
    main()
