"""Names that are not answered for delay nobody else, on the event loop of a real process."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import Any

import pytest
import uvloop
from aiohttp import ClientSession
from tests.notifications.banc import receiving

from notifications.livraisons import resolution
from notifications.livraisons.envoi import poster
from notifications.livraisons.garde import guarded_session
from notifications.livraisons.resolution import SHARE, THREADS, Resolver, zone
from notifications.webhooks.domain import Echec, Reponse

LAME_SECONDS = 3.0
BODY = "{}"


class Lookups:
    """What the system says of names: those in `lame.example` are not answered for, the others are this machine."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.at_once: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.lock = threading.Lock()

    def __call__(self, host: str, *_: Any, **__: Any) -> list[Any]:
        of = zone(host)
        with self.lock:
            self.asked[host] += 1
            self.at_once[of] += 1
            self.most[of] = max(self.most[of], self.at_once[of])
        if of == "lame.example":
            time.sleep(LAME_SECONDS)
        with self.lock:
            self.at_once[of] -= 1
        if of == "lame.example":
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> Lookups:
    """The system's answers."""
    known = Lookups()
    monkeypatch.setattr(socket, "getaddrinfo", known)
    return known


async def posted(http: ClientSession, url: str, host: str) -> Reponse:
    """One try, as the deliverer makes it."""
    return await poster(http, url.replace("127.0.0.1", host), {}, BODY)


def test_many_dead_names_delay_no_healthy_one(lookups: Lookups) -> None:
    """Nor does the same name, asked about many times; a zone has its share of the threads."""

    async def run() -> tuple[Reponse, float, list[Reponse]]:
        async with receiving() as receiver, guarded_session(connections=300, per_host=50, loopback=True) as http:
            dead = [asyncio.create_task(posted(http, receiver.url, f"d{n % 40}.lame.example")) for n in range(120)]
            await asyncio.sleep(0.3)
            started = time.monotonic()
            healthy = await posted(http, receiver.url, "si.partenaire.example")
            return healthy, time.monotonic() - started, await asyncio.gather(*dead)

    healthy, seconds, dead = uvloop.run(run())
    assert healthy.statut == 200
    assert seconds < 1
    assert {one.echec for one in dead} == {Echec.connexion, Echec.delai}
    assert lookups.most["lame.example"] == SHARE < THREADS / 4
    assert max(lookups.asked.values()) == 1


def test_a_name_is_given_up_after_a_moment_and_asked_about_anew(lookups: Lookups, monkeypatch: pytest.MonkeyPatch) -> None:
    """The try ends before the lookup does; who comes meanwhile joins that one, who comes afterwards has one of his own."""
    monkeypatch.setattr(resolution, "LOOKUP_SECONDS", 0.2)

    async def run() -> list[Reponse]:
        async with guarded_session(connections=5, per_host=2, loopback=True) as http:
            found = []
            for pause in (0.0, 0.0, LAME_SECONDS):
                await asyncio.sleep(pause)
                found.append(await posted(http, "http://127.0.0.1:9/", "si.lame.example"))
            return found

    assert [one.echec for one in uvloop.run(run())] == [Echec.delai] * 3
    assert lookups.asked["si.lame.example"] == 2


def test_nothing_is_kept_of_an_answer(lookups: Lookups) -> None:
    async def run() -> None:
        resolver = Resolver()
        for _ in range(3):
            await asyncio.gather(*(resolver.resolve("si.partenaire.example", 443) for _ in range(5)))
        assert not resolver.under_way
        assert not resolver.shares

    uvloop.run(run())
    assert lookups.asked == {"si.partenaire.example": 3}


def test_the_system_is_asked_for_real() -> None:
    """A name of this machine has its address, with the port of who asks; one that cannot be is an error like any."""

    async def run() -> None:
        resolver = Resolver()
        found = await resolver.resolve("localhost", 443, socket.AF_INET)
        assert [(one["host"], one["port"], one["family"]) for one in found] == [("127.0.0.1", 443, socket.AF_INET)]
        for wrong in ("n.invalid", "x" * 70 + ".example"):
            with pytest.raises((OSError, UnicodeError)):
                await resolver.resolve(wrong)

    uvloop.run(run())


def test_a_process_ends_without_its_lookups() -> None:
    script = """
import socket, time, uvloop
from notifications.livraisons import resolution
resolution.LOOKUP_SECONDS = 0.1
socket.getaddrinfo = lambda *_, **__: time.sleep(60)

async def run():
    try:
        await resolution.Resolver().resolve("si.lame.example")
    except TimeoutError:
        print("given up")

uvloop.run(run())
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert (ended.stdout, ended.stderr) == ("given up\n", "")


@pytest.mark.parametrize(
    ("host", "of"),
    [
        ("si.partenaire.fr", "partenaire.fr"),
        ("a.b.Partenaire.FR.", "partenaire.fr"),
        ("si.partenaire.asso.fr", "partenaire.asso.fr"),
        ("partenaire.fr", "partenaire.fr"),
        ("gouv.fr", "gouv.fr"),
        ("localhost", "localhost"),
    ],
)
def test_a_zone_is_the_end_of_a_name(host: str, of: str) -> None:
    assert zone(host) == of
