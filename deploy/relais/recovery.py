"""After a crash: find what an earlier run of the same hub left behind, and nothing else, and end it."""

import fcntl
import os
import signal
import time
from pathlib import Path

import psutil

from relais.errors import RunnerError
from relais.layout import Layout

# Every process of a hub carries this variable, with the hub's data folder as its value.
MARKER = "RELAIS_RUN"
ORDERLY_STOP_S = 20.0


class Lock:
    """Held by the runner of a hub; the kernel frees it when the runner ends, however it ends."""

    def __init__(self, layout: Layout) -> None:
        self.path = layout.lock
        self._file: int | None = None

    def take(self) -> None:
        """Raise RunnerError when another runner holds the hub."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(file, 20).decode() or "?"
            os.close(file)
            raise RunnerError(
                f"A hub already runs on {self.path.parent.parent} (process {holder}): stop it with Ctrl-C or `kill {holder}`,"
                " or choose DATA=/another/path and another PORT=."
            ) from error
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let another runner take the hub."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def leftovers(layout: Layout) -> list[psutil.Process]:
    """The living processes of this hub: those marked with its folder, and PostgreSQL's own, which hide their environment."""
    pgdata = str(layout.postgres / "data")
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            marked = process.environ().get(MARKER) == str(layout.data)
            if marked or (process.name() == "postgres" and process.cwd() == pgdata):
                found.append(process)
        except psutil.Error:  # It ended meanwhile, or belongs to someone else.
            continue
    return found


def recover(layout: Layout) -> int:
    """End the leftovers: supervisor first, which stops the others in order; PostgreSQL by its fast shutdown.

    Return how many there were. Raises RunnerError when one of them does not end.
    """
    found = leftovers(layout)
    supervisors = [process for process in found if _is_supervisor(process)]
    _signal(supervisors, signal.SIGTERM)
    psutil.wait_procs(supervisors, timeout=ORDERLY_STOP_S)
    rest = leftovers(layout)
    servers = [process for process in rest if _name(process) == "postgres"]
    _signal(servers, signal.SIGINT)
    _signal([process for process in rest if process not in servers], signal.SIGKILL)
    psutil.wait_procs(servers, timeout=ORDERLY_STOP_S)
    _signal(leftovers(layout), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while remaining := leftovers(layout):
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in remaining)
            raise RunnerError(f"Processes of an earlier run do not end: {pids}. End them, then start again.")
        time.sleep(0.05)
    # Nobody uses the cluster now: a pid file left by a kill could only name a stranger's process.
    (layout.postgres / "data" / "postmaster.pid").unlink(missing_ok=True)
    return len(found)


def is_running(layout: Layout) -> bool:
    """Whether a runner holds this hub now."""
    if not layout.lock.exists():
        return False
    lock = Lock(layout)
    try:
        lock.take()
    except RunnerError:
        return True
    lock.release()
    return False


def marker(data: Path) -> dict[str, str]:
    """The variable that every process of the hub carries."""
    return {MARKER: str(data)}


def _is_supervisor(process: psutil.Process) -> bool:
    try:
        return any("supervisord" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue
