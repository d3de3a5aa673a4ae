"""Check a folder of the catalogue and load it, at any time again: `python -m orientation.dispositifs.charger DOSSIER`."""

import asyncio
import sys
from pathlib import Path

from common import logs
from common.clock import utc_now
from common.database import Database
from common.logs import get_logger
from orientation.dispositifs.lecture import Catalogue, CatalogueInvalide, lire_dossier
from orientation.dispositifs.service import Bilan, charger_catalogue
from orientation.settings import OrientationSettings

log = get_logger(__name__)


async def load(catalogue: Catalogue, settings: OrientationSettings) -> Bilan:
    """Load it in one transaction."""
    url, notify = settings.database_url.get_secret_value(), settings.outbox_notify
    database = Database(url, service="orientation", notify=notify, systeme=True)
    try:
        async with database.transaction() as session:
            return await charger_catalogue(session, catalogue, utc_now())
    finally:
        await database.close()


def main() -> None:
    """The command. Exits with 1 and one line for each fault of the files."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m orientation.dispositifs.charger DOSSIER")
    try:
        catalogue = lire_dossier(Path(sys.argv[1]))
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"{sys.argv[1]}: {getattr(error, 'strerror', None) or type(error).__name__}")
    except CatalogueInvalide as invalide:
        sys.exit(str(invalide))
    settings = OrientationSettings.load()
    logs.configure("orientation", "charger", settings.log_level)
    bilan = asyncio.run(load(catalogue, settings))
    log.info("catalogue.loaded", published=list(bilan.publies), proposed=list(bilan.proposes))


if __name__ == "__main__":
    main()
