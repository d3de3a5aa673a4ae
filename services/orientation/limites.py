"""What anybody may ask, and how often: public routes count each address of the network and take small bodies only.

Counts stay in the memory of the process: nobody's address is ever written down.
"""

import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from ipaddress import IPv6Address, ip_address
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import Message

from common.errors import TropDeDemandes
from common.problems import TropGrand, respond

CORPS_MAX = 16 * 1024
SANS_ADRESSE = "-"


class Limite:
    """At most so many requests a minute from one address; each process counts for itself."""

    def __init__(self, par_minute: int) -> None:
        self.item = RateLimitItemPerMinute(par_minute)
        self.fenetre = MovingWindowRateLimiter(MemoryStorage())

    async def compter(self, adresse: str) -> tuple[bool, dict[str, str]]:
        """Count one request. Returns whether it may pass, and what the answer's headers say of the limit."""
        passe = await self.fenetre.hit(self.item, adresse)
        etat = await self.fenetre.get_window_stats(self.item, adresse)
        attendre = max(1, math.ceil(etat.reset_time - time.time()))
        return passe, {
            "RateLimit-Limit": str(self.item.amount),
            "RateLimit-Remaining": str(etat.remaining),
            "RateLimit-Reset": str(attendre),
        }


def installer(app: FastAPI, par_minute: int) -> None:
    """Give the application its limit, shared by all public routes."""
    app.state.limite_publique = Limite(par_minute)


def adresse_de(request: Request) -> str:
    """The address that asks, as the front saw it: uvicorn takes it from our front's header and from nobody else's.

    One household or office has a whole /64 of IPv6 addresses, which therefore counts as one.
    """
    if request.client is None:
        return SANS_ADRESSE
    try:
        adresse = ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(adresse, IPv6Address):
        return (adresse.ipv4_mapped or IPv6Address(int(adresse) >> 64 << 64)).compressed
    return adresse.compressed


class RoutePublique(APIRoute):
    """A route open to everybody: counted before anything is read, and refused when its body is larger than `CORPS_MAX`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with both limits around it."""
        suite = super().get_route_handler()

        async def limite(request: Request) -> Response:
            passe, entetes = await request.app.state.limite_publique.compter(adresse_de(request))
            if passe:
                reponse = await suite(Request(request.scope, _rejouer(await _lire(request))))
            else:
                reponse = respond(request, TropDeDemandes(int(entetes["RateLimit-Reset"])))
                reponse.headers["Retry-After"] = entetes["RateLimit-Reset"]
            reponse.headers.update(entetes)
            return reponse

        return limite


async def _lire(request: Request) -> bytes:
    """The whole body. Raises TropGrand beyond `CORPS_MAX`, before the rest is read."""
    corps = b""
    async for morceau in request.stream():
        corps += morceau
        if len(corps) > CORPS_MAX:
            raise TropGrand(f"Envoyez {CORPS_MAX // 1024} Ko au plus.")
    return corps


def _rejouer(corps: bytes) -> Callable[[], Awaitable[Message]]:
    async def recevoir() -> Message:
        return {"type": "http.request", "body": corps, "more_body": False}

    return recevoir
