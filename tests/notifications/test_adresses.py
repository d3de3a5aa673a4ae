"""Hostile addresses reach nothing: as URLs, as literals at connection, and through a resolver that lies."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from common.errors import DonneeInvalide
from notifications.livraisons import garde
from notifications.livraisons.envoi import poster
from notifications.livraisons.garde import guarded_session
from notifications.webhooks.adresses import AdresseInterdite, verifier_adresse, verifier_url
from notifications.webhooks.domain import Echec

HOSTILE_URLS = [
    "http://partenaire.example/x",
    "ftp://partenaire.example/x",
    "file:///etc/passwd",
    "//partenaire.example/x",
    "https://",
    "https:///x",
    "pas une adresse",
    "https://user@partenaire.example/",
    "https://user:secret@partenaire.example/",
    "https://@partenaire.example@127.0.0.1/",
    "https://partenaire.example:22/",
    "https://partenaire.example:25/",
    "https://partenaire.example:0/",
    "https://partenaire.example:99999/",
    "https://partenaire.example/#fragment",
    "https://partenaire.example/\r\nHost: interne",
    "https://localhost/",
    "https://localhost./",
    "https://interne/",
    "https://nats.internal/",
    "https://base.local/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://①②⑦.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://192.0.0.192/",
    "https://192.168.1.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
    "https://[5f00::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    # The same loopback and metadata addresses, written as only some parsers read them.
    "https://0x7f.1/",
    "https://0X7F000001/",
    "https://017700000001/",
    "https://127.000.000.001/",
    "https://127.0.1/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://169.254.43518/",
    "https://１２７.0.0.1/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fd12:3456:789a::1]/",
    "https://[::1%25lo]/",
    "https://LOCALHOST/",
    "https://metadata.google.internal/",
    "https://routeur.home/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://partenaire.example\\@127.0.0.1/",
    "https://partenaire.example:443@127.0.0.1/",
    "https://127.0.0.1\t/",
    "javascript:alert(1)",
    "gopher://127.0.0.1:6379/_INFO",
    "unix:///var/run/postgresql",
]
LITERALS = [
    "127.0.0.1", "0.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.19.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.251", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:20::1", "2001:db8::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "2001:4860::1%eth0", "nom", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "192.0.1.1", "2001:4860:4860::8888", "2a01:e0a::1", "2606:4700::1111"]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_a_hostile_url_is_refused_at_creation(url: str) -> None:
    """Each with a remedy in French, on the field."""
    with pytest.raises(DonneeInvalide) as refusal:
        verifier_url(url, development=False)
    assert refusal.value.champ == "url"


@pytest.mark.parametrize(
    "url",
    [
        "https://si.partenaire.example/relais?cle=1",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]:8443/x",
        "https://été.example/",
    ],
)
def test_an_ordinary_url_is_taken(url: str) -> None:
    """Names and public literals, on 443 or a high port."""
    assert verifier_url(url, development=False).startswith("https://")


def test_loopback_is_for_development_only() -> None:
    """Plain HTTP too, and there only on loopback."""
    assert verifier_url("http://127.0.0.1:9000/x", development=True)
    for url, development in (
        ("http://127.0.0.1:9000/x", False),
        ("http://10.0.0.1:9000/x", True),
        ("http://example.org/", True),
    ):
        with pytest.raises(DonneeInvalide):
            verifier_url(url, development=development)


@pytest.mark.parametrize("address", LITERALS)
def test_a_special_address_is_refused_at_connection(address: str) -> None:
    """Whatever name led to it."""
    with pytest.raises(AdresseInterdite):
        verifier_adresse(address, loopback=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_not(address: str) -> None:
    """The guard is no wall."""
    verifier_adresse(address, loopback=False)


def test_there_are_enough_hostile_forms() -> None:
    """Sixty at least, none twice."""
    assert len(HOSTILE_URLS) == len(set(HOSTILE_URLS)) >= 80


class Liar(AbstractResolver):
    """A resolver that answers what it is told, another list at each question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = iter(answers)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in next(self.answers)
        ]

    async def close(self) -> None:
        pass


