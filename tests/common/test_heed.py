"""What missed that it was told to end, as Python 3.11 makes a task that waits for NATS miss it, ends all the same."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from tests.common.conftest import Connect
from tests.common.hearing import DURABLE

from common.database import Database
from common.pull import Pull
from common.relay import Relay


class Deaf:
    """Waits until it is cancelled, and says that all went well."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()

    async def __call__(self, *_: Any, **__: Any) -> None:
        self.waiting.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return


async def ends(work: Awaitable[None], deaf: Deaf) -> None:
    """Cancel it once, where it does not hear it."""
    task = asyncio.ensure_future(work)
    await deaf.waiting.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=20)
    task.cancel()
    assert done
    assert task.cancelled()


async def test_the_relay_ends(publisher: Database, connect: Connect) -> None:
    deaf = Deaf()
    relay = Relay(publisher, await connect("signalement"), deaf)  # type: ignore[arg-type]
    await ends(relay.run(), deaf)


@pytest.mark.parametrize("step", ["_ensure_durable", "_begin_at_the_floor"])
async def test_a_pull_ends(connect: Connect, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    deaf = Deaf()
    pull = Pull(await connect("cellule"), DURABLE)
    monkeypatch.setattr(pull, step, deaf)

    async def read() -> None:
        async for _ in pull.batches():
            pass

    await ends(read(), deaf)
