"""Whether a delivery about a case may start: asked of the consent ledger for each try, many deliveries at a time."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from nats.aio.client import Client

from common.errors import Erreur
from common.requests import AccordDemande, ConsentementsPermis, ask

# A try starts when its permit is given; what could not start so soon is asked about anew.
DUREE = timedelta(seconds=2)
ENSEMBLE = 500

Permettre = Callable[[Sequence[AccordDemande]], Awaitable[Sequence[bool] | None]]


def permettre_par_nats(nats: Client) -> Permettre:
    """Asks signalement. None when it does not answer: then nothing about a case starts."""

    async def permettre(demandes: Sequence[AccordDemande]) -> Sequence[bool] | None:
        accordes: list[bool] = []
        try:
            for first in range(0, len(demandes), ENSEMBLE):
                part = tuple(demandes[first : first + ENSEMBLE])
                accordes += (await ask(nats, "notifications", ConsentementsPermis(demandes=part))).accordes
        except Erreur:
            return None
        return accordes if len(accordes) == len(demandes) else None

    return permettre
