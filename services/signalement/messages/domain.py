"""The thread of a case: how long a message may be, how often one writes, and whose turn it is. Pure rules."""

from datetime import datetime, timedelta

from common.codes import EtatDossier
from common.codes_espace import CoteMessage
from common.errors import Conflit
from common.traduction import N_

MAX_LONGUEUR = 4000
MAX_PAR_HEURE = 20
WINDOW = timedelta(hours=1)
PAGE = 50


class DossierClos(Conflit):
    """A closed case has no thread to write in; it may still be read."""

    slug, titre = "dossier-clos", N_("Ce dossier est clos : vous pouvez relire les messages, mais plus en écrire.")


def turn_of(last: tuple[CoteMessage, bool] | None) -> CoteMessage | None:
    """Who is to answer, from the side of the last message and whether it asks for an answer; None when nobody is."""
    if last is None:
        return None
    cote, asks = last
    return other(cote) if asks else None


def other(cote: CoteMessage) -> CoteMessage:
    """The side that a message is for."""
    return CoteMessage.cellule if cote is CoteMessage.association else CoteMessage.association


def is_suite(last: tuple[CoteMessage, datetime] | None, cote: CoteMessage, now: datetime) -> bool:
    """Whether a message goes on what its side has written within the hour, with no answer between."""
    return last is not None and last[0] is cote and now - last[1] < WINDOW


def check_open(etat: EtatDossier) -> None:
    """Raises DossierClos."""
    if etat is EtatDossier.clos:
        raise DossierClos
