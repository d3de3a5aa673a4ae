"""What the contract checks take from npm, installed from this folder's lock."""

import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_tools() -> Path:
    """The folder whose node_modules hold the official tools; `make test` installs them from the lock."""
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    if not all((HERE / "node_modules" / name).is_dir() for name in wanted):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, timeout=240)
    return HERE
