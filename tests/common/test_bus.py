"""A client that connects in the background leaves nothing behind, however soon its process ends."""

import asyncio

import pytest
from tests.common.conftest import settings_for

from common.bus import connecting
from relais.nats import NatsServer
from relais.ports import free_port

MOMENTS = [0.0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.1]


@pytest.mark.parametrize("there", [True, False], ids=["server", "no server"])
async def test_whenever_it_ends_no_task_goes_on(nats_server: NatsServer, there: bool) -> None:
    url = nats_server.url if there else f"nats://127.0.0.1:{free_port('nobody')}"
    settings = settings_for("cellule", url, nats_server.passwords["cellule"])
    for moment in MOMENTS:
        before = asyncio.all_tasks()
        async with connecting(settings, name="test") as client:
            await asyncio.sleep(moment)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        assert client.is_closed


async def test_it_connects(nats_server: NatsServer) -> None:
    settings = settings_for("cellule", nats_server.url, nats_server.passwords["cellule"])
    async with connecting(settings, name="test") as client, asyncio.timeout(10):
        while not client.is_connected:
            await asyncio.sleep(0.01)
