"""What is checked before a hub starts: each failure is one line that says what to do."""

import shutil
import sys

import psutil

from relais.errors import RunnerError, disk_full
from relais.layout import Layout, explain
from relais.ports import is_free

NEEDED_BYTES = 500 * 1024 * 1024
OLDEST_PYTHON = (3, 11)


def check_python() -> None:
    """Raise RunnerError for a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        version = ".".join(str(part) for part in sys.version_info[:3])
        raise RunnerError(
            f"Python 3.11 or newer is needed, this is {version}: install it, then run `make up PYTHON=python3.11`."
        )


def check_disk(layout: Layout) -> None:
    """Raise RunnerError when the folder's disk has less than 500 MB left, or refuses a file."""
    try:
        if shutil.disk_usage(layout.data).free < NEEDED_BYTES:
            raise disk_full(layout.data)
        probe = layout.run / "probe"
        probe.write_bytes(bytes(4096))
        probe.unlink()
    except OSError as error:
        raise explain(error, layout.data) from error


def check_port(port: int) -> None:
    """Raise RunnerError when the hub's port is not valid, needs rights, or is taken; names who holds it where it can."""
    if not 1 <= port <= 65535:
        raise RunnerError(f"PORT={port} is not a port: choose one from 1024 to 65535, for example PORT=8000.")
    if not is_free(port):
        raise RunnerError(
            f"Port {port} is taken{_holder(port)}: stop that program, or choose another one with PORT={port + 1}."
        )


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:  # Without rights over other people's processes.
        return ""
    return ""
