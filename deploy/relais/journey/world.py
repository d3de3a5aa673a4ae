"""What the lines of a journey share: the hub, the sessions of people and systems, the receiver, and patience."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from relais.journey.client import GivenUp, Http, Refused
from relais.journey.directory import Directory, Organisation
from relais.journey.people import Machine, Member
from relais.journey.receiver import Receiver

T = TypeVar("T")
# What is not there yet is asked for again soon, then less and less often.
FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 0.1, 2.0, 1.4
WEBHOOKS = "/notifications/api/v1/webhooks"
MARK = "relais journey"
AT_ONCE = 8


@dataclass
class Times:
    """Milliseconds: from a filing to the first webhook of its line, and from each sending to its webhook."""

    filing: list[float] = field(default_factory=list)
    sending: list[float] = field(default_factory=list)


class World:
    """The hub as everybody in the journey meets it. `run` makes this journey's keys different from any other's."""

    def __init__(self, http: Http, directory: Directory, receiver: Receiver) -> None:
        self.http = http
        self.directory = directory
        self.receiver = receiver
        self.run = secrets.token_hex(8)
        self.counts: Counter[str] = Counter()
        self.times = Times()
        self.findings: list[str] = []
        self._members: dict[str, Member] = {}
        self._machines: dict[str, Machine] = {}
        self._webhooks: list[tuple[Machine, str]] = []

    def member(self, sub: str) -> Member:
        """The one session of this person."""
        return self._members.setdefault(sub, Member(self.http, sub))

    def machine(self, organisation: Organisation) -> Machine:
        """The one session of this partner's system."""
        client_id = organisation.client_id or ""
        if client_id not in self._machines:
            self._machines[client_id] = Machine(self.http, client_id, self.directory.secrets[client_id])
        return self._machines[client_id]

    async def eventually(self, attempt: Callable[[], Awaitable[T]], *slugs: str) -> T:
        """What `attempt` gives once it is no longer refused with one of these slugs: an event is still on its way."""
        deadline, pause = time.monotonic() + self.http.patience_s, FIRST_PAUSE_S
        while True:
            try:
                return await attempt()
            except Refused as refused:
                if refused.slug not in slugs:
                    raise
                if time.monotonic() > deadline:
                    raise GivenUp(f"{refused} for {self.http.patience_s:.0f} s") from refused
            self.counts["tries before an event had arrived"] += 1
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE_S)

    async def until(self, what: str, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` finds, once it finds something. Raises GivenUp, naming `what` was waited for."""
        deadline, pause = time.monotonic() + self.http.patience_s, FIRST_PAUSE_S
        while (found := await look()) is None:
            if time.monotonic() > deadline:
                raise GivenUp(f"{what} did not come within {self.http.patience_s:.0f} s")
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE_S)
        return found

    async def listen(self, codes: Iterable[str]) -> None:
        """Have the system of each of these partners register an endpoint at our receiver."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def register(code: str) -> None:
            async with turns:
                await self._register(self.directory.partner(code))

        async with asyncio.TaskGroup() as group:
            for code in sorted(set(codes)):
                group.create_task(register(code))

    async def _register(self, organisation: Organisation) -> None:
        machine, key = self.machine(organisation), f"{self.run}-webhook-{organisation.code}"
        asked = {"url": self.receiver.address(organisation.code), "types": ["orientation.*"], "description": MARK}
        try:
            made = await self.http.call(machine, "POST", WEBHOOKS, key=key, json=asked)
        except Refused as refused:
            if refused.slug != "trop-de-webhooks":
                raise
            await self._clear(machine)
            made = await self.http.call(machine, "POST", WEBHOOKS, key=key, json=asked)
        self.receiver.trust(organisation.code, made["secret"])
        self._webhooks.append((machine, made["webhook_id"]))

    async def _clear(self, machine: Machine) -> None:
        """Delete the endpoints that journeys which were cut short left behind."""
        listed = await self.http.call(machine, "GET", f"{WEBHOOKS}?limite=200")
        for element in listed["elements"]:
            if element["description"] == MARK:
                await self._delete(machine, element["webhook_id"])

    async def _delete(self, machine: Machine, webhook_id: str) -> None:
        try:
            await self.http.call(machine, "DELETE", f"{WEBHOOKS}/{webhook_id}")
        except Refused as refused:
            if refused.status != 404:  # Gone already: the answer to an earlier try was lost.
                raise

    async def stop_listening(self) -> None:
        """Delete the endpoints of this journey."""
        for machine, webhook_id in self._webhooks:
            await self._delete(machine, webhook_id)
        self._webhooks = []


async def in_turns(jobs: Collection[Callable[[], Awaitable[None]]], at_once: int) -> None:
    """Run all jobs, so many at once."""
    turns = asyncio.Semaphore(at_once)

    async def run(job: Callable[[], Awaitable[None]]) -> None:
        async with turns:
            await job()

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(run(job))
