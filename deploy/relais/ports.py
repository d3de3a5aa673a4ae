"""Loopback ports: whether one is free, and which ones a hub uses."""

import hashlib
import json
import socket
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from relais.files import write_private

# Below the range from which Linux takes the ports of outgoing connections: a program that restarts finds its port free.
FIRST, LAST = 20_000, 32_000
# What this process keeps for itself, until it ends.
_claims: dict[int, socket.socket] = {}


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    """Whether no other process has chosen this port, for a program that will listen on it only in a while.

    The sign is a name in the kernel, which goes with the process. Only Linux has such names.
    """
    if port in _claims or sys.platform != "linux":
        return True
    sign = socket.socket(socket.AF_UNIX)
    try:
        sign.bind(f"\0relais-port-{port}")
    except OSError:
        sign.close()
        return False
    _claims[port] = sign
    return True


def free_port(seed: str, but: Collection[int] = ()) -> int:
    """A free port, not one of `but` and no other process's choice, looked for from a place that depends on `seed`."""
    span = LAST - FIRST
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % span
    for step in range(span):
        port = FIRST + (start + step) % span
        if port not in but and is_free(port) and _claim(port):
            return port
    raise OSError("no free loopback port")


def remembered_ports(note: Path, names: Iterable[str], but: Collection[int] = ()) -> dict[str, int]:
    """A port for each name, none of them in `but`: the one noted in the file when it is still free, else another.

    The note is brought up to date.
    """
    known: dict[str, int] = json.loads(note.read_text()) if note.exists() else {}
    ports: dict[str, int] = {}
    for name in names:
        others = {*but, *ports.values()}
        port = known.get(name, 0)
        kept = port not in {0, *others} and is_free(port) and _claim(port)
        ports[name] = port if kept else free_port(f"{note}:{name}", others)
    write_private(note, json.dumps(ports))
    return ports
