"""Server-sent events: parts of a page that the server renews as things change, and that resume after a cut.

An endpoint answers with a `Flux`; `flux.js` puts what it brings into the page, which also works by reloading. Each message
is the HTML of what changed since the last one, its id the place to read on from (`Last-Event-ID`, or `depuis` for a page that
has just been read). Who may read is asked anew before each reading: a session that ended is told nothing more.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import Send

from common.actor import Actor
from common.auth import current_actor
from common.database import Database, is_away
from common.errors import Erreur, Injoignable, TropDeDemandes
from common.logs import get_logger
from common.traduction import N_
from common.veille import Veille

log = get_logger(__name__)

HEARTBEAT_SECONDS = 15.0
# A burst of news makes one message.
GATHER_SECONDS = 0.2
# A reader that takes nothing for so long is dropped.
SLOW_SECONDS = 10.0
RETRY_MS = 3000
# A browser opens six connections to one address, and one is needed for the pages.
PAR_PERSONNE = 5
EN_TOUT = 200
ATTENDRE_SECONDES = 30


@dataclass(frozen=True, slots=True)
class Lecture:
    """What was read: where to read on from, and the HTML of what is new, each element with its own id."""

    curseur: str
    html: str = ""


Lire = Callable[[AsyncSession, Actor, str], Awaitable[Lecture]]
"""Reads what is new for this actor since a cursor, which is empty at first and came back from outside."""


def dernier_recu(
    dernier: Annotated[str, Header(alias="Last-Event-ID", max_length=64)] = "",
    depuis: Annotated[str, Query(max_length=64)] = "",
) -> str:
    """The place to read on from: where the browser was cut, or else where the page stood."""
    return dernier or depuis


DernierRecu = Annotated[str, Depends(dernier_recu)]


class Places:
    """How many streams a process holds, in all and for one person."""

    def __init__(self, par_personne: int = PAR_PERSONNE, en_tout: int = EN_TOUT) -> None:
        self.par_personne, self.en_tout = par_personne, en_tout
        self.prises: Counter[str] = Counter()

    @contextmanager
    def prendre(self, qui: str) -> Iterator[None]:
        """Hold a place for `qui`. Raises TropDeDemandes when it has its share, Injoignable when there is none left."""
        if self.prises[qui] >= self.par_personne:
            raise TropDeDemandes(ATTENDRE_SECONDES)
        if self.prises.total() >= self.en_tout:
            raise Injoignable(N_("Rechargez la page pour suivre ce qui arrive."), attendre_secondes=ATTENDRE_SECONDES)
        self.prises[qui] += 1
        try:
            yield
        finally:
            self.prises[qui] -= 1
            self.prises += Counter()  # Forgets who holds none.


class Flux(StreamingResponse):
    """The stream of one page for one actor, woken by `common.veille.annoncer(session, cle)`."""

    media_type = "text/event-stream"

    def __init__(self, request: Request, actor: Actor, cle: str, depuis: str, lire: Lire) -> None:
        self.request, self.actor, self.cle, self.curseur, self.lire = request, actor, cle, depuis, lire
        self.messages = self._messages()
        super().__init__(self.messages, headers={"X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        """Send it until its reader leaves, is too slow, or may read no more."""
        places: Places = self.request.app.state.places_flux
        with places.prendre(self.actor.id):
            async with aclosing(self.messages) as messages:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                async for message in messages:
                    try:
                        async with asyncio.timeout(SLOW_SECONDS):
                            await send({"type": "http.response.body", "body": message, "more_body": True})
                    except TimeoutError:
                        log.info("flux.slow")
                        return
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _messages(self) -> AsyncGenerator[bytes, None]:
        veille: Veille = self.request.app.state.veille
        yield format_sse_event(retry=RETRY_MS)
        with veille.attendre(self.cle) as reveil:
            while not veille.fermee:
                reveil.clear()
                try:
                    lecture = await self._lecture()
                except Injoignable:
                    return  # The browser comes back by itself.
                except Erreur:
                    yield format_sse_event(event="fin", data_str="fin")
                    return
                self.curseur = lecture.curseur
                yield format_sse_event(id=lecture.curseur, data_str=lecture.html) if lecture.html else KEEPALIVE_COMMENT
                await asyncio.sleep(GATHER_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await reveil.wait()

    async def _lecture(self) -> Lecture:
        """What is new. Raises Erreur when the actor is no more who it was, or sees this no more."""
        if await current_actor(self.request) != self.actor:
            raise Erreur
        database: Database = self.request.app.state.database
        try:
            async with database.transaction(self.actor) as session:
                return await self.lire(session, self.actor, self.curseur)
        except Exception as error:
            if is_away(error):
                raise Injoignable from error
            raise
