"""Hubs of these tests: real servers in a folder of their own, without the four services, which have their own tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from relais.hub import Hub
from relais.layout import Layout
from relais.ports import free_port
from relais.recovery import recover


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder for one hub; whatever a test leaves running there is ended."""
    # Not tmp_path: PostgreSQL's own account must be able to pass through, and pytest closes its folders.
    folder = Path(tempfile.mkdtemp(prefix="relais test "))
    yield folder
    if (folder / "run").exists():
        recover(Layout(folder))
    shutil.rmtree(folder)


@pytest.fixture
def port(data: Path) -> int:
    """A free port for that hub."""
    return free_port(f"{data}:front")


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """A hub that runs, for the tests that only use it."""
    folder = Path(tempfile.mkdtemp(prefix="relais-test-"))
    with Hub(folder, free_port(f"{folder}:front"), services=()) as running:
        yield running
    shutil.rmtree(folder)
