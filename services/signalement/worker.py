"""The worker of signalement: relay, what it hears, what it answers, and what it looks for by the clock."""

from common.clock import Clock
from common.consumer import Handlers
from common.database import Database
from common.requests import Answerers
from common.sessions_worker import SESSIONS
from common.sessions_worker import answerers as answerers_of_sessions
from common.worker import Sweep, Worker
from signalement.consentements import handlers as consentements_handlers
from signalement.consentements import requetes as consentements_requetes
from signalement.consentements import service as consentements
from signalement.depot import requetes as depot_requetes
from signalement.depot import store as depot
from signalement.documents import store as documents
from signalement.documents.domain import CORBEILLE
from signalement.espace import requetes as espace_requetes
from signalement.personnes import handlers as personnes_handlers
from signalement.projections import handlers as projections_handlers
from signalement.settings import SignalementSettings
from signalement.signalements import requetes as signalements_requetes

HANDLERS: Handlers = {**projections_handlers.HANDLERS, **consentements_handlers.HANDLERS, **personnes_handlers.HANDLERS}


def answerers(settings: SignalementSettings) -> Answerers:
    """What this service answers to the others."""
    return {
        **consentements_requetes.ANSWERERS,
        **signalements_requetes.ANSWERERS,
        **espace_requetes.answerers(settings),
        **depot_requetes.answerers(settings),
        **answerers_of_sessions("signalement"),
    }


async def expire_consents(database: Database, clock: Clock) -> None:
    """Close the consents whose end has come. Late, it does no harm: the door reads the clock itself."""
    done = consentements.SWEEP_SIZE
    while done == consentements.SWEEP_SIZE:
        async with database.transaction() as session:
            done = await consentements.expirer(session, clock)


async def forget_drafts(database: Database, clock: Clock) -> None:
    """Forget the forms that nobody came back to."""
    async with database.transaction() as session:
        await depot.delete_old(session, clock())


async def empty_bin(database: Database, clock: Clock) -> None:
    """Forget the documents that were removed a week ago."""
    async with database.transaction() as session:
        await documents.empty_bin(session, clock() - CORBEILLE)


SWEEPS = (
    Sweep("consents", 30, expire_consents),
    Sweep("drafts", 3600, forget_drafts),
    Sweep("documents", 3600, empty_bin),
    SESSIONS,
)


def worker(settings: SignalementSettings) -> Worker:
    """The worker with all its parts."""
    return Worker("signalement", settings, HANDLERS, answerers(settings), sweeps=SWEEPS)


if __name__ == "__main__":
    worker(SignalementSettings.load()).main()
