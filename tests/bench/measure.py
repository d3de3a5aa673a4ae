"""The two measures, the same for every pipeline: delay at a steady rate, and referrals a second at saturation."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from statistics import median, quantiles

from tests.bench.receiver import Receiver

RATE = 20
STEADY = 200
WRITERS = 16

Write = Callable[[], Awaitable[str]]
"""Commits one referral and returns its id, as soon as it is committed."""


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds from commit to webhook at 20 a second, and referrals a second from first commit to last webhook."""

    p50: float
    p99: float
    per_second: float


def middle(results: Sequence[Result]) -> Result:
    """Of several rounds, the median of each figure."""
    return Result(*(median(getattr(one, field.name) for one in results) for field in fields(Result)))


async def measure(write: Write, receiver: Receiver, many: int) -> Result:
    """Measure a pipeline that is running and warm."""
    delays = await steady(write, receiver)
    cuts = quantiles(delays, n=100)
    return Result(p50=cuts[49], p99=cuts[98], per_second=await saturate(write, receiver, many))


async def steady(write: Write, receiver: Receiver, count: int = STEADY, rate: int = RATE) -> list[float]:
    """The delays in milliseconds of referrals committed at a steady rate, so many a second."""
    committed: dict[str, float] = {}

    async def one() -> None:
        identifier = await write()
        committed[identifier] = time.perf_counter()

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(one())
            await asyncio.sleep(1 / rate)
    await receiver.wait_for(set(committed), 30)
    return [(receiver.arrived[identifier] - moment) * 1000 for identifier, moment in committed.items()]


async def saturate(write: Write, receiver: Receiver, many: int) -> float:
    """Referrals a second when sixteen writers commit as fast as they can."""
    ids: set[str] = set()
    left = iter(range(many))

    async def writer() -> None:
        for _ in left:
            ids.add(await write())

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(writer())
    await receiver.wait_for(ids, 180)
    return many / (max(receiver.arrived[identifier] for identifier in ids) - begun)
