"""The events keep their form: one golden file each, which a change may add optional fields to and nothing else."""

import json
import subprocess
from pathlib import Path

import pytest

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
