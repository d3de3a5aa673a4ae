"""A whole hub in one object: what `relais up`, the journey and the failure tests all start, stop and break."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from relais import demo
from relais.errors import RunnerError
from relais.health import wait_until_healthy
from relais.identities import write_identities
from relais.keys import Secrets
from relais.layout import DEFAULT_DATA, Layout, explain
from relais.migrate import migrate
from relais.nats import NatsServer
from relais.ports import remembered_ports
from relais.postgres import Passwords, PostgresCluster
from relais.preflight import check_disk, check_port, check_python
from relais.programs import PORTS, SERVICES, Addresses, Tier, programs, service_environment
from relais.recovery import Lock, marker, recover
from relais.supervisor import Supervisor, last_line

READY_TIMEOUT_S = 60.0


class Hub:
    """One embedded hub. Usable as a context manager; its files stay in `data` when it stops.

    `services` narrows which services run; `environment` adds settings to all of them; `say` receives what happens, line by
    line. After `start`, `addresses` tells where everything listens and `secrets` holds every password and key.
    """

    def __init__(
        self,
        data: Path = DEFAULT_DATA,
        port: int = 8000,
        *,
        empty: bool = False,
        services: Iterable[str] = SERVICES,
        environment: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.layout = Layout(data.expanduser().resolve())
        self.port = port
        self.empty = empty
        self.services = tuple(services)
        self.environment = dict(environment or {})
        self.say = say
        self.secrets = Secrets(self.layout.secrets)
        self.cluster = PostgresCluster(self.layout.postgres, marker=marker(self.layout.data))
        self.first_start = False
        self._lock = Lock(self.layout)
        self._nats: NatsServer | None = None
        self._addresses: Addresses | None = None
        self._supervisor: Supervisor | None = None

    @property
    def url(self) -> str:
        """The one address of the hub."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> Addresses:
        """Where everything listens; known from `start` on."""
        if self._addresses is None:
            raise RunnerError("The hub has not been started.")
        return self._addresses

    @property
    def nats(self) -> NatsServer:
        """Address, passwords and store of the bus; known from `start` on."""
        if self._nats is None:
            raise RunnerError("The hub has not been started.")
        return self._nats

    @property
    def supervisor(self) -> Supervisor:
        """The supervisor of the programs; known from `start` on."""
        if self._supervisor is None:
            raise RunnerError("The hub has not been started.")
        return self._supervisor

    def start(self) -> None:
        """Recover from a crash if there was one, then start everything and wait until it answers.

        Raises RunnerError, in one line, when it cannot; what was started is stopped then.
        """
        check_python()
        self.layout.create()
        self._lock.take()
        try:
            if left := recover(self.layout):
                self.say(f"Ended {left} process(es) that an interrupted run had left.")
            check_disk(self.layout)
            check_port(self.port)
            self._start_programs()
        except OSError as error:
            self.stop()
            raise explain(error, self.layout.data) from error
        except BaseException:  # Ctrl-C too: nothing may stay behind.
            self.stop()
            raise

    def _start_programs(self) -> None:
        self.first_start = not self.cluster.pgdata.exists()
        ports = remembered_ports(self.layout.run / "ports.json", PORTS, but=[self.port])
        self._addresses = Addresses(self.url, self.port, ports)
        self._nats = NatsServer(self.layout.nats, ports["nats"], self.secrets.nats_passwords())
        write_identities(self.layout.run / "idp.json", self.url, self.secrets, empty=self.empty)
        self.cluster.prepare()
        table = programs(self.layout, self._addresses, self.secrets, self.cluster, self._nats, self.services, self.environment)
        self._supervisor = Supervisor(self.layout, table)
        self._supervisor.start(tied=threading.current_thread() is threading.main_thread())
        for tier in (Tier.postgres, Tier.nats, Tier.helpers):
            self._supervisor.start_tier(tier)
        self._wait_for("postgres", self.cluster.ready)
        secrets = self.secrets
        passwords = {s: Passwords(secrets.database_password(s), secrets.owner_password(s)) for s in SERVICES}
        self.cluster.ensure_databases({f"relais_{service}": both for service, both in passwords.items()})
        self._wait_for("nats", self._nats.ready)
        migrate({service: self.database_url(service) for service in self.services}, marker(self.layout.data))
        for tier in (Tier.workers, Tier.apis, Tier.front):
            self._supervisor.start_tier(tier)
        wait_until_healthy(self)
        if self.services == SERVICES and not self.layout.demo_loaded.exists():
            demo.load(self)
            self.layout.demo_loaded.touch()

    def stop(self) -> None:
        """Stop everything in order: front, APIs, workers, helpers, NATS, PostgreSQL; does nothing when nothing runs."""
        if self._supervisor is not None and not self._supervisor.stop():
            self.say("Some programs do not stop; they are ended now.")
        if self._supervisor is not None:
            recover(self.layout)  # Ends what a killed supervisor left.
        self._supervisor = None
        self._lock.release()

    def __enter__(self) -> "Hub":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def service_environment(self, service: str) -> dict[str, str]:
        """The settings with which a service runs, for a program that does part of its work."""
        settings = service_environment(service, self.addresses, self.secrets, self.cluster, self.nats)
        return settings | self.environment

    def pids(self) -> dict[str, int]:
        """The process of each program; 0 for one that does not run at this moment."""
        return {name: info["pid"] for name, info in self.supervisor.states().items()}

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to a program, which the supervisor then starts again; return the process that was hit, or 0."""
        pid = self.pids()[program]
        if pid:
            os.kill(pid, number)
        return pid

    def stop_program(self, program: str) -> None:
        """Stop a program in order; it stays stopped until `start_program`."""
        self.supervisor.stop_program(program)

    def start_program(self, program: str) -> None:
        """Start a program that was stopped, without waiting until it answers."""
        self.supervisor.start_program(program)

    def delete_jetstream(self) -> None:
        """Lose everything that the bus keeps: stop NATS, delete its store, start it again."""
        self.stop_program("nats")
        shutil.rmtree(self.nats.store, ignore_errors=True)
        self.start_program("nats")
        self._wait_for("nats", self.nats.ready)

    def database_url(self, service: str) -> str:
        """SQLAlchemy's URL of a service's database, as its owner: to migrate, and to look at everything."""
        return self.cluster.owner_url(f"relais_{service}", self.secrets.owner_password(service))

    def trouble(self) -> str | None:
        """What is wrong now, in one line, or None: the supervisor ended, or it has given a program up."""
        if not self.supervisor.alive:
            return f"The supervisor ended: see {self.layout.logs / 'supervisord.log'}, then start again."
        try:
            states = self.supervisor.states()
        except OSError:
            return None  # It is busy or ending: the next look will tell.
        given_up = [name for name, info in states.items() if info["statename"] == "FATAL"]
        if given_up:
            log = self.layout.logs / f"{given_up[0]}.log"
            return f"{', '.join(given_up)} cannot run: {last_line(log)} (see {log})."
        return None

    def _wait_for(self, program: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not ready():
            if time.monotonic() > deadline or not self.supervisor.alive:
                log = self.layout.logs / f"{program}.log"
                raise RunnerError(f"{program} does not start: {last_line(log)} (see {log}).")
            time.sleep(0.02)
