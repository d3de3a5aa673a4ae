"""People and systems as callers: members sign in by OpenID Connect, partner systems by client credentials."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import httpx2

from relais.journey.client import GivenUp, Http, Refused

SESSION = "relais"
# A token is renewed before it ends, so that no request carries one that is over on arrival.
MARGIN_S = 30.0
PAUSE_S = 0.5


class Session(ABC):
    """A caller with a session of its own, opened when it is first needed and again when it was refused."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self._headers: dict[str, str] = {}
        self._opening = asyncio.Lock()

    async def headers(self) -> dict[str, str]:
        """See `Caller`."""
        async with self._opening:
            if not self._headers:
                self._headers = await self._open()
            return self._headers

    def sign_out(self, sent: Mapping[str, str]) -> None:
        """See `Caller`."""
        if sent == self._headers:
            self._headers = {}

    @abstractmethod
    async def _open(self) -> dict[str, str]:
        """The headers of a new session."""

    def _with_cookie(self, cookies: Mapping[str, str]) -> dict[str, str]:
        # A browser says where it posts from, and the hub wants to know.
        return {"Cookie": f"{SESSION}={cookies[SESSION]}", "Origin": self.http.url}


class Member(Session):
    """A member of a partner or a cell, with an account at the identity provider."""

    def __init__(self, http: Http, sub: str) -> None:
        super().__init__(http)
        self.sub = sub

    async def _open(self) -> dict[str, str]:
        """Go through the pages of the hub and of the identity provider, as often as a restart cuts the way short."""
        deadline = time.monotonic() + self.http.patience_s
        while True:
            cookies, status = await self._through_the_pages()
            if SESSION in cookies:
                return self._with_cookie(cookies)
            if status == 403:
                raise Refused("GET", "/orientation/connexion/retour", status, {})
            if time.monotonic() > deadline:
                raise GivenUp(f"sign-in through the identity provider: {status} for {self.http.patience_s:.0f} s")
            await asyncio.sleep(PAUSE_S)

    async def _through_the_pages(self) -> tuple[dict[str, str], int]:
        leaving = await self.http.send("GET", "/orientation/connexion", params={"suite": "/orientation/"})
        attempt = cookies_of(leaving)
        page = next_address(leaving)
        if not page:
            return {}, leaving.status_code
        shown = await self.http.send("GET", page)
        chosen = await self.http.send("POST", page, data={"sub": self.sub})
        back = next_address(chosen)
        if not back:
            return {}, max(shown.status_code, chosen.status_code)
        returned = await self.http.send("GET", back, headers={"Cookie": header_of(attempt)})
        return cookies_of(returned), returned.status_code


class Machine(Session):
    """A partner's system."""

    def __init__(self, http: Http, client_id: str, secret: str) -> None:
        super().__init__(http)
        self._credentials = (client_id, secret)
        self._until = 0.0

    async def headers(self) -> dict[str, str]:
        """See `Caller`."""
        if time.monotonic() > self._until:
            self._headers = {}
        return await super().headers()

    async def _open(self) -> dict[str, str]:
        form = {"grant_type": "client_credentials"}
        answer = await self.http.send("POST", "/idp/token", data=form, auth=httpx2.BasicAuth(*self._credentials))
        if answer.status_code != 200:
            raise Refused("POST", "/idp/token", answer.status_code, {})
        token = answer.json()
        self._until = time.monotonic() + float(token["expires_in"]) - MARGIN_S
        return {"Authorization": f"Bearer {token['access_token']}"}


def next_address(response: httpx2.Response) -> str | None:
    """Where a redirect leads, or None."""
    if not response.has_redirect_location:
        return None
    return urljoin(str(response.request.url), response.headers["location"])


def cookies_of(response: httpx2.Response) -> dict[str, str]:
    """The cookies that an answer sets; those that it deletes are left out."""
    found: dict[str, str] = {}
    for line in response.headers.get_list("set-cookie"):
        found |= {
            name: morsel.value for name, morsel in SimpleCookie(line).items() if morsel.value and morsel["max-age"] != "0"
        }
    return found


def header_of(cookies: Mapping[str, str]) -> str:
    """The Cookie header that sends them back."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def path_of(addresses: Iterable[str], below: str) -> str | None:
    """The path of the first of these addresses that lies below `below`, or None."""
    return next((path for path in (urlsplit(address).path for address in addresses) if path.startswith(below)), None)
