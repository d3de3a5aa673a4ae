"""Where the files of an embedded hub lie, all under its data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from relais.binaries import DEPLOY
from relais.errors import RunnerError, disk_full
from relais.sockets import short_directory

DEFAULT_DATA = DEPLOY.parent / ".data"


@dataclass(frozen=True)
class Layout:
    """The folders of one hub; `data` is absolute."""

    data: Path

    @property
    def run(self) -> Path:
        """What belongs to the running hub: lock, ports, descriptions of programs, supervisor's configuration."""
        return self.data / "run"

    @property
    def programs(self) -> Path:
        """One private file for each program, read by relais/launch.py."""
        return self.run / "programs"

    @property
    def logs(self) -> Path:
        """One rotated log for each program."""
        return self.data / "logs"

    @property
    def secrets(self) -> Path:
        """The hub's secrets, one file each."""
        return self.data / "secrets"

    @property
    def mail(self) -> Path:
        """The Maildir of the development inbox."""
        return self.data / "mail"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's folder: the record of everything."""
        return self.data / "postgres"

    @property
    def nats(self) -> Path:
        """NATS's folder: can be lost without loss."""
        return self.data / "nats"

    @property
    def supervisor_socket(self) -> Path:
        """The supervisor's control socket."""
        return short_directory(self.run, "control") / "supervisor.sock"

    @property
    def lock(self) -> Path:
        """Locked by the runner for as long as it lives."""
        return self.run / "lock"

    @property
    def demo_loaded(self) -> Path:
        """Exists once the demo data is complete."""
        return self.data / "demo-loaded"

    def create(self) -> None:
        """Make the folders; raises RunnerError when the place cannot be written to."""
        try:
            for folder in (self.data, self.run, self.programs, self.logs, self.secrets, self.nats):
                folder.mkdir(parents=True, exist_ok=True)
            # The data folder itself is passed through by PostgreSQL's own account when the runner is root.
            for folder in (self.run, self.logs, self.secrets, self.nats):
                folder.chmod(0o700)
        except OSError as error:
            raise explain(error, self.data) from error
        if not os.access(self.data, os.W_OK | os.X_OK):
            raise RunnerError(f"{self.data} cannot be written to: give yourself the right, or choose DATA=/another/path.")


def explain(error: OSError, data: Path) -> RunnerError:
    """The one-line error for what the file system refused."""
    if error.errno in (28, 122):  # ENOSPC, EDQUOT
        return disk_full(data)
    return RunnerError(f"{data} cannot be used ({error.strerror}): choose another place with DATA=/another/path.")
