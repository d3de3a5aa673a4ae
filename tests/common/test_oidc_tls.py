"""An identity provider over TLS: its keys are taken from a server that is who it says it is, and from no other."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp import web
from joserfc.jwk import ECKey, KeySet
from tests.tls import HOST, faulty, good

from common.clock import utc_now
from common.errors import Injoignable
from common.oidc.provider import Provider, authorities


@pytest.fixture(autouse=True)
def _as_a_new_process() -> Iterator[None]:
    authorities.cache_clear()
    yield
    authorities.cache_clear()


@asynccontextmanager
async def publishing(tls: ssl.SSLContext) -> AsyncIterator[tuple[str, list[str]]]:
    """A provider's public side: its issuer, and the paths that it was asked for."""
    asked: list[str] = []
    issuer = ""

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/cles":
            return web.json_response(KeySet([ECKey.generate_key("P-256")]).as_dict(private=False))
        addresses = {name: f"{issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return web.json_response({"issuer": issuer, "jwks_uri": f"{issuer}/cles", **addresses})

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=tls).start()
    issuer = f"https://{HOST}:{runner.addresses[0][1]}"
    try:
        yield issuer, asked
    finally:
        await runner.cleanup()


async def test_a_provider_is_believed_by_an_authority_of_this_machine(ca: trustme.CA) -> None:
    async with publishing(good(ca)) as (issuer, asked):
        provider = Provider(issuer)
        assert (await provider.metadata(utc_now()))["issuer"] == issuer
    assert provider.keys is not None
    assert asked == ["/.well-known/openid-configuration", "/cles"]


@faulty
async def test_nothing_is_taken_from_a_provider_with_a_certificate(
    ca: trustme.CA, faulty: Callable[[trustme.CA], ssl.SSLContext]
) -> None:
    async with publishing(faulty(ca)) as (issuer, asked):
        with pytest.raises(Injoignable):
            await Provider(issuer).metadata(utc_now())
    assert asked == []
