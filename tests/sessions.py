"""Signed-in people for tests: real sessions in their owner's database, or, where one service runs alone, the owner's place.

Also browsers that put in their forms what our pages would have put there.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx2
from fastapi import FastAPI, Request

from common import sessions_store
from common.actor import Actor, Role
from common.clock import utc_now
from common.database import Database
from common.errors import NonAuthentifie
from common.sessions import Jeton, cookie_name
from common.sessions_http import find_session

COOKIE = cookie_name(secure=False)


def owner_of(actor: Actor) -> str:
    """The service that signs this person in."""
    return "signalement" if actor.has(Role.dirigeant) else "orientation"


async def open_session(url: str, actor: Actor) -> Jeton:
    """A session of this actor, in its owner's database at `url`."""
    database = Database(url, service=owner_of(actor))
    try:
        async with database.transaction() as session:
            return await sessions_store.open_session(session, actor, utc_now())
    finally:
        await database.close()


def now(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, for callers that have no loop and for those in the middle of one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result(60)


@dataclass
class Owners:
    """Stands for the owners of sessions where they do not run: it knows the tokens that it gave, one for each person.

    The service's own sessions are looked up where they are.
    """

    given: dict[str, Actor] = field(default_factory=dict)
    of: dict[Actor, Jeton] = field(default_factory=dict)

    def jeton(self, actor: Actor) -> Jeton:
        """This person's token."""
        if actor not in self.of:
            self.of[actor] = Jeton.new(owner_of(actor))
            self.given[self.of[actor].cookie] = actor
        return self.of[actor]

    def cookies(self, actor: Actor | None) -> dict[str, str]:
        """The cookies of this person's browser."""
        return {COOKIE: self.jeton(actor).cookie} if actor else {}

    async def find(self, request: Request, jeton: Jeton) -> Actor:
        """See `common.sessions_http.FindSession`."""
        if jeton.cookie in self.given:
            return self.given[jeton.cookie]
        if jeton.owner != request.app.state.service:
            raise NonAuthentifie
        return await find_session(request, jeton)

    def install(self, app: FastAPI) -> FastAPI:
        """Have this application ask here."""
        app.state.find_session = self.find
        return app


OWNERS = Owners()


def filled(cookie: str | None, method: str, url: Any, content: dict[str, Any]) -> dict[str, Any]:
    """What is sent, with the session's token in it when it is the form of a page."""
    given = SimpleCookie((content.get("headers") or {}).get("Cookie", ""))
    jeton = Jeton.read(given[COOKIE].value if COOKIE in given else cookie or "")
    bodiless = content.get("json") is None and content.get("content") is None
    a_form = method not in ("GET", "HEAD") and bodiless
    if jeton and a_form and "/api/" not in str(url):
        content = content | {"data": {"csrf": jeton.csrf} | (content.get("data") or {})}
    return content


class Browser(httpx2.Client):
    """A client that sends forms as our pages do."""

    def request(self, method: str, url: Any, **content: Any) -> httpx2.Response:
        """See httpx2.Client."""
        return super().request(method, url, **filled(self.cookies.get(COOKIE), method, url, content))


class AsyncBrowser(httpx2.AsyncClient):
    """The same for tests in a loop."""

    async def request(self, method: str, url: Any, **content: Any) -> httpx2.Response:
        """See httpx2.AsyncClient."""
        return await super().request(method, url, **filled(self.cookies.get(COOKIE), method, url, content))
