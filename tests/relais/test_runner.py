"""The runner: start, resume, recover from kills, refuse in one line, stop in order."""

import re
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import psutil
import pytest
from tests.ends import REFUSED, ended_by_themselves

from relais.errors import RunnerError
from relais.hub import Hub
from relais.postgres import PostgresCluster
from relais.recovery import leftovers

FULL = r"^The disk that holds .* is full: free some space, or choose another place with DATA=/another/path\.$"
READY = "LOG:  database system is ready to accept connections"
PROGRAMS = {"postgres", "nats", "idp", "inbox", "front"}
RUNNER = """
import sys
from pathlib import Path
from relais.hub import Hub
hub = Hub(Path(sys.argv[1]), int(sys.argv[2]), services=())
hub.start()
hub.cluster.execute("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
print("ready", flush=True)
hub.supervisor._process.wait()
"""


def start_runner(data: Path, port: int) -> subprocess.Popen[str]:
    """A runner in a process of its own, once it is ready."""
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(data), str(port)], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    assert runner.stdout.readline() == "ready\n"
    return runner


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Return once this holds; fail when it takes longer."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def relais(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the `relais` command."""
    command = [sys.executable, "-c", "from relais.cli import main; main()", *arguments]
    return subprocess.run(command, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, timeout=60)


def test_a_hub_answers_on_one_address_and_a_second_start_resumes_with_its_data(data: Path, port: int) -> None:
    with Hub(data, port, services=()) as hub:
        assert hub.trouble() is None
        assert set(hub.pids()) == PROGRAMS
        assert all(hub.pids().values())
        hub.cluster.execute("CREATE TABLE kept AS SELECT 1 AS n")
        secrets = {path.name: path.read_text() for path in hub.layout.secrets.iterdir()}
        ports = dict(hub.addresses.ports)
    assert leftovers(hub.layout) == []
    with Hub(data, port, services=()) as again:
        assert again.cluster.execute("SELECT n FROM kept") == "1\n"
        assert {path.name: path.read_text() for path in again.layout.secrets.iterdir()} == secrets
        assert dict(again.addresses.ports) == ports


def test_secrets_are_private_and_no_command_line_shows_one(hub: Hub) -> None:
    secrets = list(hub.layout.secrets.iterdir())
    assert len(secrets) >= 11
    assert all(path.stat().st_mode & 0o077 == 0 for path in secrets)
    assert all(path.stat().st_mode & 0o077 == 0 for path in hub.layout.programs.iterdir())
    shown = " ".join(" ".join(process.cmdline()) for process in leftovers(hub.layout))
    assert not [path.name for path in secrets if path.read_text() in shown]


def test_nothing_listens_beyond_loopback(hub: Hub) -> None:
    ours = {process.pid for process in leftovers(hub.layout)}
    listening = [c for c in psutil.net_connections("inet") if c.pid in ours and c.status == psutil.CONN_LISTEN]
    assert len(listening) >= 5
    assert {connection.laddr[:1] for connection in listening} == {("127.0.0.1",)}


@pytest.mark.parametrize("victim", ["postgres", "nats", "inbox", "front"])
def test_a_killed_program_is_started_again(hub: Hub, victim: str) -> None:
    killed = hub.kill(victim)
    assert killed
    until(lambda: hub.pids()[victim] not in (0, killed) and hub.cluster.ready() and hub.nats.ready())
    assert hub.trouble() is None


def test_a_killed_postgres_comes_back_once_what_it_left_has_ended(hub: Hub) -> None:
    """It alone may end by itself meanwhile: each time because it refuses to start beside that, and not once more."""
    log, others = hub.layout.logs / "postgres.log", hub.pids()
    left = psutil.Process(others.pop("postgres")).children()[0]
    left.suspend()
    refused = log.read_text().count(REFUSED)
    killed = hub.kill("postgres")
    until(lambda: log.read_text().count(REFUSED) > refused)
    left.resume()
    until(lambda: hub.pids()["postgres"] not in (0, killed) and f"[{hub.pids()['postgres']}] {READY}" in log.read_text())
    assert hub.cluster.execute("SELECT 1") == "1\n"
    assert hub.pids().items() >= others.items()
    assert not ended_by_themselves(hub)
    more = "2026-11-30 22:05:09,611 WARN exited: postgres (exit status 1; not expected)"
    with (hub.layout.logs / "supervisord.log").open("a") as said:
        said.write(f"{more}\n")
    assert ended_by_themselves(hub) == [more]


