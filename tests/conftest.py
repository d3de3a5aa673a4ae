"""Real servers for all tests: one PostgreSQL and one NATS a test run, a database of each service a worker."""

import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from common.database import Database
from common.migrations import upgrade
from common.streams import SERVICES
from relais.hub import Hub
from relais.nats import USERS, NatsServer
from relais.ports import free_port
from relais.postgres import Passwords, PostgresCluster
from tests.emptying import empty
from tests.people import WITHOUT_LIMITS
from tests.tls import ca

__all__ = ["ca"]

ROOT = Path(__file__).parents[1]
PASSWORD = "r-for-throw-away-databases-only"
PASSWORDS = Passwords(PASSWORD, PASSWORD)

# On a busy machine an example may be slow without being wrong.
settings.register_profile("relais", deadline=None)
settings.load_profile("relais")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this worker's own, without fsync: nothing in it outlives the run."""
    # Not pytest's folder: PostgreSQL's own account must be able to pass through, and another run of pytest closes it.
    folder = tempfile.TemporaryDirectory(prefix="relais-postgres-", ignore_cleanup_errors=True)
    with folder as directory, PostgresCluster(Path(directory), durable=False) as cluster:
        cluster.ensure_databases({f"relais_{service}": PASSWORDS for service in SERVICES})
        yield cluster


@pytest.fixture(scope="session")
def database_urls(postgres: PostgresCluster) -> dict[str, str]:
    """The four services' databases, built by their migrations, as the services themselves enter them."""
    for service in SERVICES:
        upgrade(ROOT / "services" / service, postgres.owner_url(f"relais_{service}", PASSWORD))
    return {service: postgres.url(f"relais_{service}", PASSWORD) for service in SERVICES}


def owner_url(url: str) -> str:
    """The address of a service's database for its owner, who sees every row and may empty tables."""
    return re.sub(r"//(\w+):", r"//\1_owner:", url)


def service_url(database: Database) -> str:
    """The address with which the service's processes enter a database that tests look into as its owner."""
    return database.url.replace("_owner:", ":")


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A NATS of this worker's own, with JetStream and the users of the real configuration."""
    passwords = {user: f"r-{user}" for user in USERS}
    with NatsServer(tmp_path_factory.mktemp("nats"), free_port(str(tmp_path_factory.getbasetemp())), passwords) as server:
        yield server


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    """A whole hub with its demo data: real processes behind one address. Its tests stay on one worker (`tests.workers`)."""
    # Not in pytest's own folder, whose root PostgreSQL's account may not pass through.
    with (
        tempfile.TemporaryDirectory(prefix="relais-tests-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as running,
    ):
        yield running


def make_database(service: str) -> object:
    """A fixture that gives the empty database of one service, entered as its owner: nothing is hidden from a test."""

    @pytest.fixture
    async def database(database_urls: dict[str, str]) -> AsyncIterator[Database]:
        database = Database(owner_url(database_urls[service]), service=service)
        await empty(database)
        yield database
        await database.close()

    return database


signalement_db = make_database("signalement")
orientation_db = make_database("orientation")
cellule_db = make_database("cellule")
notifications_db = make_database("notifications")

os.environ.setdefault("TZ", "UTC")
