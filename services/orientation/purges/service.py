"""The purge: run by the worker each hour, or by hand. What was forgotten is in the log, by its id."""

from datetime import datetime, timedelta

from common import audit
from common.actor import SYSTEM
from common.clock import Clock
from common.database import Database
from common.worker import Sweep
from orientation.adhesions.domain import DUREE as ADHESION
from orientation.comptes.domain import DUREE as COMPTE
from orientation.membres.domain import ANNULABLE
from orientation.membres.service import SERVICE
from orientation.purges import store
from orientation.settings import OrientationSettings

SECONDES = 3600


def termes(settings: OrientationSettings) -> dict[str, timedelta]:
    """After how long each is forgotten: since an invitation expired, since a request or a change was made, since a removal."""
    invitations, demandes = (timedelta(days=n) for n in (settings.purge_invitations_jours, settings.purge_demandes_jours))
    return {
        "invitation.oublier": invitations,
        "adhesion.oublier": ADHESION + demandes,
        "compte.oublier": COMPTE + demandes,
        "membre.oublier": ANNULABLE,
    }


async def purger(database: Database, settings: OrientationSettings, now: datetime) -> dict[str, int]:
    """Forget all that is over. Returns how many of each."""
    comptes = {}
    for quoi, terme in termes(settings).items():
        comptes[quoi] = 0
        combien = store.LOT
        while combien == store.LOT:
            combien = await _un_lot(database, quoi, now - terme, now)
            comptes[quoi] += combien
    return comptes


async def _un_lot(database: Database, quoi: str, avant: datetime, now: datetime) -> int:
    async with database.transaction() as session:
        ids = await store.oublier(session, quoi, avant)
        for un in ids:
            await audit.write(session, SERVICE, SYSTEM, quoi, un, now=now)
        return len(ids)


def balayage(settings: OrientationSettings) -> Sweep:
    """The worker's round."""

    async def balayer(database: Database, clock: Clock) -> None:
        await purger(database, settings, clock())

    return Sweep("purge", SECONDES, balayer)
