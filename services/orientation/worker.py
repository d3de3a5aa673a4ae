"""The worker of orientation: relay, consumers, answers of the directory, and the deadlines' sweep."""

from common.worker import Worker
from orientation.dispositifs.service import CATALOGUE
from orientation.dossiers.handlers import HANDLERS
from orientation.echeances.service import ECHEANCES
from orientation.partenaires.handlers import ANSWERERS
from orientation.settings import OrientationSettings


def worker(settings: OrientationSettings) -> Worker:
    """The worker with these settings."""
    return Worker("orientation", settings, HANDLERS, ANSWERERS, sweeps=(ECHEANCES, CATALOGUE))


if __name__ == "__main__":
    worker(OrientationSettings.load()).main()
