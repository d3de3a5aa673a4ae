"""Whole journeys through a whole hub while parts of it fail: every account reconciles all the same."""

import asyncio
import random

import pytest

from relais.hub import Hub
from relais.journey.command import travel
from relais.journey.directory import DEMO, Directory
from relais.journey.input import Ligne, read
from relais.journey.report import Report
from relais.journey.world import World
from tests.ends import ended_by_themselves

ASSOCIATIONS = DEMO.parent / "journey.jsonl"
KILLS, LINES = 30, 60
# A killed worker may hold a webhook or a mail for as long as its claim lasts.
SETTLE_S = 120.0

pytestmark = pytest.mark.timeout(600)


class Progress:
    """How far a journey has come, for a test that breaks something on the way."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.done = 0

    def __call__(self, world: World, done: int) -> None:
        self.world, self.done = world, done

    async def until_filed(self, number: int) -> None:
        """Return once so many signalements were filed."""
        while self.world is None or self.world.counts["signalements"] < number:
            await asyncio.sleep(0.05)

    async def until_done(self, number: int) -> None:
        """Return once so many lines are at their end."""
        while self.world is None or self.done < number:
            await asyncio.sleep(0.05)


async def journey(hub: Hub, lines: list[Ligne], progress: Progress, *, concurrency: int = 8) -> Report:
    """A journey through this hub."""
    directory = Directory.load(DEMO, hub.layout.data)
    return await travel(lines, hub.url, directory, concurrency=concurrency, settle_s=SETTLE_S, say=progress)


def check(report: Report, lines: int) -> None:
    """Every account reconciles, and all lines went their whole way."""
    assert report.differences == []
    assert (report.lines, report.counts["signalements"]) == (lines, lines)
    assert report.webhooks["forged"] == 0
    assert report.referrals["aboutie"] > lines / 2


async def test_nats_stopped_during_the_first_half_of_a_journey_of_200(hub: Hub) -> None:
    lines, progress = read(ASSOCIATIONS), Progress()
    assert len(lines) == 200
    # A hundred lines at once: the first half files while there is no bus. Members wait: nobody can say who they are.
    travelling = asyncio.create_task(journey(hub, lines, progress, concurrency=100))
    await progress.until_filed(1)
    await asyncio.to_thread(hub.stop_program, "nats")
    await progress.until_filed(100)
    assert progress.done == 0
    assert not hub.nats.ready()
    await asyncio.to_thread(hub.start_program, "nats")
    check(await travelling, 200)


async def test_processes_killed_at_random_30_times_during_a_journey(hub: Hub) -> None:
    chance, killed = random.Random("relais"), list[str]()
    lines, progress = read(ASSOCIATIONS, LINES), Progress()
    travelling = asyncio.create_task(journey(hub, lines, progress))
    await progress.until_filed(4)
    while len(killed) < KILLS:
        assert not travelling.done(), f"the journey was over after {len(killed)} kills"
        victim = chance.choice(sorted(hub.pids()))
        if await asyncio.to_thread(hub.kill, victim):
            killed.append(victim)
        # Spread over the journey, at any moment of what the lines do.
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        while progress.done < len(killed) and not travelling.done():
            await asyncio.sleep(0.05)
    check(await travelling, LINES)
    assert hub.trouble() is None
    assert not ended_by_themselves(hub)


async def test_the_jetstream_store_deleted_half_way(hub: Hub) -> None:
    lines, progress = read(ASSOCIATIONS, LINES), Progress()
    travelling = asyncio.create_task(journey(hub, lines, progress))
    await progress.until_done(LINES // 2)
    await asyncio.to_thread(hub.delete_jetstream)
    check(await travelling, LINES)