def test_a_killed_runner_leaves_no_orphan_and_the_next_start_has_all_data(data: Path, port: int) -> None:
    stranger = subprocess.Popen(["sleep", "120"], env={"RELAIS_RUN": f"{data}-other"})
    runner = start_runner(data, port)
    hub = Hub(data, port, services=())
    runner.kill()
    runner.wait()
    hub.start()
    # A program of another hub is left alone.
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert hub.cluster.execute("SELECT count(*) FROM kept") == "1\n"
    # Each program runs once: what the first run had started is gone.
    names = [process.name() for process in leftovers(hub.layout) if process.name() in ("nats-server", "caddy")]
    assert sorted(names) == ["caddy", "nats-server"]
    hub.stop()
    assert leftovers(hub.layout) == []


def test_a_killed_supervisor_takes_everything_with_it_and_the_next_start_recovers(data: Path, port: int) -> None:
    hub = Hub(data, port, services=())
    hub.start()
    hub.cluster.execute("CREATE TABLE kept AS SELECT 1 AS n")
    assert hub.supervisor.pid
    psutil.Process(hub.supervisor.pid).kill()
    until(lambda: leftovers(hub.layout) == [], seconds=10)
    assert "supervisor ended" in (hub.trouble() or "")
    hub.stop()
    with Hub(data, port, services=()) as again:
        assert again.cluster.execute("SELECT n FROM kept") == "1\n"


def test_frozen_leftovers_and_a_stale_pid_file_are_recovered_from(data: Path, port: int) -> None:
    runner = start_runner(data, port)
    hub = Hub(data, port, services=())
    supervisor = psutil.Process(int((data / "run/supervisord.pid").read_text()))
    postmaster = psutil.Process(int((data / "postgres/data/postmaster.pid").read_text().split()[0]))
    frozen = [process for process in supervisor.children() if process.name() in ("nats-server", "caddy")]
    assert len(frozen) == 2
    for process in (supervisor, *frozen):
        process.suspend()
    for process in (postmaster, psutil.Process(runner.pid), supervisor):
        process.kill()
    runner.wait()
    with hub:
        assert hub.cluster.execute("SELECT count(*) FROM kept") == "1\n"


def test_a_hub_stops_from_the_front_to_postgresql(data: Path, port: int) -> None:
    with Hub(data, port, services=()) as hub:
        pass
    stopped = re.findall(r"stopped: (\w+)", (hub.layout.logs / "supervisord.log").read_text())
    assert set(stopped) == PROGRAMS
    assert stopped[0] == "front"
    assert stopped[-2:] == ["nats", "postgres"]


def test_programs_can_be_stopped_and_the_bus_loses_its_store(hub: Hub) -> None:
    hub.stop_program("nats")
    assert hub.pids()["nats"] == 0
    assert not hub.nats.ready()
    (hub.nats.store / "trace").write_text("")
    hub.delete_jetstream()
    assert hub.nats.ready()
    assert not (hub.nats.store / "trace").exists()


