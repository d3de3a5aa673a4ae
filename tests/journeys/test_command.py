"""The command itself on a real hub: its output, its exit status, and that a difference does not pass unseen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from relais.hub import Hub
from relais.journey.command import travel
from relais.journey.directory import DEMO, Directory
from relais.journey.input import Issue, Ligne, read
from relais.journey.world import World

LINES = Path(__file__).parents[1] / "data" / "journey-12.jsonl"

pytestmark = pytest.mark.timeout(180)


def relais_journey(hub: Hub, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `relais journey` against this hub."""
    command = [sys.executable, "-c", "from relais.cli import main; main()", "journey", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "DATA": str(hub.layout.data), "PORT": str(hub.port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def refusing(ligne: Ligne) -> Ligne:
    """The line with its last referral refused by the association."""
    last = ligne.parcours[-1].model_copy(update={"issue": Issue.refusee_consentement, "motif": None})
    return ligne.model_copy(update={"parcours": (*ligne.parcours[:-1], last)})


def test_a_journey_reconciles_and_says_so_in_json_and_in_tables(hub: Hub, tmp_path: Path) -> None:
    done = relais_journey(hub, str(LINES), "--limit", "2", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["reconciles"], report["differences"], report["lines"]) == (True, [], 2)
    assert report["filing_to_webhook_ms"]["p50"] <= report["filing_to_webhook_ms"]["p99"]
    assert 0 < report["sending_to_webhook_ms"]["p50"] < report["filing_to_webhook_ms"]["p50"]
    one = tmp_path / "one.jsonl"
    one.write_text(refusing(read(LINES, 1)[0]).model_dump_json())
    done = relais_journey(hub, str(one))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All accounts reconcile." in done.stdout
    assert "consents refused" in done.stdout
    assert "referrals retiree" in done.stdout


def test_what_cannot_begin_is_said_in_one_line(hub: Hub, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(read(LINES, 1)[0].model_dump_json() + '\n{"numero": 2}\n')
    for arguments, words in (
        ((str(bad),), f"relais: {bad}, line 2: nom: "),
        ((str(tmp_path / "none.jsonl"),), f"relais: {tmp_path / 'none.jsonl'} cannot be read"),
        ((str(LINES), "--url", "http://127.0.0.1:9"), "relais: No hub answers at http://127.0.0.1:9"),
        ((str(LINES), "--data", str(tmp_path)), "relais: The accounts of the hub cannot be read in "),
    ):
        done = relais_journey(hub, *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(words)
        assert done.stderr.count("\n") == 1


async def test_figures_that_are_wrong_by_one_job_do_not_reconcile(hub: Hub) -> None:
    def spoil(world: World, done: int) -> None:
        if done == 1:
            hub.cluster.execute(
                "UPDATE cas SET emplois = emplois + 1 WHERE depose_at IS NOT NULL AND etat = 'depose'"
                " AND dossier_id = (SELECT max(dossier_id::text)::uuid FROM cas WHERE etat = 'depose')",
                "relais_cellule",
            )

    directory = Directory.load(DEMO, hub.layout.data)
    report = await travel(read(LINES, 1), hub.url, directory, settle_s=2, say=spoil)
    jobs = [difference for difference in report.differences if "emplois" in difference]
    assert (report.reconciles, len(jobs), len(report.differences)) == (False, 1, 1)
