"""The `relais` command. Its parts are imported when they are needed, so that `relais --help` answers at once."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relais.errors import RunnerError

app = typer.Typer(
    name="relais",
    help="Run a whole Relais hub on this machine, look after it, and try it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

DataOption = Annotated[
    Path | None,
    typer.Option(envvar="DATA", help="Folder that holds everything of this hub.", show_default=".data beside the code"),
]
PortOption = Annotated[int, typer.Option(envvar="PORT", help="Port of the hub on 127.0.0.1.")]


@app.command()
def up(
    port: PortOption = 8000,
    data: DataOption = None,
    empty: Annotated[bool, typer.Option("--empty", envvar="EMPTY", help="Start without demo data.")] = False,
) -> None:
    """Start the hub and stay in the foreground until Ctrl-C.

    Starts PostgreSQL, NATS, a development identity provider, a mail inbox, the four services with their workers, and the front
    that serves them all on one address. A second start resumes with all data; after a crash, it first ends what was left.
    """
    from relais.foreground import run

    run(_data(data), port, empty=empty)


@app.command()
def doctor(port: PortOption = 8000, data: DataOption = None) -> None:
    """Check this machine, and the hub if it runs: one line each, with what to do about it."""
    from relais.doctor import examine, show

    if not show(examine(_data(data), port)):
        raise typer.Exit(1)


@app.command()
def reset(
    data: DataOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete everything of a hub that is stopped: its databases, mails, logs and secrets. There is no way back."""
    from relais.reset import delete, described

    layout = described(_data(data))
    if not yes and not typer.confirm(f"Delete everything in {layout.data}?"):
        raise RunnerError("Nothing was deleted.")
    delete(layout)
    typer.echo(f"{layout.data} is deleted.")


@app.command()
def journey(
    lines: Annotated[
        Path, typer.Argument(metavar="INPUT", help="One invented association a line, as deploy/demo/journey.jsonl.")
    ],
    url: Annotated[str, typer.Option(help="Address of the hub.", show_default="the hub of --port")] = "",
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Lines on their way at once.")] = 8,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many lines.", show_default="all")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    port: PortOption = 8000,
    data: DataOption = None,
) -> None:
    """Drive a running hub as people and partners' systems would, then check that all accounts reconcile.

    Each line is filed, qualified, consented to, referred, received by webhook, opened, answered, and counted. Ends with
    status 1 when anything differs, each difference in plain words.
    """
    from relais.journey.command import run

    address = url.rstrip("/") or f"http://127.0.0.1:{port}"
    if not run(lines, address, _data(data), concurrency=concurrency, limit=limit, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"relais {installed('relais')}")


def _data(data: Path | None) -> Path:
    from relais.layout import DEFAULT_DATA

    return data or DEFAULT_DATA


def main() -> None:
    """Entry point: an error that someone can do something about is one line, and exit status 1."""
    try:
        app()
    except RunnerError as error:
        print(f"relais: {error}", file=sys.stderr)  # noqa: T201  (the one line that people read)
        sys.exit(1)
