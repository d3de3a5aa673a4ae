"""The programs of a hub: one table, from which they are started, supervised and stopped in order."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from common.keys import SIGNERS
from relais.binaries import DEPLOY, binary
from relais.keys import Secrets
from relais.layout import Layout
from relais.nats import NatsServer
from relais.postgres import PostgresCluster

SERVICES = ("signalement", "orientation", "cellule", "notifications")
# The names under which ports are remembered from one start to the next.
PORTS = (*SERVICES, "nats", "idp", "inbox", "smtp")
OIDC_CLIENT = "relais"
MACHINE_SCOPE = "orientations"


class Tier(IntEnum):
    """Programs start from the lowest tier to the highest, and stop the other way round."""

    postgres = 10
    nats = 20
    helpers = 30
    workers = 40
    apis = 50
    front = 60


@dataclass(frozen=True)
class Program:
    """One process under supervision. `parent_death` is the signal it gets when its supervisor is killed."""

    name: str
    tier: Tier
    argv: list[str]
    environment: dict[str, str]
    user: str | None = None
    stop_signal: str = "TERM"
    stop_wait_s: int = 15

    @property
    def parent_death(self) -> str:
        """PostgreSQL's and everyone's orderly stop signal."""
        return f"SIG{self.stop_signal}"


@dataclass(frozen=True)
class Addresses:
    """Where everything of one hub listens."""

    public_url: str
    port: int
    ports: Mapping[str, int]

    @property
    def issuer(self) -> str:
        """The development identity provider."""
        return f"{self.public_url}/idp"

    @property
    def inbox(self) -> str:
        """The development mail inbox."""
        return f"{self.public_url}/courriels"

    def local(self, name: str) -> str:
        """host:port of a program, behind the front."""
        return f"127.0.0.1:{self.ports[name]}"


def programs(
    layout: Layout,
    addresses: Addresses,
    secrets: Secrets,
    cluster: PostgresCluster,
    nats: NatsServer,
    services: Iterable[str],
    extra: Mapping[str, str],
) -> list[Program]:
    """Every program of a hub, with the whole of its environment; `extra` joins that of the services."""
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(layout.run), "PYTHONUNBUFFERED": "1"}
    table = [
        Program("postgres", Tier.postgres, cluster.argv(), cluster.environment(), cluster.user, "INT", 60),
        Program("nats", Tier.nats, nats.argv(), base | nats.environment()),
        Program("idp", Tier.helpers, _module("relais.idp"), base | _idp(layout, addresses, secrets)),
        Program("inbox", Tier.helpers, _module("relais.inbox"), base | _inbox(layout, addresses)),
    ]
    for service in services:
        environment = base | service_environment(service, addresses, secrets, cluster, nats) | dict(extra)
        table.append(Program(f"{service}-worker", Tier.workers, _module(f"{service}.worker"), environment))
        listen = {"RELAIS_LISTEN_HOST": "127.0.0.1", "RELAIS_LISTEN_PORT": str(addresses.ports[service])}
        table.append(Program(f"{service}-api", Tier.apis, _module(f"{service}.app"), environment | listen))
    front = [str(binary("caddy")), "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    table.append(Program("front", Tier.front, front, base | _front(layout, addresses)))
    return table


def service_environment(
    service: str, addresses: Addresses, secrets: Secrets, cluster: PostgresCluster, nats: NatsServer
) -> dict[str, str]:
    """The settings of one service, under the names that production uses too; nothing that the service does not need."""
    role = f"relais_{service}"
    environment = {
        "RELAIS_MODE": "development",
        "RELAIS_PUBLIC_URL": addresses.public_url,
        "RELAIS_DATABASE_URL": cluster.url(role, secrets.database_password(service)),
        "RELAIS_NATS_URL": nats.url,
        "RELAIS_NATS_USER": service,
        "RELAIS_NATS_PASSWORD": nats.passwords[service],
        "RELAIS_OIDC_ISSUER": addresses.issuer,
        "RELAIS_TOKEN_AUDIENCE": "relais",
        "RELAIS_TOKEN_KIND": "at+jwt",
        "RELAIS_TOKEN_SCOPE": MACHINE_SCOPE,
    }
    if service in SIGNERS:
        environment["RELAIS_SIGNING_KEY"] = secrets.signing_key(service)
    if service == "orientation":
        environment["RELAIS_OIDC_CLIENT_ID"] = OIDC_CLIENT
        environment["RELAIS_OIDC_CLIENT_SECRET"] = secrets.client_secret(OIDC_CLIENT)
    if service == "notifications":
        environment |= {
            "RELAIS_SMTP_HOST": "127.0.0.1",
            "RELAIS_SMTP_PORT": str(addresses.ports["smtp"]),
            "RELAIS_SMTP_TLS": "none",
            "RELAIS_MAIL_FROM": "Relais <ne-pas-repondre@relais.example>",
            "RELAIS_WEBHOOK_SECRET_KEYS": secrets.coffre_key(),
            # A demonstration shows its mails at any hour, and soon.
            "RELAIS_MAIL_AT_ANY_TIME": "true",
            "RELAIS_MAIL_GROUP_SECONDS": "2",
            # Nobody waits five minutes for a receiver on the same machine.
            "RELAIS_WEBHOOK_RETRY_SECONDS": "[0.5, 2, 5, 30, 300, 1800, 7200, 18000, 36000]",
            "RELAIS_WEBHOOK_PAUSE_SECONDS": "[0.5, 1, 2, 5]",
            "RELAIS_MAIL_RETRY_SECONDS": "[0.5, 2, 5, 30, 300, 1800, 7200, 18000, 36000]",
        }
    return environment


def _idp(layout: Layout, addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    return {
        "RELAIS_MODE": "development",
        "RELAIS_PUBLIC_URL": addresses.public_url,
        "RELAIS_LISTEN_PORT": str(addresses.ports["idp"]),
        "IDP_FILE": str(layout.run / "idp.json"),
        "IDP_KEY_FILE": str(secrets.identity_provider_key()),
    }


def _inbox(layout: Layout, addresses: Addresses) -> dict[str, str]:
    return {
        "RELAIS_MODE": "development",
        "RELAIS_LISTEN_PORT": str(addresses.ports["inbox"]),
        "INBOX_SMTP_PORT": str(addresses.ports["smtp"]),
        "INBOX_MAILDIR": str(layout.mail),
    }


def _front(layout: Layout, addresses: Addresses) -> dict[str, str]:
    upstreams = {f"UPSTREAM_{service.upper()}": addresses.local(service) for service in SERVICES}
    return upstreams | {
        "FRONT_SITE": f"http://127.0.0.1:{addresses.port}, http://localhost:{addresses.port}",
        "FRONT_BIND": "127.0.0.1",
        "FRONT_EXTRA": str(DEPLOY / "Caddyfile.development"),
        "RELAIS_PUBLIC_URL": addresses.public_url,
        "UPSTREAM_IDP": addresses.local("idp"),
        "UPSTREAM_COURRIELS": addresses.local("inbox"),
        # Caddy would keep its state in the home folder.
        "XDG_DATA_HOME": str(layout.run / "front"),
        "XDG_CONFIG_HOME": str(layout.run / "front"),
    }


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
