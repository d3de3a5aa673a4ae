"""An authority of the tests' own, which this machine believes for as long as a test lasts, and servers' certificates by it."""

import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

NAME = "serveur.partenaire.example"
HOST = "127.0.0.1"
PAST = datetime(2020, 1, 1, tzinfo=UTC)
OLDER = "of an older TLS"


@pytest.fixture
def ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server with this certificate speaks TLS by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def good(ca: trustme.CA) -> ssl.SSLContext:
    """A server that is who it says it is."""
    return serving(ca.issue_cert(NAME, HOST))


def _old(ca: trustme.CA) -> ssl.SSLContext:
    context = good(ca)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


# Each is a server that must not be told anything.
FAULTY: dict[str, Callable[[trustme.CA], ssl.SSLContext]] = {
    "of an unknown authority": lambda _: good(trustme.CA()),
    "of another name": lambda ca: serving(ca.issue_cert("autre.example", "127.0.0.2")),
    "of another time": lambda ca: serving(ca.issue_cert(NAME, HOST, not_before=PAST, not_after=PAST.replace(year=2021))),
    OLDER: _old,
}
faulty = pytest.mark.parametrize("faulty", FAULTY.values(), ids=FAULTY)