async def knocked(server_hits: list[int], url: str, resolver: AbstractResolver | None = None) -> Echec | None:
    """Post to `url` as in production; nothing may have reached the local server."""
    async with guarded_session(connections=5, per_host=2, loopback=False, resolver=resolver) as http:
        reponse = await poster(http, url, {}, "{}")
    assert server_hits == []
    return reponse.echec


async def test_nothing_reaches_a_local_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Literal, by a name, mapped, mixed with public answers, by rebinding, or by a proxy from the environment."""
    hits: list[int] = []

    async def on_connection(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hits.append(1)
        writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    try:
        for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "localhost"):
            assert await knocked(hits, f"https://{host}:{port}/") is Echec.adresse_interdite
        for answers in (["127.0.0.1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["64:ff9b::7f00:1"]):
            assert await knocked(hits, f"https://piege.example:{port}/", Liar(answers)) is Echec.adresse_interdite
        # A rebinding name is public when it is first looked up and local afterwards: each connection asks anew.
        rebinding = Liar(["192.0.2.1"], ["127.0.0.1"])
        for _ in range(2):
            assert await knocked(hits, f"https://piege.example:{port}/", rebinding) is Echec.adresse_interdite
    finally:
        server.close()


class Rebinding(AbstractResolver):
    """Every name is public when it is asked about first, and local from then on."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        self.asked[host] = self.asked.get(host, 0) + 1
        address = "8.8.8.8" if self.asked[host] == 1 else "127.0.0.1"
        return await Liar([address]).resolve(host, port, family)

    async def close(self) -> None:
        pass


async def test_no_hostile_form_makes_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posted as they are, past the check at creation, with every name turned local: not one socket is opened."""
    made: list[object] = []
    monkeypatch.setattr(garde, "socket", SimpleNamespace(socket=lambda *a: made.append(a)))
    for guarded in (True, False):
        local = Liar(*[["127.0.0.1"]] * 1000)
        async with guarded_session(connections=5, per_host=2, loopback=False, resolver=local) as http:
            if not guarded:
                # The factory alone: what a resolver without a guard says reaches it, and no further.
                assert isinstance(http.connector, TCPConnector)
                monkeypatch.setattr(http.connector, "_resolver", local)
            for url in HOSTILE_URLS:
                assert (await poster(http, url, {}, "{}")).echec is not None, url
    assert made == []


@pytest.mark.parametrize("scheme", ["http", "HTTP", "ftp", "ws"])
async def test_outside_development_nothing_leaves_without_tls(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """Whatever a row says: a public address that does not speak https is not even looked up."""
    made: list[object] = []
    monkeypatch.setattr(garde, "socket", SimpleNamespace(socket=lambda *a: made.append(a)))
    resolver = Rebinding()
    async with guarded_session(connections=5, per_host=2, loopback=False, resolver=resolver) as http:
        for host in ("partenaire.example", "8.8.8.8"):
            assert (await poster(http, f"{scheme}://{host}:8080/", {}, "{}")).echec is Echec.adresse_interdite
    assert (made, resolver.asked) == ([], {})


async def test_a_name_that_turns_is_asked_about_at_each_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one connected to, and the next try asks anew."""
    tried: list[object] = []

    def refused(*_: object) -> socket.socket:
        tried.append(1)
        raise OSError("no network in this test")

    monkeypatch.setattr(garde, "socket", SimpleNamespace(socket=refused))
    resolver = Rebinding()
    async with guarded_session(connections=5, per_host=2, loopback=False, resolver=resolver) as http:
        first = await poster(http, "https://piege.example/", {}, "{}")
        second = await poster(http, "https://piege.example/", {}, "{}")
    assert (first.echec, second.echec) == (Echec.connexion, Echec.adresse_interdite)
    assert (resolver.asked, len(tried)) == ({"piege.example": 2}, 1)
