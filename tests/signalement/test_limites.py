"""How often one address of the network may ask for codes and try them: a flood is refused, and nobody else is."""

from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from tests.sessions import AsyncBrowser
from tests.signalement import fabrique as f

PER_MINUTE = 300
ASKING, TYPING = "/signalement/espace/acces", f"/signalement/espace/acces/{uuid4()}"


def browser(app: FastAPI, address: str) -> AsyncBrowser:
    """Nobody, who comes from that address."""
    transport = httpx2.ASGITransport(app, client=(address, 4000))
    return AsyncBrowser(transport=transport, base_url=f.ADRESSE, headers={"origin": f.ADRESSE, "accept": "text/html"})


@pytest.mark.parametrize("path", [ASKING, TYPING], ids=["asking for a code", "typing a code"])
async def test_a_flood_from_one_address_is_refused(app: FastAPI, path: str) -> None:
    """Each of these is wrong, and is counted all the same. What a minute pays back meanwhile is not much."""
    async with browser(app, "192.0.2.1") as flood, browser(app, "2001:db8:0:1::1") as another:
        for _ in range(PER_MINUTE):
            assert (await flood.post(path, data={})).status_code == 422
        statuses = [(await flood.post(path, data={})).status_code for _ in range(PER_MINUTE)]
        assert 429 in statuses
        refused = await flood.post(path, data={})
        while refused.status_code != 429:
            refused = await flood.post(path, data={})
        assert int(refused.headers["retry-after"]) >= 1
        assert "RateLimit-Policy" in refused.headers
        assert (await another.post(path, data={})).status_code == 422
        # A household has a whole /64: from another address of it, it is the same one that asks.
        for _ in range(PER_MINUTE):
            await another.post(path, data={})
        async with browser(app, "2001:db8:0:1::2") as neighbour:
            assert 429 in [(await neighbour.post(path, data={})).status_code for _ in range(PER_MINUTE)]
