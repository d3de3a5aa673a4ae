"""What surrounds every request: size limit, security headers, one log line without anything typed by anybody."""

import asyncio
import contextlib
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.clock import new_id
from common.logs import get_logger
from common.traduction import LANGUE

log = get_logger(__name__)

MAX_BODY = 1024 * 1024
"""How much a request may send, save to the few addresses that the application names in `state.larger_bodies`."""
REST_SECONDS = 5.0
"""How long the rest of a request is read, and thrown away, before an answer that does without."""
HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


class BodyTooLarge(Exception):
    """More was sent than this address takes, in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Guard:
    """The outermost layer of each service."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, measured and limited."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = new_id().hex
        status = 500
        size = 0
        # Whether more of the request is to come.
        coming = any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
        limit = scope["app"].state.larger_bodies.get(scope["path"], MAX_BODY)
        LANGUE.set(scope["app"].state.settings.langue)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def limited_receive() -> Message:
            nonlocal size, coming
            message = await receive()
            coming = message.get("more_body", False)
            size += len(message.get("body", b""))
            if size > limit:
                raise BodyTooLarge(limit)
            return message

        async def guarded_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                if coming:
                    await _read_the_rest(receive)
                status = message["status"]
                # What is said of any answer, whoever makes it: a limit that was counted.
                said = [(name.lower().encode(), value.encode()) for name, value in scope["state"].get("entetes", {}).items()]
                present = [*message["headers"], *said]
                message["headers"] = _with_headers(present, request_id, static="/static/" in scope["path"])
            await send(message)

        try:
            await self.app(scope, limited_receive, guarded_send)
        finally:
            if "__" not in scope["path"] and "/static/" not in scope["path"]:
                log.info(
                    "request",
                    method=scope["method"],
                    # The pattern of the route, never the path: a mistyped address may hold anything.
                    route=getattr(scope.get("route"), "path", "-"),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
            structlog.contextvars.unbind_contextvars("request_id")


async def _read_the_rest(receive: Receive) -> None:
    """A proxy that is given an answer while it still passes on the request cuts the answer short."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            while (await receive()).get("more_body", False):
                pass


def _with_headers(headers: Any, request_id: str, *, static: bool) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    added = dict(HEADERS) | {b"x-request-id": request_id.encode()}
    # A page about somebody's case stays in nobody's cache; static files carry the hash of their content.
    added[b"cache-control"] = b"public, max-age=31536000, immutable" if static else b"no-store"
    return [*headers, *((name, value) for name, value in added.items() if name not in present)]
