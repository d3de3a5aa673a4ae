"""Values planted in a journey are looked for in everything that it leaves behind: bus, webhooks, logs, mails."""

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import FetchTimeoutError

from relais.hub import Hub
from relais.journey.command import travel
from relais.journey.directory import DEMO, Directory
from relais.journey.input import Ligne, read
from relais.journey.receiver import Receiver
from relais.journey.report import Report

LINES = Path(__file__).parents[1] / "data" / "journey-12.jsonl"
STREAMS = {"SIGNALEMENT", "ORIENTATION", "CELLULE", "AUDIT"}
BUDGET = 40_000_077  # Planted budgets are this and the next ones: no other number looks like them.

pytestmark = pytest.mark.timeout(300)


def planted(ligne: Ligne) -> tuple[Ligne, dict[str, str]]:
    """The line with values that stand nowhere else, and these values by what they are."""
    n = ligne.numero
    values = {
        "name": f"Zorbalune{n}x",
        "person": f"Quintefeuil{n}x",
        "first name": f"Xylophane{n}x",
        "position": f"grandtimonier{n}x",
        "mail": f"boite-plantee{n}x",
        "text": f"besoinsecretissime{n}x",
        "reason": f"motifinavouable{n}x",
        "town": f"Trifouillis{n}x",
        "siren": ligne.siren or "",
        "siret": ligne.siret or "",
        "rna": ligne.rna or "",
        "telephone": ligne.contact.telephone.replace(" ", ""),
        "telephone with spaces": ligne.contact.telephone,
        "budget": str(BUDGET + n),
    }
    contact = ligne.contact.model_copy(
        update={
            "nom": values["person"],
            "prenom": values["first name"],
            "fonction": values["position"],
            "courriel": f"{values['mail']}@asso.example",
        }
    )
    update = {"nom": values["name"], "besoin": values["text"], "commune": values["town"], "budget": BUDGET + n}
    motif = {"motif_tiers": values["reason"]} if ligne.motif_tiers else {}
    return ligne.model_copy(update=update | motif | {"contact": contact}), {k: v for k, v in values.items() if v}


def found(values: dict[str, str], text: str) -> set[str]:
    """Which of these values stand in a text, in any capitals, as they are or as an address would write them."""
    low = text.lower()
    return {what for what, value in values.items() if _stands(value.lower(), low)}


def _stands(value: str, text: str) -> bool:
    if value.isdigit():
        # Random ids hold all kinds of digits in a row: a number stands by itself.
        return value in text and re.search(rf"(?<![0-9a-f-]){value}(?![0-9a-f-])", text) is not None
    return value in text or quote(value) in text


async def on_the_bus(hub: Hub) -> dict[str, str]:
    """Every message of every stream, headers and subject included, by stream."""
    client = await nats.connect(hub.nats.url, user="admin", password=hub.nats.passwords["admin"])
    js = client.jetstream()
    everything: dict[str, str] = {}
    for stream in await js.streams_info():
        name = stream.config.name or ""
        consumer = ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL)
        pull = await js.pull_subscribe(">", stream=name, config=consumer)
        texts: list[str] = []
        while len(texts) < stream.state.messages:
            try:
                for message in await pull.fetch(500, timeout=5):
                    texts.append(f"{message.subject} {message.headers} {message.data.decode()}")
            except (FetchTimeoutError, TimeoutError):
                break
        assert len(texts) >= stream.state.messages
        everything[name] = "\n".join(texts)
    await client.close()
    return everything


@dataclass(frozen=True)
class Left:
    """What a journey with planted values left: by place, the mails apart."""

    lines: list[Ligne]
    values: dict[str, str]
    report: Report
    receiver: Receiver
    places: dict[str, str]
    mails: list[dict[str, Any]]


@pytest.fixture(scope="module")
def left(hub: Hub) -> Left:
    """Travel with planted values, then collect everything that can be read afterwards."""
    pairs = [planted(ligne) for ligne in read(LINES)]
    lines, receiver = [ligne for ligne, _ in pairs], Receiver()
    report = asyncio.run(travel(lines, hub.url, Directory.load(DEMO, hub.layout.data), receiver=receiver))
    assert report.differences == []
    values = {f"{what} of line {ligne.numero}": value for ligne, some in pairs for what, value in some.items()}
    values |= {"question": "solde de tr", "note": "Vu avec ", "diagnostic": "Rencontrer les partenaires"}
    places = asyncio.run(on_the_bus(hub))
    places["webhooks"] = "\n".join(body.decode() for body in receiver.bodies)
    places |= {f"log {path.name}": path.read_text(errors="replace") for path in hub.layout.logs.iterdir() if path.is_file()}
    mails = httpx2.get(f"{hub.addresses.inbox}/api/messages", params={"limit": "10000"}, timeout=30).json()
    return Left(lines, values, report, receiver, places, mails)


def test_the_search_itself_finds(hub: Hub, left: Left) -> None:
    tables = ("associations", "contacts", "dossiers")
    stored = "".join(hub.cluster.execute(f"SELECT * FROM {table}", "relais_signalement") for table in tables)
    assert len(found(left.values, stored)) >= 9 * len(left.lines)
    counts = left.report.counts
    assert {ligne.origine for ligne in left.lines} == {"self", "partenaire", "tiers"}
    assert left.places["SIGNALEMENT"].count("signalement.depose") >= counts["signalements"]
    assert left.places["ORIENTATION"].count("orientation.envoyee") >= counts["referrals prepared"]
    assert left.places["CELLULE"].count("diagnostic.partage") >= counts["diagnostics shared"]
    assert left.places["AUDIT"].count("dossier.ouvrir") >= counts["referrals prepared"]
    assert len(left.receiver.bodies) >= counts["referrals prepared"]
    assert '"route": "/api/v1/signalements"' in left.places["log signalement-api.log"]


def test_no_name_number_contact_or_text_is_on_the_bus_in_webhooks_or_in_logs(left: Left) -> None:
    assert {place: what for place, text in left.places.items() if (what := found(left.values, text))} == {}


def test_no_secret_and_no_code_is_there_either(hub: Hub, left: Left) -> None:
    clients = json.loads((hub.layout.run / "idp.json").read_text())["clients"]
    secrets = {client["client_id"]: client["client_secret"] for client in clients}
    secrets |= {f"code in mail {mail['id']}": code for mail in left.mails if (code := code_of(mail["text"]))}
    assert len(secrets) >= len(clients) + len(left.lines)
    assert {place: what for place, text in left.places.items() if (what := found(secrets, text))} == {}


def test_mails_say_nothing_but_a_link_and_a_code(left: Left) -> None:
    concerned = [mail for mail in left.mails if any("boite-plantee" in address for address in mail["to"])]
    assert len(concerned) >= len(left.lines)
    for mail in left.mails:
        assert found(left.values, f"{mail['subject']} {mail['text']} {mail['html']}") == set()


def code_of(text: str) -> str | None:
    """The code that a mail carries, or None."""
    lines = text.splitlines()
    return next((lines[i + 1].strip() for i, line in enumerate(lines[:-1]) if line == "Votre code\u00a0:"), None)
