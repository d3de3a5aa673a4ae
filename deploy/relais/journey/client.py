"""HTTP with patience: every call of a journey goes through here, and survives whatever restarts meanwhile."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Protocol

import httpx2

PASSING = frozenset({429, 500, 502, 503, 504})
TIMEOUT_S = 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


class GivenUp(Exception):
    """The hub did not answer within the patience of the journey."""


class Refused(Exception):
    """The hub answered, and said no. `slug` is the last part of the problem's type."""

    def __init__(self, method: str, path: str, status: int, body: Any) -> None:
        self.status = status
        self.body: dict[str, Any] = body if isinstance(body, dict) else {}
        self.slug = str(self.body.get("type", "")).rpartition(":")[2]
        super().__init__(f"{method} {path}: {status} {self.slug}")


class Caller(Protocol):
    """Somebody who signs requests."""

    async def headers(self) -> dict[str, str]:
        """What makes a request theirs; signs in first when needed."""

    def sign_out(self, sent: Mapping[str, str]) -> None:
        """Forget the session if it is still the one that was `sent`: it was not accepted."""


@dataclass
class Traffic:
    """What went over the wire."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    signed_in_again: int = 0


class Http:
    """The one client of a journey. `patience_s` is how long a call is tried again before `GivenUp`."""

    def __init__(self, url: str, patience_s: float = 240.0) -> None:
        self.url = url
        self.patience_s = patience_s
        self.traffic = Traffic()
        self._client = httpx2.AsyncClient(
            base_url=url,
            timeout=TIMEOUT_S,
            trust_env=False,
            # Sessions are the callers' business: a shared jar would mix them up.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=32),
        )

    async def __aenter__(self) -> "Http":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(
        self, method: str, path: str, *, on_retry: Callable[[], None] = lambda: None, **content: Any
    ) -> httpx2.Response:
        """One request, tried again until somebody answers it for good. Raises GivenUp.

        `on_retry` hears of each try that may have had its effect though its answer was lost.
        """
        deadline = time.monotonic() + self.patience_s
        pause = FIRST_PAUSE_S
        while True:
            self.traffic.requests += 1
            try:
                response = await self._client.request(method, path, **content)
                if response.status_code not in PASSING:
                    return response
                reason = str(response.status_code)
            except httpx2.RequestError as error:
                response, reason = None, type(error).__name__
            if time.monotonic() > deadline:
                raise GivenUp(f"{method} {path}: {reason} for {self.patience_s:.0f} s")
            self.traffic.retries[reason] += 1
            on_retry()
            await asyncio.sleep(_wait(response, pause))
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def call(
        self,
        caller: Caller | None,
        method: str,
        path: str,
        *,
        key: str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        on_retry: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """The JSON answer to an API call; `key` makes it safe to repeat. Raises Refused or GivenUp.

        A caller whose session is not accepted signs in again, once.
        """
        for attempt in (1, 2):
            signed = await caller.headers() if caller else {}
            all_headers = {**signed, **(headers or {}), **({"Idempotency-Key": key} if key else {})}
            response = await self.send(method, path, json=json, headers=all_headers, on_retry=on_retry)
            if response.status_code != 401 or caller is None or attempt == 2:
                break
            self.traffic.signed_in_again += 1
            caller.sign_out(signed)
        body = _json(response)
        if not response.is_success:
            raise Refused(method, path, response.status_code, body)
        return body if isinstance(body, dict) else {"elements": body}


def _wait(response: httpx2.Response | None, pause: float) -> float:
    """Seconds until the next try: what the answer asks for, else a growing pause; never all callers at the same instant."""
    asked = response.headers.get("retry-after", "") if response is not None else ""
    seconds = min(float(asked), 30.0) if asked.isdigit() else pause
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311


def _json(response: httpx2.Response) -> Any:
    if not response.content or "json" not in response.headers.get("content-type", ""):
        return {}
    return response.json()
