"""Bring the databases to the newest version: all services in one process of its own, which loads their tables once."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from relais.binaries import DEPLOY
from relais.errors import RunnerError

SERVICES_FOLDER = DEPLOY.parent / "services"


def migrate(urls: Mapping[str, str], marker: Mapping[str, str]) -> None:
    """Run every pending migration of the services, given the owner's address of each; raises RunnerError with the reason."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **marker}
    # The addresses hold passwords: they go through a pipe, since a command line can be read by everyone.
    done = subprocess.run(
        [sys.executable, "-m", "relais.migrate"], input=json.dumps(dict(urls)), env=environment, capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise RunnerError(f"A migration failed: {lines[-1]}")


def main() -> None:
    """Read the addresses of the databases on standard input and migrate them one after the other."""
    from common.migrations import upgrade

    for service, url in json.loads(sys.stdin.read()).items():
        upgrade(Path(SERVICES_FOLDER / service), url)


if __name__ == "__main__":
    main()
