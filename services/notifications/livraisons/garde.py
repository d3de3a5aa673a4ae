"""The one way out to partners' systems: every address is checked when a connection is made, whatever led to it."""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aiohttp import ClientRequest, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from common.tls import client_context
from notifications.livraisons.resolution import Resolver
from notifications.webhooks.adresses import verifier_adresse

LIMIT_SECONDS = 15.0
CONNECT_SECONDS = 10.0
HEADER_BYTES = 4096
Ask = Callable[[], Awaitable[None]]
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class GuardedResolver(AbstractResolver):
    """Resolves a name and refuses it when any of its addresses is special: half a trap is a trap."""

    def __init__(self, inner: AbstractResolver, *, loopback: bool) -> None:
        self.inner = inner
        self.loopback = loopback

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The addresses of `host`. Raises AdresseInterdite."""
        results = await self.inner.resolve(host, port, family)
        for result in results:
            verifier_adresse(result["host"], loopback=self.loopback)
        return results

    async def close(self) -> None:
        """Close the resolver that does the work."""
        await self.inner.close()


_ask: ContextVar[Ask | None] = ContextVar("ask", default=None)


@contextmanager
def asking_first(ask: Ask | None) -> Iterator[None]:
    """What is posted in this context calls `ask` once it is connected, before it says a word; what that raises, it raises."""
    token = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(token)


class GuardedConnector(TCPConnector):
    """Gives a connection out when it may be spoken on: waiting for one, a name, a host or a handshake may take long."""

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - as the base has it.
    ) -> Connection:
        """A connection for this request. Raises what the question raises; the connection then serves others."""
        connection = await super().connect(req, traces, timeout)
        if ask := _ask.get():
            try:
                await ask()
            except BaseException:
                connection.release()
                raise
        return connection


def guarded_session(
    *, connections: int, per_host: int, loopback: bool, resolver: AbstractResolver | None = None
) -> ClientSession:
    """The HTTP session for deliveries. `loopback`, and with it plain HTTP, is for development only.

    The socket factory sees the address of each connection just before it is made, literal ones included, so that no
    parser's reading of a URL matters. No proxy, no cookie kept from one endpoint to another, no decompression.
    """

    def guarded_socket(info: AddrInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        verifier_adresse(address[0], loopback=loopback)
        return socket.socket(family, kind, protocol)

    connector = GuardedConnector(
        ssl=client_context(),
        resolver=GuardedResolver(resolver or Resolver(), loopback=loopback),
        socket_factory=guarded_socket,
        use_dns_cache=False,
        limit=connections,
        limit_per_host=per_host,
        keepalive_timeout=30,
    )
    connector.allowed_protocol_schema_set = frozenset({"https", "http"} if loopback else {"https"})
    return ClientSession(
        connector=connector,
        timeout=ClientTimeout(total=LIMIT_SECONDS, sock_connect=CONNECT_SECONDS),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        read_bufsize=2**14,
        trust_env=False,
    )
