"""`relais journey`: travel, wait until the hub has digested everything, reconcile."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from relais.errors import RunnerError
from relais.journey import accounts
from relais.journey.accounts import Case, Figures
from relais.journey.client import GivenUp, Http, Refused
from relais.journey.directory import DEMO, Directory
from relais.journey.input import Ligne, read
from relais.journey.receiver import Receiver
from relais.journey.report import Report, make_report, show
from relais.journey.steps import Line
from relais.journey.world import World, in_turns

FIGURES = "/cellule/api/v1/chiffres"
# How long events may be under way after the last action, before a difference counts.
SETTLE_S, LOOK_EVERY_S = 60.0, 0.5
UNEXPECTED = (Refused, GivenUp, TimeoutError, KeyError, ValueError, httpx2.HTTPError)

Say = Callable[[World, int], None]


def run(path: Path, url: str, data: Path, *, concurrency: int, limit: int | None, as_json: bool) -> bool:
    """Run the command; True when all accounts reconcile. Raises RunnerError when the journey cannot begin."""
    lines, directory = read(path, limit), Directory.load(DEMO, data)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Travelling", total=len(lines))

        def say(world: World, done: int) -> None:
            retries = world.http.traffic.retries.total()
            progress.update(task, completed=done, description=f"Travelling ({retries} retries)" if retries else "Travelling")

        report = asyncio.run(travel(lines, url, directory, concurrency=concurrency, say=say))
    if as_json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
    else:
        show(report, Console(highlight=False))
    return report.reconciles


async def travel(
    lines: list[Ligne],
    url: str,
    directory: Directory,
    *,
    concurrency: int = 8,
    patience_s: float = 240.0,
    settle_s: float = SETTLE_S,
    say: Say = lambda _world, _done: None,
    receiver: Receiver | None = None,
) -> Report:
    """Bring all lines through the hub and reconcile. Raises RunnerError when the hub does not answer at the beginning."""
    async with Http(url, patience_s) as http, receiver or Receiver() as listening:
        world = World(http, directory, listening)
        before = await _begin(world, lines)
        travellers = [Line(world, ligne) for ligne in lines]
        done, begun = 0, time.monotonic()
        say(world, done)

        async def go(line: Line) -> None:
            nonlocal done
            try:
                await line.travel()
            except UNEXPECTED as error:
                world.findings.append(f"Line {line.ligne.numero} stopped: {type(error).__name__}: {error}.")
            done += 1
            say(world, done)

        await in_turns([lambda line=line: go(line) for line in travellers], concurrency)  # type: ignore[misc]
        elapsed = time.monotonic() - begun
        cases = [line.case for line in travellers if line.case is not None]
        differences, unknown = await _settle(world, cases, before, settle_s)
        await world.stop_listening()
        return make_report(world, cases, len(lines), elapsed, unknown, differences)


async def _begin(world: World, lines: list[Ligne]) -> Figures:
    """Have the partners' systems listen, and read the figures once they stand still. Raises RunnerError."""
    await _check(world.http)
    try:
        await world.listen({etape.partenaire for ligne in lines for etape in ligne.parcours})
        before, again = await _figures(world), None
        while before != again:
            await asyncio.sleep(2 * LOOK_EVERY_S)
            before, again = await _figures(world), before
    except* (Refused, GivenUp) as errors:
        raise RunnerError(f"The journey cannot begin: {errors.exceptions[0]}.") from errors
    return before


async def _settle(world: World, cases: list[Case], before: Figures, settle_s: float) -> tuple[list[str], int]:
    """The differences that remain once the events under way have arrived, and how many cells cannot be checked."""
    deadline = time.monotonic() + settle_s
    while True:
        in_figures, unknown = accounts.compare_figures(before, await _figures(world), accounts.sums(cases))
        passing = [*accounts.compare_webhooks(cases, world.receiver.heard), *in_figures]
        if not passing or time.monotonic() > deadline:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    forged = [f"Webhooks: {n} for {code} had a wrong signature." for code, n in world.receiver.forged.items()]
    disturbed = world.http.traffic.retries.total() > 0
    lasting = [*accounts.compare_states(cases), *accounts.compare_openings(cases, disturbed=disturbed)]
    return [*world.findings, *forged, *passing, *lasting], unknown


async def _figures(world: World) -> Figures:
    reader = world.member(world.directory.national().sub)
    return Figures.of(await world.http.call(reader, "GET", FIGURES))


async def _check(http: Http) -> None:
    try:
        async with httpx2.AsyncClient(base_url=http.url, trust_env=False) as client:
            (await client.get("/signalement/__lbheartbeat__")).raise_for_status()
    except httpx2.HTTPError as error:
        raise RunnerError(f"No hub answers at {http.url}: start one with relais up, or give its address with --url.") from error
