"""The guide to webhooks, with an example of each made from the event classes: `python -m tests.contracts.webhook_docs`."""

import json
from pathlib import Path
from string import Template

from common.events import Event, Received
from notifications.livraisons.handlers import ANNONCER
from notifications.webhooks.domain import TYPES
from tests.contracts.samples import EVENT_ID, NOW, SEQUENCE, sample

PUBLIC_URL = "https://relais.example.org"
PLACE = Path(__file__).parents[2] / "docs" / "webhooks.md"
GUIDE = Path(__file__).with_name("webhooks.md.template")


def corps(event: type[Event]) -> str:
    """The body that a partner's system gets of this event."""
    return ANNONCER[event](Received(EVENT_ID, sample(event), SEQUENCE, NOW), PUBLIC_URL).corps


def section(event: type[Event]) -> str:
    """What is said of one type."""
    told = ANNONCER[event](Received(EVENT_ID, sample(event), SEQUENCE, NOW), PUBLIC_URL)
    asked = "Asked of the ledger before each try." if told.finalite else "Goes in any case: it asks to stop."
    said = " ".join((event.__doc__ or "").split())
    example = json.dumps(json.loads(told.corps), indent=2, ensure_ascii=False)
    return f"### `{told.type}`\n\n{TYPES[told.type]}. {said} {asked}\n\n```json\n{example}\n```\n"


def document() -> str:
    """The whole guide."""
    lines = "\n".join(f"| `{name}` | {libelle} |" for name, libelle in TYPES.items())
    return Template(GUIDE.read_text()).substitute(types=lines, examples="\n".join(section(event) for event in ANNONCER))


if __name__ == "__main__":
    PLACE.write_text(document())
