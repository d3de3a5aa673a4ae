"""What the contract checks take from npm, installed from this folder's lock."""

import fcntl
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# npm writes this list last, when all that it names is in place; the folders themselves are there long before.
INSTALLED = HERE / "node_modules" / ".package-lock.json"


@pytest.fixture(scope="session")
def node_tools() -> Path:
    """The folder whose node_modules hold the official tools. `make test` brings them; run alone, the first to come does."""
    with (HERE / "package-lock.json").open() as lock:
        # Workers that run side by side must not install over one another.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
            subprocess.run(["make", str(INSTALLED.relative_to(HERE.parents[1]))], cwd=HERE.parents[1], check=True, timeout=240)
    return HERE
