"""What the contract checks take from npm, installed from this folder's lock."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_tools() -> Path:
    """The folder whose node_modules hold the official AsyncAPI parser; `make test` installs it from the lock."""
    if not (HERE / "node_modules" / "@asyncapi" / "parser").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, timeout=240)
    return HERE
