"""Permits asked while the deliveries they are for are still being written, so that a single one waits less for its own."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.clock import Clock, utc_now
from common.requests import AccordDemande
from notifications.livraisons.permis import DUREE, Permettre
from notifications.livraisons.store import Announcement

# Where many come at once, one question serves them all when they start; asking ahead would only be asking twice.
PEU = 2
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Avance:
    """A question under way: its answers in the order of what was asked, and until when a permit in them holds."""

    answers: "asyncio.Task[Sequence[bool] | None]"
    rang: int
    jusqu_a: datetime


class Avances:
    """The permits asked ahead. Each serves once: the deliveries that start together with it."""

    def __init__(self, permettre: Permettre, clock: Clock = utc_now) -> None:
        self.permettre = permettre
        self.clock = clock
        self.told: dict[UUID, None] = {}
        self.asked: dict[AccordDemande, Avance] = {}

    def prevoir(self, announcements: Sequence[Announcement]) -> None:
        """Ask for what is about to be written, if it is little and for partners that have endpoints."""
        about = [
            AccordDemande(dossier_id=one.dossier_id, destinataire_id=one.partenaire_id, finalite=one.finalite)
            for one in announcements
            if one.finalite and one.partenaire_id in self.told
        ]
        if not about or len(announcements) > PEU:
            return
        # Counted from before the question: a permit can only be younger than this says.
        now = self.clock()
        answers = asyncio.create_task(self._ask(about))
        self.asked = {key: one for key, one in self.asked.items() if one.jusqu_a > now}
        self.asked |= {key: Avance(answers, rang, now + DUREE) for rang, key in enumerate(about)}

    def remember(self, partenaires: Iterable[UUID]) -> None:
        """These partners have endpoints; the latest of them are remembered."""
        for partenaire in partenaires:
            self.told.pop(partenaire, None)
            self.told[partenaire] = None
        while len(self.told) > REMEMBERED:
            del self.told[next(iter(self.told))]

    async def take(self, demande: AccordDemande) -> datetime | None:
        """Until when a permit asked ahead holds; None when none was asked or given: then it is to be asked now.

        A refusal is not believed: the association may have agreed since.
        """
        one = self.asked.pop(demande, None)
        if one is None or one.jusqu_a <= self.clock():
            return None
        answers = await one.answers
        return one.jusqu_a if answers and answers[one.rang] else None

    async def _ask(self, about: Sequence[AccordDemande]) -> Sequence[bool] | None:
        return await self.permettre(about)
