"""Each service's NATS user can publish and read what the design gives it, and nothing else: every subject is tried."""

import asyncio
from typing import Any

import nats
import pytest
from nats.aio.client import Client

from common.events import REGISTRY
from common.requests import REQUESTS, Request
from common.requests_liens import ContactCodeDeLien, ContactLien
from common.requests_membres import ContactInvitation
from common.requests_sessions import REQUESTS_OF_SESSIONS
from common.streams import AUDIT, HEARS, SERVICES, durables_of
from relais.nats import NatsServer

STREAMS = (*(service.upper() for service in SERVICES), AUDIT)


def publishing(service: str) -> dict[str, bool]:
    """Each subject that anybody might publish on, and whether this service may."""
    subjects = {f"relais.{other}.x.y.v1": other == service for other in SERVICES}
    subjects |= {f"relais.audit.{other}.entree.v1": other == service for other in SERVICES}
    for subject, event in REGISTRY.items():
        owner = event.capability if event.service == "audit" else event.service
        subjects[subject] = owner == service
    requests: tuple[type[Request[Any]], ...] = (
        *REQUESTS,
        *REQUESTS_OF_SESSIONS,
        ContactInvitation,
        ContactLien,
        ContactCodeDeLien,
    )
    for request in requests:
        for asker in SERVICES:
            subjects[request.subject(asker)] = asker == service and service in request.askers
    own = {service.upper(), AUDIT} if service == "cellule" else {service.upper()}
    for stream in STREAMS:
        subjects[f"$JS.API.STREAM.CREATE.{stream}"] = stream in own
        subjects[f"$JS.API.STREAM.DELETE.{stream}"] = False
        subjects[f"$JS.API.STREAM.PURGE.{stream}"] = False
        subjects[f"$JS.API.STREAM.MSG.GET.{stream}"] = stream == service.upper()
        subjects[f"$JS.API.STREAM.MSG.DELETE.{stream}"] = False
        subjects[f"$JS.API.CONSUMER.CREATE.{stream}"] = stream == service.upper()
        subjects[f"$JS.API.CONSUMER.CREATE.{stream}.mine.>"] = stream == service.upper()
        for listener in SERVICES:
            durable = f"{listener}-{stream.lower()}"
            mine = (listener == service and stream in HEARS[service]) or stream == service.upper()
            subjects[f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"] = mine
            subjects[f"$JS.API.CONSUMER.RESET.{stream}.{durable}"] = listener == service and stream in HEARS[service]
            subjects[f"$JS.ACK.{stream}.{durable}.1.1.1.1.1"] = mine
    return subjects | {"$SYS.REQ.SERVER.PING": False, "$JS.API.ACCOUNT.PURGE.x": False, "elsewhere": False}


def subscribing(service: str) -> dict[str, bool]:
    """Each subject that anybody might listen on, and whether this service may."""
    subjects = {f"_INBOX.{other}.>": other == service for other in SERVICES}
    subjects |= {f"relais.requete.{other}.>": other == service for other in SERVICES}
    return subjects | {"_INBOX.>": False, "relais.>": False, "relais.signalement.>": False, ">": False, "$JS.>": False}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_can_do_its_own_and_nothing_else(service: str, nats_server: NatsServer) -> None:
    refused: list[str] = []

    async def on_error(error: Exception) -> None:
        refused.append(str(error).lower())

    client = await nats.connect(nats_server.url, user=service, password=nats_server.passwords[service], error_cb=on_error)
    try:
        for subject, allowed in publishing(service).items():
            assert await tried(client, refused, client.publish(subject, b"{}"), allowed=allowed) is allowed, (
                f"publish {subject}"
            )
        for subject, allowed in subscribing(service).items():
            assert await tried(client, refused, client.subscribe(subject), allowed=allowed) is allowed, f"subscribe {subject}"
    finally:
        await client.close()


async def tried(client: Client, refused: list[str], attempt: object, *, allowed: bool) -> bool:
    """Whether the server let it happen. A refusal comes by a task of the client's: one that must come has a second."""
    refused.clear()
    await attempt  # type: ignore[misc]
    await client.flush(timeout=5)
    for _ in range(2 if allowed else 200):
        if refused:
            break
        await asyncio.sleep(0.005)
    return not any("permissions violation" in error for error in refused)


async def test_nobody_comes_in_without_a_password(nats_server: NatsServer) -> None:
    with pytest.raises(nats.errors.Error):
        await nats.connect(nats_server.url, allow_reconnect=False, max_reconnect_attempts=0)
    with pytest.raises(nats.errors.Error):
        await nats.connect(nats_server.url, user="admin", password="wrong", allow_reconnect=False, max_reconnect_attempts=0)


def test_every_durable_is_named_after_its_listener_and_stream() -> None:
    names = [durable.name for service in SERVICES for durable in durables_of(service)]
    assert len(names) == len(set(names)) == sum(len(streams) for streams in HEARS.values())
