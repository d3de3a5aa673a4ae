"""The events keep their form: one golden file each, which a change may add optional fields to and nothing else."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from common.asyncapi import document
from common.events import REGISTRY, Event, decode
from common.events.exemples import EVENT_ID, NOW, SEQUENCE, sample
from tests.contracts.samples import GOLDEN, encoded

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "nom",
    "prenom",
    "siren",
    "siret",
    "rna",
    "courriel",
    "email",
    "telephone",
    "adresse",
    "besoin",
    "texte",
    "commune",
    "note",
}


@pytest.mark.parametrize("event", REGISTRY.values(), ids=lambda event: event.subject())
def test_an_event_is_what_its_golden_file_says(event: type[Event]) -> None:
    golden = (GOLDEN / f"{event.subject()}.json").read_text()
    assert json.loads(encoded(event)) == json.loads(golden)
    received = decode(golden.encode())
    assert (received.id, received.event, received.sequence, received.time) == (EVENT_ID, sample(event), SEQUENCE, NOW)


@pytest.mark.parametrize("event", REGISTRY.values(), ids=lambda event: event.subject())
def test_the_official_library_reads_and_writes_the_same(event: type[Event]) -> None:
    """The envelope is read without the library, so that reading stays quick: here the library has its say."""
    read = JSONFormat().read(CloudEvent, encoded(event))
    assert (read.get_id(), read.get_type(), read.get_time()) == (str(EVENT_ID), event.type(), NOW)
    assert (read.get_source(), read.get_subject()) == (f"/{event.service}", sample(event).aggregate_id)
    assert read.get_data() == sample(event).model_dump(mode="json")
    received = decode(JSONFormat().write(read))
    assert (received.id, received.event, received.sequence, received.time) == (EVENT_ID, sample(event), SEQUENCE, NOW)


@pytest.mark.parametrize(
    "change", [{"specversion": "0.3"}, {"time": "2026-03-02T08:30:00"}, {"sequence": "-1"}, {"id": "x"}, {"data": 3}]
)
def test_what_is_no_cloudevent_of_ours_is_refused(change: dict[str, Any]) -> None:
    golden = json.loads(next(GOLDEN.glob("*.json")).read_text())
    decode(json.dumps(golden).encode())
    with pytest.raises(ValueError, match="validation error"):
        decode(json.dumps(golden | change).encode())


@pytest.mark.parametrize("event", REGISTRY.values(), ids=lambda event: event.subject())
def test_no_event_has_a_field_for_anything_confidential(event: type[Event]) -> None:
    assert not FORBIDDEN & set(event.model_fields)


def test_the_catalogue_is_up_to_date() -> None:
    kept = json.loads((ROOT / "docs" / "events" / "asyncapi.json").read_text())
    assert kept == document(), "run: python -m common.asyncapi > docs/events/asyncapi.json"


def test_the_official_parser_reads_the_catalogue(node_tools: Path) -> None:
    done = subprocess.run(
        ["node", ROOT / "tests" / "contracts" / "parse_asyncapi.mjs", ROOT / "docs" / "events" / "asyncapi.json"],
        cwd=node_tools,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(REGISTRY)} channels" in done.stdout
