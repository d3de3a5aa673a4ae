"""One sample of each event, always the same: `python -m tests.contracts.samples` writes the golden files that are missing."""

from pathlib import Path

from common.events import REGISTRY, Event, encode
from common.events.exemples import EVENT_ID, NOW, SEQUENCE, sample

GOLDEN = Path(__file__).parent / "golden"


def encoded(event: type[Event]) -> str:
    """The sample as it goes on the bus."""
    return encode(sample(event), EVENT_ID, SEQUENCE, NOW) + "\n"


if __name__ == "__main__":
    for subject, event in REGISTRY.items():
        path = GOLDEN / f"{subject}.json"
        if not path.exists():
            path.write_text(encoded(event))
