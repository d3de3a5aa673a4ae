"""deploy/nats.conf on a real nats-server: it parses, and each user can do its work and nothing more."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from relais.nats import USERS, NatsServer, new_password
from relais.ports import free_port

SERVICES = ("signalement", "orientation", "cellule", "notifications")
HEARD = {
    "signalement": ("ORIENTATION", "CELLULE"),
    "orientation": ("SIGNALEMENT", "CELLULE"),
    "cellule": ("SIGNALEMENT", "ORIENTATION", "AUDIT"),
    "notifications": ("SIGNALEMENT", "ORIENTATION", "CELLULE"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[NatsServer]:
    """A server whose store lies in a folder with a space in its name."""
    passwords = {user: new_password() for user in USERS}
    with (
        tempfile.TemporaryDirectory(prefix="relais nats ") as folder,
        NatsServer(Path(folder), free_port(folder), passwords) as running,
    ):
        yield running


@asynccontextmanager
async def connected(server: NatsServer, user: str) -> AsyncIterator[tuple[Client, list[Exception]]]:
    """A client of one user, and the refusals it receives."""
    refused: list[Exception] = []

    async def note(error: Exception) -> None:
        refused.append(error)

    password = server.passwords[user]
    prefix = f"_INBOX.{user}".encode()
    client = await nats.connect(server.url, user=user, password=password, inbox_prefix=prefix, error_cb=note)
    yield client, refused
    await client.close()


async def refusal(client: Client, refused: list[Exception]) -> None:
    """Return once the server has refused something; fails when it says nothing."""
    await client.flush()
    async with asyncio.timeout(5):
        while not refused:  # The client reports it from a task of its own.
            await asyncio.sleep(0.01)


async def test_a_wrong_password_is_refused(server: NatsServer) -> None:
    with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
        await nats.connect(server.url, user="admin", password="r-wrong", allow_reconnect=False, connect_timeout=2)


async def test_each_service_declares_its_stream_and_hears_what_the_design_gives_it(server: NatsServer) -> None:
    for service in SERVICES:
        async with connected(server, service) as (client, refused):
            streams = client.jetstream(timeout=2)
            await streams.add_stream(name=service.upper(), subjects=[f"relais.{service}.>"], allow_direct=True)
            if service == "cellule":
                await streams.add_stream(name="AUDIT", subjects=["relais.audit.>"])
            await streams.publish(f"relais.{service}.essai.fait.v1", b"{}")
            assert await streams.get_msg(service.upper(), 1, direct=True)
            ephemeral = await streams.pull_subscribe("", stream=service.upper())
            await (await ephemeral.fetch(1, timeout=2))[0].ack_sync()
            assert refused == []
    for service in SERVICES:
        async with connected(server, service) as (client, refused):
            streams = client.jetstream(timeout=2)
            await streams.publish(f"relais.audit.{service}.entree.v1", b"{}")
            assert (await streams.stream_info("AUDIT")).config.name == "AUDIT"
            for stream in HEARD[service]:
                durable = f"{service}-{stream.lower()}"
                wanted = ConsumerConfig(ack_wait=30)
                subscription = await streams.pull_subscribe("", durable=durable, stream=stream, config=wanted)
                await (await subscription.fetch(1, timeout=2))[0].ack_sync()
                assert (await subscription.consumer_info()).name == durable
            assert refused == []


async def test_a_request_reaches_its_owner_and_its_answer_comes_back(server: NatsServer) -> None:
    async with connected(server, "signalement") as (owner, _), connected(server, "cellule") as (asker, refused):

        async def answer(message: Msg) -> None:
            await message.respond(b"oui")

        await owner.subscribe("relais.requete.signalement.*.*", queue="signalement", cb=answer)
        # The client's first ping may overtake its subscription: what the second one is answered, the server knows of.
        for _ in range(2):
            await owner.flush()
        reply = await asker.request("relais.requete.signalement.consentement_permis.cellule", b"{}", timeout=2)
        assert reply.data == b"oui"
        assert refused == []


FORBIDDEN = [
    # Another service's events and audit entries.
    ("orientation", "relais.signalement.essai.fait.v1"),
    ("signalement", "relais.audit.cellule.entree.v1"),
    # A request in another's name, one that the design does not give, and an answer where nobody asked.
    ("orientation", "relais.requete.signalement.dossier_divulguer.cellule"),
    ("notifications", "relais.requete.signalement.dossier_divulguer.notifications"),
    ("cellule", "relais.requete.signalement.dossier_faits.cellule"),
    ("signalement", "_INBOX.orientation.devinee.1"),
    # Another's stream: its state, its messages, its consumers, its acknowledgements.
    ("orientation", "$JS.API.STREAM.INFO.SIGNALEMENT"),
    ("orientation", "$JS.API.STREAM.MSG.GET.SIGNALEMENT"),
    ("orientation", "$JS.API.DIRECT.GET.SIGNALEMENT.relais.signalement.essai.fait.v1"),
    ("orientation", "$JS.API.CONSUMER.CREATE.SIGNALEMENT"),
    ("orientation", "$JS.API.CONSUMER.CREATE.SIGNALEMENT.espion"),
    ("orientation", "$JS.API.CONSUMER.MSG.NEXT.SIGNALEMENT.cellule-signalement"),
    ("orientation", "$JS.ACK.SIGNALEMENT.cellule-signalement.1.1.1.1.1"),
    ("orientation", "$JS.API.CONSUMER.CREATE.AUDIT.orientation-audit"),
    ("cellule", "$JS.API.CONSUMER.CREATE.NOTIFICATIONS.cellule-notifications"),
    # Nobody destroys or lists.
    ("signalement", "$JS.API.STREAM.DELETE.SIGNALEMENT"),
    ("signalement", "$JS.API.STREAM.PURGE.SIGNALEMENT"),
    ("cellule", "$JS.API.STREAM.PURGE.AUDIT"),
    ("cellule", "$JS.API.STREAM.MSG.DELETE.AUDIT"),
    ("notifications", "$JS.API.STREAM.NAMES"),
    ("notifications", "$SYS.REQ.SERVER.PING"),
]


@pytest.mark.parametrize(("user", "subject"), FORBIDDEN)
async def test_publishing_elsewhere_is_refused(server: NatsServer, user: str, subject: str) -> None:
    async with connected(server, user) as (client, refused):
        await client.publish(subject, b"{}")
        await refusal(client, refused)
        assert "permissions violation for publish" in str(refused[0]).lower()


@pytest.mark.parametrize("subject", [">", "relais.>", "relais.signalement.>", "_INBOX.>", "_INBOX.cellule.>", "$JS.ACK.>"])
async def test_listening_elsewhere_is_refused(server: NatsServer, subject: str) -> None:
    async with connected(server, "orientation") as (client, refused):
        await client.subscribe(subject)
        await refusal(client, refused)
        assert "permissions violation for subscription" in str(refused[0]).lower()


def test_the_file_is_valid_and_refuses_to_run_without_its_passwords(server: NatsServer) -> None:
    checked = subprocess.run([*server.argv(), "-t"], env=server.environment(), capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    without = {name: value for name, value in server.environment().items() if name != "NATS_PASSWORD_ADMIN"}
    refused = subprocess.run([*server.argv(), "-t"], env=without, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "NATS_PASSWORD_ADMIN" in refused.stderr
