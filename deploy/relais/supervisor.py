"""supervisord keeps the programs running: its configuration, its process, and its control over a Unix socket."""

import json
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from relais import launch
from relais.errors import RunnerError
from relais.files import write_private
from relais.layout import Layout
from relais.programs import Program, Tier
from relais.recovery import marker

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 120.0
# The supervisor waits one second more before each new attempt: some eight minutes before it gives a program up.
ATTEMPTS = 30


class Supervisor:
    """The supervisord of one hub, and the programs under it."""

    def __init__(self, layout: Layout, table: Iterable[Program]) -> None:
        self.layout = layout
        self.table = {program.name: program for program in table}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, tied: bool) -> None:
        """Start supervisord with no program running yet. `tied`: it stops everything if this thread's process is killed."""
        self._write()
        conf = ["-n", "-c", "run/supervisord.conf"]
        self._describe(
            "supervisord", [sys.executable, "-m", "supervisor.supervisord", *conf], {}, None, "SIGTERM" if tied else None
        )
        self._process = subprocess.Popen(
            self._command("supervisord"),
            cwd=self.layout.data,
            env=marker(self.layout.data),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.layout.logs / "supervisord.err").open("wb"),
            start_new_session=True,  # Ctrl-C in a terminal is for the runner, which then stops all in order.
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if not self.alive or time.monotonic() > deadline:
                raise RunnerError(f"The supervisor does not start: see {self.layout.logs / 'supervisord.err'}.")
            try:
                self._call("getState")
                return
            except OSError:
                time.sleep(0.02)

    @property
    def alive(self) -> bool:
        """Whether supervisord itself runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """supervisord's own process."""
        return self._process.pid if self._process else None

    def start_tier(self, tier: Tier) -> None:
        """Start all programs of a tier, without waiting for them."""
        if any(program.tier is tier for program in self.table.values()):
            self._call("startProcessGroup", tier.name, False)

    def start_program(self, name: str) -> None:
        """Start one program that was stopped; does nothing when it runs."""
        if self.states()[name]["statename"] not in ("RUNNING", "STARTING"):
            self._call("startProcess", self._full_name(name), False)

    def stop_program(self, name: str) -> None:
        """Stop one program in order and keep it stopped, until it is started again."""
        if self.states()[name]["statename"] not in ("STOPPED", "EXITED", "FATAL"):
            self._call("stopProcess", self._full_name(name), True)

    def states(self) -> dict[str, dict[str, Any]]:
        """What supervisord says of each program: `statename`, `pid` (0 when it does not run), `description`…"""
        return {info["name"]: info for info in self._call("getAllProcessInfo")}

    def stop(self) -> bool:
        """Stop everything, the highest tier first; False when something had to be left to the next start."""
        if self._process is None:
            return True
        if self.alive:
            self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
            return True
        except subprocess.TimeoutExpired:
            return False

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.layout.supervisor_socket}")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            raise RunnerError(f"The supervisor refused {method} {arguments}: {fault.faultString}.") from fault
        finally:
            transport.close()

    def _full_name(self, name: str) -> str:
        return f"{self.table[name].tier.name}:{name}"

    def _command(self, name: str) -> list[str]:
        # Relative to the data folder, which is everybody's working directory: no path needs quoting for the supervisor.
        return [sys.executable, "-E", "-S", launch.__file__, f"run/programs/{name}.json"]

    def _describe(self, name: str, argv: list[str], environment: dict[str, str], user: str | None, death: str | None) -> None:
        described = {"argv": argv, "env": environment | marker(self.layout.data), "user": user, "parent_death": death}
        path = self.layout.programs / f"{name}.json"
        write_private(path, json.dumps(described))

    def _write(self) -> None:
        sections = [_section("unix_http_server", {"file": str(self.layout.supervisor_socket), "chmod": "0700"})]
        general = {"nodaemon": "true", "silent": "true", "logfile": "logs/supervisord.log", "pidfile": "run/supervisord.pid"}
        general |= {"childlogdir": "logs", "umask": "077", "identifier": "relais"}
        if os.geteuid() == 0:
            general["user"] = "root"  # Said explicitly, else the supervisor warns at each start.
        sections.append(_section("supervisord", general))
        factory = "supervisor.rpcinterface:make_main_rpcinterface"
        sections.append(_section("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": factory}))
        for tier in Tier:
            members = [program.name for program in self.table.values() if program.tier is tier]
            if members:
                sections.append(_section(f"group:{tier.name}", {"programs": ",".join(members), "priority": str(tier.value)}))
        for program in self.table.values():
            self._describe(program.name, program.argv, program.environment, program.user, program.parent_death)
            sections.append(_section(f"program:{program.name}", self._options(program)))
        write_private(self.layout.run / "supervisord.conf", "\n".join(sections))

    def _options(self, program: Program) -> dict[str, str]:
        return {
            "command": " ".join(f'"{part}"' for part in self._command(program.name)),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "1",
            "startretries": str(ATTEMPTS),
            "stopsignal": program.stop_signal,
            "stopwaitsecs": str(program.stop_wait_s),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": f"logs/{program.name}.log",
            "stdout_logfile_maxbytes": "5MB",
            "stdout_logfile_backups": "3",
        }


def _section(name: str, options: dict[str, str]) -> str:
    lines = [f"{key}={value.replace('%', '%%')}" for key, value in options.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def last_line(log: Path) -> str:
    """The last line that a program wrote, for a one-line error."""
    if not log.exists():
        return "it wrote nothing"
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "it wrote nothing"
