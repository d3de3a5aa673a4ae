"""The worker of orientation: relay, consumers, answers of the directory, and the deadlines' sweep."""

from common.consumer import Handlers
from common.sessions_worker import SESSIONS, answerers
from common.worker import Worker
from orientation.dispositifs.service import CATALOGUE
from orientation.dossiers.handlers import HANDLERS as DOSSIERS
from orientation.echeances.service import ECHEANCES
from orientation.invitations.requetes import answerers as invitations
from orientation.liens.requetes import answerers as liens
from orientation.membres.handlers import HANDLERS as MEMBRES
from orientation.partenaires.handlers import ANSWERERS
from orientation.purges.service import balayage
from orientation.settings import OrientationSettings

HANDLERS: Handlers = {**DOSSIERS, **MEMBRES}


def worker(settings: OrientationSettings) -> Worker:
    """The worker with these settings."""
    answers = {**ANSWERERS, **answerers("orientation"), **invitations(settings), **liens(settings)}
    return Worker("orientation", settings, HANDLERS, answers, sweeps=(ECHEANCES, CATALOGUE, SESSIONS, balayage(settings)))


if __name__ == "__main__":
    worker(OrientationSettings.load()).main()
