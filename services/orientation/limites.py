"""What anybody may ask of the public routes: each address so often, and with small bodies only."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from common.clock import utc_now
from common.limites import Limite, Quota, adresse_de
from common.problems import TropGrand
from common.traduction import _

CORPS_MAX = 16 * 1024


def installer(app: FastAPI, par_minute: int) -> None:
    """Give the application its limit, shared by all public routes."""
    app.state.limite_publique = Limite(Quota(par_minute))


class RoutePublique(APIRoute):
    """A route open to everybody: counted before anything is read, and refused when its body is larger than `CORPS_MAX`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with both limits around it."""
        suite = super().get_route_handler()

        async def limite(request: Request) -> Response:
            request.app.state.limite_publique.exiger(request, adresse_de(request), utc_now())
            return await suite(Request(request.scope, _rejouer(await _lire(request))))

        return limite


async def _lire(request: Request) -> bytes:
    """The whole body. Raises TropGrand beyond `CORPS_MAX`, before the rest is read."""
    corps = b""
    async for morceau in request.stream():
        corps += morceau
        if len(corps) > CORPS_MAX:
            raise TropGrand(_("Envoyez {n} Ko au plus.").format(n=CORPS_MAX // 1024))
    return corps


def _rejouer(corps: bytes) -> Callable[[], Awaitable[Message]]:
    async def recevoir() -> Message:
        return {"type": "http.request", "body": corps, "more_body": False}

    return recevoir
