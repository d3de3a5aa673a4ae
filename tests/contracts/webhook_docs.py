"""The guide to webhooks, with an example of each made from the event classes: `python -m tests.contracts.webhook_docs`."""

from pathlib import Path
from string import Template

from common.events import Event
from notifications.developpeurs.exemples import exemple
from notifications.livraisons.handlers import ANNONCER
from notifications.webhooks.domain import TYPES

PUBLIC_URL = "https://relais.example.org"
PLACE = Path(__file__).parents[2] / "docs" / "webhooks.md"
GUIDE = Path(__file__).with_name("webhooks.md.template")


def corps(event: type[Event]) -> str:
    """The body that a partner's system gets of this event."""
    return exemple(event, PUBLIC_URL).corps


def section(event: type[Event]) -> str:
    """What is said of one type."""
    told = exemple(event, PUBLIC_URL)
    asked = "Asked of the ledger before each try." if told.avec_accord else "Goes in any case: it asks to stop."
    return f"### `{told.type}`\n\n{told.libelle}. {told.dit} {asked}\n\n```json\n{told.lisible}\n```\n"


def document() -> str:
    """The whole guide."""
    lines = "\n".join(f"| `{name}` | {libelle} |" for name, libelle in TYPES.items())
    return Template(GUIDE.read_text()).substitute(types=lines, examples="\n".join(section(event) for event in ANNONCER))


if __name__ == "__main__":
    PLACE.write_text(document())
