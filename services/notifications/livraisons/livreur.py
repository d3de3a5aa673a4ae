"""The deliverer of webhooks: what `dispatch.loop` does for deliveries."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import asyncpg
from aiohttp import ClientSession
from cryptography.fernet import InvalidToken

from common.clock import Clock, utc_now
from common.codes import Finalite
from common.coffre import Coffre
from common.requests import AccordDemande
from notifications.dispatch import store as dispatch_store
from notifications.dispatch.loop import Sending
from notifications.livraisons import resultats_store, store
from notifications.livraisons.avance import Avances
from notifications.livraisons.domain import Regles
from notifications.livraisons.envoi import message_id, poster, signed_headers
from notifications.livraisons.garde import Ask
from notifications.livraisons.permis import DUREE
from notifications.livraisons.places import SLOW_SECONDS, Places
from notifications.livraisons.resultats_store import Outcome
from notifications.livraisons.store import Claimed
from notifications.webhooks.domain import Echec, EtatLivraison, Reponse, Suite, decider

# How long a delivery waits that nobody could permit or refuse.
SANS_REPONSE = timedelta(seconds=2)
# Who watches an endpoint is told of its news so often at most.
ANNONCER_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Permis:
    """What the ledger said of deliveries claimed together: until when some may start; `refuses` may not at all."""

    jusqu_a: Mapping[int, datetime]
    refuses: frozenset[int]


class Retenue(Exception):
    """A delivery that was about to start may not."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Livreur:
    """Delivers what is due, each try of a delivery about a case with a permit of its own."""

    def __init__(
        self,
        http: ClientSession,
        coffre: Coffre,
        avances: Avances,
        regles: Regles,
        places: Places,
        clock: Clock = utc_now,
    ) -> None:
        self.http = http
        self.coffre = coffre
        self.avances = avances
        self.regles = regles
        self.places = places
        self.clock = clock
        # Endpoints whose failures were written; their next success is, too.
        self.en_echec: set[UUID] = set()
        # Endpoints with news that nobody who watches has been told of yet.
        self.nouvelles: set[UUID] = set()
        self.annoncer_des = 0.0

    async def release(self, connection: asyncpg.Connection) -> None:
        """Free the claims of the dead and the overdue."""
        await store.release(connection, self.clock())

    async def keep(self, connection: asyncpg.Connection, holder: int, seqs: Sequence[int]) -> None:
        """Claim what is under way again."""
        await dispatch_store.keep(connection, "livraisons", holder, seqs, self.clock() + store.LEASE)

    async def claim(self, connection: asyncpg.Connection, holder: int) -> tuple[list[Sending[Outcome]], bool]:
        """Claim as many due deliveries as there are places, none beyond its endpoint's share."""
        await self._annoncer(connection)
        if self.places.free <= 0:
            return [], False
        places = self.places
        rows = await store.claim(connection, holder, self.clock(), places.free, places.limits(), places.age)
        # An endpoint that gave fewer than its share has no more that is due, or may not get more before an answer.
        return self.sendings(rows), len(rows) >= store.SHARE

    def sendings(self, rows: Sequence[Claimed]) -> list[Sending[Outcome]]:
        """What was claimed together, to be started now."""
        for row in rows:
            self.places.take(row.webhook_id, row.debit)
        self.avances.remember({row.partenaire_id for row in rows})
        about_cases = [row for row in rows if row.finalite and row.dossier_id]
        permis = asyncio.create_task(self._permis(about_cases)) if about_cases else None
        return [Sending((row.seq,), self._deliver(row, permis if row.finalite else None)) for row in rows]

    async def write(self, connection: asyncpg.Connection, results: list[Outcome]) -> None:
        """Write what came of these deliveries."""
        await resultats_store.write(connection, results, self.clock(), self.regles)
        for result in results:
            self.nouvelles.add(result.webhook_id)
            if result.essai:
                (self.en_echec.discard if result.reponse.livree else self.en_echec.add)(result.webhook_id)

    async def _annoncer(self, connection: asyncpg.Connection) -> None:
        if self.nouvelles and time.monotonic() >= self.annoncer_des:
            self.annoncer_des = time.monotonic() + ANNONCER_SECONDS
            await resultats_store.annoncer(connection, self.nouvelles)
            self.nouvelles.clear()

    async def _permis(self, rows: Sequence[Claimed]) -> Permis:
        demandes = {
            row.seq: AccordDemande(
                dossier_id=row.dossier_id, destinataire_id=row.partenaire_id, finalite=Finalite(row.finalite)
            )
            for row in rows
            if row.dossier_id and row.finalite
        }
        asked = dict.fromkeys(demandes.values())
        held = {demande: until for demande in asked if (until := await self.avances.take(demande))}
        rest = [demande for demande in asked if demande not in held]
        # Counted from before the question: a permit can only be younger than this says.
        until = self.clock() + DUREE
        answers = await self.avances.permettre(rest) if rest else ()
        said = dict(zip(rest, answers, strict=True)) if answers is not None else {}
        held |= {demande: until for demande, yes in said.items() if yes}
        return Permis(
            {seq: held[demande] for seq, demande in demandes.items() if demande in held},
            frozenset(seq for seq, demande in demandes.items() if said.get(demande) is False),
        )

    async def _deliver(self, row: Claimed, permis: "asyncio.Task[Permis] | None") -> Outcome:
        reponse: Reponse | None = None
        aside = False

        def too_long() -> None:
            nonlocal aside
            aside = self.places.step_aside(row.webhook_id)

        timer: asyncio.TimerHandle | None = None
        try:
            ask: Ask | None = None
            if permis is not None:
                given = await asyncio.shield(permis)
                if kept := self._kept_back(row, given):
                    return kept
                ask = partial(self._ask_again, row, given)
            timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, too_long)
            commencee = self.clock()
            reponse = await self._essayer(row, commencee, ask)
        except Retenue as retenue:
            return retenue.outcome
        finally:
            if timer:
                timer.cancel()
            answered = reponse.livree if reponse else None
            self.places.give_back(row.webhook_id, answered=answered, was_aside=aside)
        now = self.clock()
        suite = decider(row.tentatives + 1, reponse, now, random.random(), self.regles.plan)  # noqa: S311 - jitter.
        return replace(self._outcome(row, reponse, suite, now, essai=True), commencee=commencee)

    async def _essayer(self, row: Claimed, now: datetime, ask: Ask | None) -> Reponse:
        """One try, signed for this moment. A secret whose key is no more is a failure: its owner has to change it.

        Raises Retenue.
        """
        try:
            secrets = [self.coffre.ouvrir(secret) for secret in row.secrets.valables(now)]
        except InvalidToken:
            return Reponse(echec=Echec.secret_illisible)
        headers = signed_headers(message_id(row.event_id, row.webhook_id), secrets, row.corps, now)
        reponse = await poster(self.http, row.url, headers, row.corps, ask)
        return replace(reponse, debut=self.coffre.sceller(reponse.debut)) if reponse.debut else reponse

    async def _ask_again(self, row: Claimed, permis: Permis) -> None:
        """Ask for a permit of its own where the connection took longer than the first one holds. Raises Retenue."""
        if self.clock() > permis.jusqu_a[row.seq] and (kept := self._kept_back(row, await self._permis([row]))):
            raise Retenue(kept)

    def _kept_back(self, row: Claimed, permis: Permis) -> Outcome | None:
        """What becomes of a delivery that may not start: its end when the association does not agree, else a moment's wait."""
        now = self.clock()
        if row.seq in permis.refuses:
            return self._outcome(row, Reponse(echec=Echec.accord), Suite(EtatLivraison.abandonnee), now, essai=False)
        if row.seq not in permis.jusqu_a or now > permis.jusqu_a[row.seq]:
            return self._outcome(row, Reponse(), Suite(EtatLivraison.en_attente, now + SANS_REPONSE), now, essai=False)
        return None

    def _outcome(self, row: Claimed, reponse: Reponse, suite: Suite, now: datetime, *, essai: bool) -> Outcome:
        return Outcome(
            row.seq,
            row.webhook_id,
            row.dossier_id,
            row.ordonnee,
            row.tentatives,
            reponse,
            suite,
            now,
            essai=essai,
            en_forme=row.en_forme and row.webhook_id not in self.en_echec,
        )
