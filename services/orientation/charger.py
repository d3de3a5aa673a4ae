"""Load the directory from a file: `python -m orientation.charger FICHIER`. May be run again at any time.

FICHIER is a JSON list, the directory with its people, sheets and first absences; or a JSON object, a data·inclusion document;
or else the CSV that the hub exports. It is loaded whole or not at all, and leaves alone what a manager set in the portal. There
is no way to load one over HTTP: whoever may run this command already holds the database, and nobody else can rewrite it.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import ValidationError

from common import logs
from common.clock import utc_now
from common.database import Database
from common.errors import Erreur
from common.logs import get_logger
from orientation.donnees.erreurs import ImportInvalide
from orientation.donnees.fichier import importer_liste
from orientation.donnees.service import importer_inclusion, importer_tableau
from orientation.settings import OrientationSettings

log = get_logger(__name__)


async def load(content: bytes, settings: OrientationSettings) -> int:
    """Load the file's content in one transaction. Returns how many partners were new or changed.

    Raises ValidationError, or ImportInvalide for a table or a data·inclusion document.
    """
    url, notify = settings.database_url.get_secret_value(), settings.outbox_notify
    database = Database(url, service="orientation", notify=notify, systeme=True)
    try:
        async with database.transaction() as session:
            now, issuer = utc_now(), settings.oidc_issuer
            match content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]:
                case b"[":
                    return await importer_liste(session, content, issuer, now)
                case b"{":
                    return await importer_inclusion(session, content, issuer, now)
                case _:
                    return await importer_tableau(session, content, issuer, now)
    finally:
        await database.close()


def main() -> None:
    """The command. Members are tied to RELAIS_OIDC_ISSUER; exits with 1 and one line when the file cannot be loaded."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m orientation.charger FICHIER")
    settings = OrientationSettings.load()
    logs.configure("orientation", "charger", settings.log_level)
    try:
        changes = asyncio.run(load(Path(sys.argv[1]).read_bytes(), settings))
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error.strerror or type(error).__name__}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        sys.exit(f"{sys.argv[1]}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}")
    except ImportInvalide as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    except Erreur as error:
        sys.exit(f"{sys.argv[1]}: {error.titre}")
    log.info("directory.loaded", changes=changes)


if __name__ == "__main__":
    main()
