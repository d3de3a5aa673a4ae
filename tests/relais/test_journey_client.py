"""The patience of a journey: what passes is tried again under the same key, what is refused is said, and time is bounded."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from relais.journey.client import GivenUp, Http, Refused


class Server:
    """A small server that answers with the given statuses, one after the other, the last one for ever."""

    def __init__(self, *answers: int | str) -> None:
        self.answers = list(answers)
        self.seen: list[Mapping[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(dict(request.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "cut":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status = int(answer)
        problem = {"type": "urn:relais:erreur:transition-interdite", "etat": "recue"}
        return web.json_response({"n": len(self.seen)} if status < 300 else problem, status=status)


@asynccontextmanager
async def running(server: Server, patience_s: float = 10) -> AsyncIterator[Http]:
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Http(f"http://127.0.0.1:{runner.addresses[0][1]}", patience_s) as http:
        yield http
    await runner.cleanup()


class Person:
    """A caller whose first session is over."""

    def __init__(self) -> None:
        self.sessions = 1
        self.refused: list[Mapping[str, str]] = []

    async def headers(self) -> dict[str, str]:
        return {"Cookie": f"relais={self.sessions}"}

    def sign_out(self, sent: Mapping[str, str]) -> None:
        self.refused.append(sent)
        self.sessions += 1


@pytest.mark.parametrize("passing", [429, 500, 502, 503, 504, "cut"])
async def test_what_passes_is_tried_again_under_the_same_key(passing: int | str) -> None:
    server, cut_off = Server(passing, passing, 201), []
    async with running(server) as http:
        answer = await http.call(None, "POST", "/x", json={}, key="journey-1-x", on_retry=lambda: cut_off.append(1))
    assert answer == {"n": 3}
    assert [seen["Idempotency-Key"] for seen in server.seen] == ["journey-1-x"] * 3
    assert (http.traffic.requests, http.traffic.retries.total(), len(cut_off)) == (3, 2, 2)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422])
async def test_a_refusal_is_said_at_once(status: int) -> None:
    server = Server(status, 200)
    async with running(server) as http:
        with pytest.raises(Refused) as refused:
            await http.call(None, "POST", "/x", json={})
    assert (refused.value.status, refused.value.slug, refused.value.body["etat"]) == (status, "transition-interdite", "recue")
    assert len(server.seen) == 1


async def test_patience_ends() -> None:
    async with running(Server(503), patience_s=0.3) as http:
        with pytest.raises(GivenUp, match=r"GET /x: 503 for"):
            await http.call(None, "GET", "/x")
    assert http.traffic.retries["503"] >= 1


async def test_a_server_that_is_away_is_waited_for(unused: Callable[[], int]) -> None:
    async with Http(f"http://127.0.0.1:{unused()}", 0.3) as http:
        with pytest.raises(GivenUp, match="ConnectError"):
            await http.call(None, "GET", "/x")


async def test_a_session_that_is_over_is_opened_again_once() -> None:
    server, person = Server(401, 200), Person()
    async with running(server) as http:
        assert await http.call(person, "GET", "/x") == {"n": 2}
    assert [seen["Cookie"] for seen in server.seen] == ["relais=1", "relais=2"]
    assert person.refused == [{"Cookie": "relais=1"}]
    async with running(Server(401)) as http:
        with pytest.raises(Refused, match="401"):
            await http.call(Person(), "GET", "/x")


@pytest.fixture
def unused() -> Callable[[], int]:
    """A port on which nothing listens."""
    from relais.ports import free_port

    return lambda: free_port("nothing listens here")
