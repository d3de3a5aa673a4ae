"""Waiting until every program of a hub answers."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx2

from relais.errors import RunnerError
from relais.supervisor import last_line

if TYPE_CHECKING:
    from relais.hub import Hub

TIMEOUT_S = 60.0
PAUSE_S = 0.1


def addresses_to_check(hub: "Hub") -> dict[str, str]:
    """For each program that serves HTTP, the address that answers 200 once it is ready, all through the front."""
    checks = {
        "idp": f"{hub.addresses.issuer}/.well-known/openid-configuration",
        "inbox": f"{hub.addresses.inbox}/api/messages?limit=1",
    }
    return checks | {f"{service}-api": f"{hub.url}/{service}/__heartbeat__" for service in hub.services}


def wait_until_healthy(hub: "Hub") -> None:
    """Return once everything answers and every worker runs; raises RunnerError after a minute, naming what does not."""
    waiting = addresses_to_check(hub)
    deadline = time.monotonic() + TIMEOUT_S
    with httpx2.Client(timeout=2, trust_env=False) as client:
        while True:
            waiting = {name: address for name, address in waiting.items() if not _answers(client, address)}
            stopped = [name for name, info in hub.supervisor.states().items() if info["statename"] != "RUNNING"]
            if not waiting and not stopped:
                return
            if trouble := hub.trouble():
                raise RunnerError(trouble)
            if time.monotonic() > deadline:
                raise RunnerError(_explain(hub, waiting, stopped))
            time.sleep(PAUSE_S)


def _answers(client: httpx2.Client, address: str) -> bool:
    try:
        return client.get(address).status_code == 200
    except httpx2.HTTPError:
        return False


def _explain(hub: "Hub", waiting: Mapping[str, str], stopped: list[str]) -> str:
    name = [*stopped, *waiting][0]
    log = hub.layout.logs / f"{name}.log"
    return f"{name} is not ready after {TIMEOUT_S:.0f} s: {last_line(log)} (see {log})."
