"""Ports of a hub: kept from one start to the next, and never given twice."""

import socket
import subprocess
import sys
from pathlib import Path

from relais.ports import free_port, remembered_ports

NAMES = ("nats", "idp", "smtp")


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    note = tmp_path / "ports.json"
    first = remembered_ports(note, NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert remembered_ports(note, NAMES) == first
    with socket.create_server(("127.0.0.1", first["idp"])):
        moved = remembered_ports(note, NAMES)
    assert moved["idp"] != first["idp"]
    assert {name: moved[name] for name in ("nats", "smtp")} == {name: first[name] for name in ("nats", "smtp")}


def test_the_port_of_the_front_is_given_to_nobody_else(tmp_path: Path) -> None:
    note = tmp_path / "ports.json"
    wanted = remembered_ports(note, NAMES)["nats"]
    assert wanted not in remembered_ports(note, NAMES, but=[wanted]).values()
    assert free_port("seed", but=[free_port("seed")]) != free_port("seed")


def test_what_one_process_has_chosen_no_other_chooses(tmp_path: Path) -> None:
    """Nobody listens there yet: a hub chooses its ports well before all its programs run."""
    note = tmp_path / "ports.json"
    chosen = free_port("the same")
    kept = remembered_ports(note, NAMES)
    program = f"""
from pathlib import Path
from relais.ports import free_port, remembered_ports
print(free_port("the same"), *remembered_ports(Path({str(note)!r}), {NAMES!r}).values())
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    theirs = {int(port) for port in said.split()}
    assert len(theirs) == 1 + len(NAMES)
    assert not theirs & {chosen, *kept.values()}