def test_a_second_runner_on_the_same_data_is_refused_in_one_line(hub: Hub) -> None:
    done = relais("up", DATA=str(hub.layout.data), PORT=str(hub.port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"relais: A hub already runs on {hub.layout.data} (process ")
    assert done.stderr.count("\n") == 1
    assert hub.trouble() is None


def test_a_taken_port_is_refused_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = relais("up", DATA=str(data), PORT=str(port))
    assert done.returncode == 1
    assert re.fullmatch(rf"relais: Port {port} is taken by .* choose another one with PORT={port + 1}\.\n", done.stderr)


def test_a_place_that_cannot_hold_data_is_refused_in_one_line(data: Path) -> None:
    (data / "file").write_text("")
    done = relais("up", DATA=str(data / "file" / "hub"), PORT="0")
    assert done.returncode == 1
    assert done.stderr.endswith("choose another place with DATA=/another/path.\n")
    assert done.stderr.count("\n") == 1


def test_a_nearly_full_disk_is_refused_in_one_line(data: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relais.preflight.NEEDED_BYTES", 1 << 62)
    with pytest.raises(RunnerError, match=FULL):
        Hub(data, port, services=()).start()


def test_a_disk_that_refuses_a_file_is_told_in_one_line(data: Path, port: int) -> None:
    # The kernel's device that is always full.
    hub = Hub(data, port, services=())
    hub.layout.create()
    (hub.layout.run / "probe").symlink_to("/dev/full")
    with pytest.raises(RunnerError, match=FULL):
        hub.start()


def test_a_disk_that_fills_up_while_the_cluster_is_created_is_told_in_one_line(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    initdb = data / "install" / "bin" / "initdb"
    initdb.parent.mkdir(parents=True)
    initdb.write_text("#!/bin/sh\necho 'initdb: error: could not write to file: No space left on device' >&2; exit 1\n")
    initdb.chmod(0o755)
    monkeypatch.setattr("relais.postgres.INSTALL", data / "install")
    cluster = PostgresCluster(data / "postgres")
    with pytest.raises(RunnerError, match=FULL):
        cluster.prepare()
    assert not cluster.pgdata.exists()


def test_a_path_too_long_for_sockets_works(data: Path, port: int) -> None:
    deep = data / ("d" * 60) / ("e" * 60)
    with Hub(deep, port, services=()) as hub:
        assert len(str(hub.cluster.socket_dir)) < 80
        assert hub.cluster.execute("SELECT 1") == "1\n"


def test_each_role_enters_its_own_database_only(hub: Hub) -> None:
    allowed = hub.cluster.execute(
        "SELECT rolname, datname FROM pg_roles, pg_database"
        " WHERE rolname LIKE 'relais_%' AND datname LIKE 'relais_%' AND has_database_privilege(rolname, datname, 'CONNECT')"
    )
    services = ("signalement", "orientation", "cellule", "notifications")
    roles = {f"relais_{name}{suffix}|relais_{name}" for name in services for suffix in ("", "_owner")}
    assert set(allowed.split()) == roles
    assert hub.cluster.execute("SELECT current_setting('fsync')") == "on\n"


def test_the_front_sends_everyone_to_the_one_address(hub: Hub) -> None:
    with httpx2.Client() as client:
        assert client.get(f"{hub.url}/").headers["location"] == "/signalement/"
        assert client.get(f"{hub.url}/ailleurs").status_code == 404
        other_name = f"http://localhost:{hub.port}/courriels/"
        assert client.get(other_name).headers["location"] == f"{hub.url}/courriels/"


def test_reset_deletes_a_stopped_hub_and_nothing_else(data: Path, port: int) -> None:
    place = data / "hub"
    hub = Hub(place, port, services=())
    with hub:
        running = relais("reset", "--yes", DATA=str(place))
        assert (running.returncode, running.stderr.count("\n")) == (1, 1)
    assert "is not the data folder of a hub" in relais("reset", "--yes", DATA=str(data)).stderr
    done = relais("reset", "--yes", DATA=str(place))
    assert (done.returncode, done.stderr) == (0, "")
    assert not place.exists()


def test_doctor_reports_and_help_is_complete(data: Path, port: int) -> None:
    done = relais("doctor", DATA=str(data), PORT=str(port))
    assert done.returncode == 0, done.stdout
    for name in ("Python", "disk", "PostgreSQL", "nats-server", "caddy", "chromium", "node", "port"):
        assert re.search(rf"^(ok|absent) +{name}: \S+", done.stdout, re.MULTILINE), name
    shown = relais("--help").stdout
    for command in ("up", "doctor", "reset", "version"):
        assert re.search(rf"^│ {command} +\S+", shown, re.MULTILINE), command


def test_the_inbox_keeps_its_mails_when_it_is_killed(hub: Hub) -> None:
    with smtplib.SMTP("127.0.0.1", hub.addresses.ports["smtp"]) as smtp:
        smtp.sendmail("a@relais.example", ["gardee@asso.example"], "Subject: Reste\r\n\r\nbonjour")
    killed = hub.kill("inbox")
    address = f"{hub.addresses.inbox}/api/messages?to=gardee@asso.example"
    until(lambda: hub.pids()["inbox"] not in (0, killed))
    # The front waits for a program that is starting.
    mails = httpx2.get(address, timeout=15).json()
    assert [mail["subject"] for mail in mails] == ["Reste"]
