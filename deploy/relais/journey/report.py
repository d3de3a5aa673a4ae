"""What a journey tells at its end: counts, latencies, and every difference; as tables or as one JSON object."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from relais.journey.accounts import Case
from relais.journey.world import World


@dataclass(frozen=True)
class Latency:
    """Milliseconds; None when nothing was measured."""

    p50: float | None
    p99: float | None

    @classmethod
    def of(cls, times: Sequence[float]) -> "Latency":
        """The median and the 99th percentile, by nearest rank."""
        ranked = sorted(times)
        if not ranked:
            return cls(None, None)
        return cls(*(round(ranked[math.ceil(share * len(ranked)) - 1], 1) for share in (0.5, 0.99)))


@dataclass(frozen=True)
class Report:
    """The end of a journey: it reconciles when there is no difference. `cells_unknown` could not be checked."""

    lines: int
    counts: dict[str, int]
    referrals: dict[str, int]
    webhooks: dict[str, int]
    requests: int
    retries: dict[str, int]
    signed_in_again: int
    filing_to_webhook_ms: Latency
    sending_to_webhook_ms: Latency
    elapsed_s: float
    requests_per_s: float
    cells_unknown: int
    differences: list[str]

    @property
    def reconciles(self) -> bool:
        """Whether every account agrees."""
        return not self.differences

    def as_json(self) -> dict[str, object]:
        """The report as one JSON object."""
        return {"reconciles": self.reconciles} | asdict(self)


def make_report(
    world: World, cases: Sequence[Case], lines: int, elapsed_s: float, unknown: int, differences: list[str]
) -> Report:
    """The report of a journey that went through `lines` lines in `elapsed_s` seconds."""
    traffic, receiver = world.http.traffic, world.receiver
    states = Counter(referral.etat for case in cases for referral in case.referrals)
    return Report(
        lines=lines,
        counts=dict(world.counts),
        referrals=dict(sorted(states.items())),
        webhooks={
            "received": receiver.received,
            "duplicates": receiver.duplicates,
            "forged": receiver.forged.total(),
            "of older journeys": receiver.strangers,
        },
        requests=traffic.requests,
        retries=dict(traffic.retries),
        signed_in_again=traffic.signed_in_again,
        filing_to_webhook_ms=Latency.of(world.times.filing),
        sending_to_webhook_ms=Latency.of(world.times.sending),
        elapsed_s=round(elapsed_s, 1),
        requests_per_s=round(traffic.requests / elapsed_s, 1),
        cells_unknown=unknown,
        differences=differences,
    )


def show(report: Report, console: Console) -> None:
    """Print the report for people."""
    table = Table(title="Journey", show_header=False, title_justify="left")
    for name, number in report.counts.items():
        table.add_row(name, str(number))
    for etat, number in report.referrals.items():
        table.add_row(f"referrals {etat}", str(number))
    for name, number in report.webhooks.items():
        table.add_row(f"webhooks {name}", str(number))
    table.add_row("requests", f"{report.requests} ({report.requests_per_s} a second)")
    retries = ", ".join(f"{reason} {number}" for reason, number in sorted(report.retries.items()))
    table.add_row("retries", f"{sum(report.retries.values())}{f' ({retries})' if retries else ''}")
    table.add_row("sessions opened again", str(report.signed_in_again))
    for name, latency in (
        ("filing to webhook", report.filing_to_webhook_ms),
        ("sending to webhook", report.sending_to_webhook_ms),
    ):
        if latency.p50 is not None:
            table.add_row(name, f"p50 {latency.p50:.0f} ms, p99 {latency.p99:.0f} ms")
    table.add_row("elapsed", f"{report.elapsed_s} s for {report.lines} lines")
    console.print(table)
    if report.cells_unknown:
        console.print(f"{report.cells_unknown} cells of the figures were withheld before and after: they are not checked.")
    for difference in report.differences:
        console.print(difference, style="red", markup=False, soft_wrap=True)
    console.print("All accounts reconcile." if report.reconciles else f"{len(report.differences)} differences.")
