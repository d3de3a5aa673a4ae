"""The worker of the cellule service: its relay, and the three streams it hears."""

from cellule.audit.handlers import HANDLERS as AUDIT
from cellule.chiffres.handlers import HANDLERS as CHIFFRES
from cellule.settings import CelluleSettings
from common.consumer import Handlers
from common.worker import Worker

HANDLERS: Handlers = {**CHIFFRES, **AUDIT}


def worker(settings: CelluleSettings) -> Worker:
    """The worker with these settings; nobody asks anything of this service yet."""
    return Worker("cellule", settings, handlers=HANDLERS, answerers={})


if __name__ == "__main__":
    worker(CelluleSettings.load()).main()
