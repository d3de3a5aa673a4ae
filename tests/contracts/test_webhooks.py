"""What the hub signs is verified by the official libraries of Standard Webhooks, in Python and in JavaScript."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from common.clock import new_id
from common.events import Event
from notifications.livraisons.envoi import message_id, signed_headers
from notifications.livraisons.handlers import ANNONCER
from notifications.webhooks.domain import TYPES
from notifications.webhooks.rotation import new_secret
from tests.contracts.webhook_docs import PLACE, corps, document

BODY = json.dumps({"id": str(new_id()), "type": "orientation.envoyee", "libelle": "été « à l’œuvre »"}, ensure_ascii=False)


def in_javascript(node_tools: Path, secret: str, headers: dict[str, str], body: str) -> Any:
    """The payload as the JavaScript library gives it. Raises CalledProcessError when it refuses."""
    asked = json.dumps({"secret": secret, "headers": headers, "body": body})
    done = subprocess.run(
        ["node", "verify_webhook.mjs"], cwd=node_tools, input=asked, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("count", [1, 2])
def test_each_valid_secret_verifies_in_both_languages(node_tools: Path, count: int) -> None:
    """While a secret rotates, the old one and the new one both do; another never does."""
    secrets = [new_secret() for _ in range(count)]
    headers = signed_headers(message_id(new_id(), new_id()), secrets, BODY, datetime.now(UTC))
    assert len(headers["webhook-signature"].split(" ")) == count
    for secret in secrets:
        assert Webhook(secret).verify(BODY, headers) == in_javascript(node_tools, secret, headers, BODY) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)
    with pytest.raises(subprocess.CalledProcessError):
        in_javascript(node_tools, new_secret(), headers, BODY)
    with pytest.raises(subprocess.CalledProcessError):
        in_javascript(node_tools, secrets[0], headers, BODY.replace("envoyee", "retiree"))


def test_the_guide_is_up_to_date() -> None:
    """Its examples are made from the event classes."""
    assert PLACE.read_text() == document(), "run: python -m tests.contracts.webhook_docs"


def test_every_type_has_its_example_and_the_other_way_round() -> None:
    """What can be subscribed to is what is told."""
    assert {json.loads(corps(event))["type"] for event in ANNONCER} == set(TYPES)


@pytest.mark.parametrize("event", ANNONCER, ids=lambda event: event.subject())
def test_a_message_is_thin(event: type[Event]) -> None:
    """Far below 20 kB, about one case, with the attributes of its event under the signature."""
    body = corps(event)
    content = json.loads(body)
    assert len(body) < 2000
    assert content["cloudevents"]["type"] == event.type()
    assert content["cloudevents"]["id"] == content["id"]
    assert content["lien"].startswith("https://")
    assert not {"nom", "siren", "courriel", "telephone", "texte", "emetteur_id"} & set(content)
