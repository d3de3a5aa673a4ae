"""`relais up`: the hub in the foreground, from its start to its orderly end."""

import signal
import time
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from relais.demo import shown_accounts
from relais.errors import RunnerError
from relais.hub import Hub

LOOK_EVERY_S = 1.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the runner to end; not an Exception, so that no handler of errors takes it for one."""


def run(data: Path, port: int, *, empty: bool) -> None:
    """Run a hub until Ctrl-C, SIGTERM or a closed terminal; raises RunnerError when it cannot start or its supervisor ends."""
    console = Console(highlight=False)
    for number in STOP_SIGNALS:
        signal.signal(number, _ask_to_stop)
    hub = Hub(data, port, empty=empty, say=console.print)
    begun = time.monotonic()
    try:
        with console.status("Starting the hub…") if console.is_terminal else nullcontext():
            hub.start()
        console.print(_welcome(hub, time.monotonic() - begun))
        _watch(hub, console)
    except Stop:
        console.print("Stopping: front, services, NATS, PostgreSQL…")
        hub.stop()
        console.print(f"Stopped. All data is in {hub.layout.data}.")
    except BaseException:
        _ignore_signals()
        hub.stop()
        raise


def _watch(hub: Hub, console: Console) -> None:
    said = None
    while hub.supervisor.alive:
        trouble = hub.trouble()
        if trouble and trouble != said:
            console.print(trouble, style="red", markup=False)
        said = trouble
        time.sleep(LOOK_EVERY_S)
    raise RunnerError(hub.trouble() or "The supervisor ended: start again.")


def _welcome(hub: Hub, seconds: float) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("Relais", f"[bold]{hub.url}[/bold]")
    table.add_row("Mails", f"{hub.addresses.inbox}/")
    for account in shown_accounts(empty=hub.empty):
        name = f"{account.given_name} {account.family_name}"
        table.add_row("Account", f"{name}, {account.role}, {account.organisation}")
    table.add_row("", "Signing in asks for no password: choose an account on the page.")
    table.add_row("Data", str(hub.layout.data))
    table.add_row("Ready", f"in {seconds:.1f} s; Ctrl-C stops everything")
    return table


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut the orderly end short.
    _ignore_signals()
    raise Stop


def _ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
