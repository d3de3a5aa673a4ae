"""One whole hub for all journeys."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from relais.hub import Hub
from relais.layout import Layout
from relais.ports import free_port
from relais.recovery import recover


@pytest.fixture(scope="package")
def hub() -> Iterator[Hub]:
    """A whole hub with its demo data; whatever a test leaves running there is ended."""
    # Not tmp_path: PostgreSQL's own account must be able to pass through, and pytest closes its folders.
    folder = Path(tempfile.mkdtemp(prefix="relais-journeys-"))
    try:
        with Hub(folder, free_port(f"{folder}:front")) as running:
            yield running
    finally:
        recover(Layout(folder.resolve()))
        shutil.rmtree(folder)
