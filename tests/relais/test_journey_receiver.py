"""The receiver of webhooks: only what is signed with the partner's secret counts, and once."""

import asyncio
import json
import secrets
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook

from relais.journey.receiver import Receiver

SENT = {"orientation_id": "o-1", "type": "orientation.envoyee"}


def new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"


async def deliver(
    address: str, secret: str, webhook_id: str = "msg_1", body: dict[str, str] | None = None, at: datetime | None = None
) -> int:
    """Deliver as the hub does; the status of the answer."""
    content, moment = json.dumps(body or SENT), at or datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment.replace(microsecond=0), content),
    }
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.post(address, content=content, headers=headers)).status_code


async def test_a_signed_delivery_is_heard_and_its_duplicates_are_counted_apart() -> None:
    async with Receiver() as receiver:
        secret = new_secret()
        receiver.trust("urssaf", secret)
        waiting = asyncio.create_task(receiver.wait_for("o-1", "orientation.envoyee", 5))
        assert [await deliver(receiver.address("urssaf"), secret) for _ in range(3)] == [204, 204, 204]
        assert await waiting == receiver.heard["o-1", "orientation.envoyee"]["msg_1"]
        assert (receiver.received, receiver.duplicates) == (3, 2)
        assert await deliver(receiver.address("urssaf"), secret, "msg_2") == 204
        assert list(receiver.heard["o-1", "orientation.envoyee"]) == ["msg_1", "msg_2"]


async def test_a_bad_signature_is_refused_and_not_heard() -> None:
    async with Receiver() as receiver:
        receiver.trust("urssaf", new_secret())
        receiver.trust("crib", other := new_secret())
        assert await deliver(receiver.address("urssaf"), other) == 401
        too_old = datetime.now(UTC) - timedelta(minutes=10)
        assert await deliver(receiver.address("crib"), other, at=too_old) == 401
        async with httpx2.AsyncClient(trust_env=False) as client:
            assert (await client.post(receiver.address("crib"), json=SENT)).status_code == 401
        assert dict(receiver.forged) == {"urssaf": 1, "crib": 2}
        assert (receiver.received, dict(receiver.heard)) == (0, {})


async def test_what_comes_before_its_secret_is_asked_again() -> None:
    async with Receiver() as receiver:
        secret = new_secret()
        assert await deliver(receiver.address("crib"), secret) == 503
        receiver.trust("crib", secret)
        assert await deliver(receiver.address("crib"), secret) == 204


async def test_an_endpoint_of_an_older_journey_is_gone() -> None:
    async with Receiver() as older:
        address = older.address("crib")
    async with Receiver() as receiver:
        here = receiver.address("crib").split("/", 3)
        there = address.split("/", 3)
        assert await deliver("/".join([*here[:3], there[3]]), new_secret()) == 410
        assert (receiver.strangers, receiver.received) == (1, 0)


async def test_waiting_for_what_does_not_come_ends() -> None:
    async with Receiver() as receiver:
        with pytest.raises(TimeoutError):
            await receiver.wait_for("o-1", "orientation.recue", 0.05)
