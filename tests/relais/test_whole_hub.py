"""A whole hub, with its services and demo data: ready in time, resumed with its data, its processes started again."""

import time
from pathlib import Path

import httpx2

from relais.hub import Hub
from relais.programs import SERVICES

# The promise is 20 s on a machine of two cores; tests may share theirs with another worker.
READY_S = 40


def heartbeats(hub: Hub) -> dict[str, int]:
    """What each service answers through the front."""
    with httpx2.Client(timeout=20) as client:
        return {service: client.get(f"{hub.url}/{service}/__heartbeat__").status_code for service in SERVICES}


def test_a_whole_hub_is_ready_in_time_and_resumes_with_its_data(data: Path, port: int) -> None:
    healthy = dict.fromkeys(SERVICES, 200)
    begun = time.monotonic()
    with Hub(data, port) as hub:
        assert time.monotonic() - begun < READY_S
        assert hub.first_start
        assert heartbeats(hub) == healthy
        assert len(hub.pids()) == 5 + 2 * len(SERVICES)
        before = rows(hub)
        assert before["relais_orientation"] > 0
        assert before["relais_signalement"] > 0

        killed = {name: hub.kill(name) for name in ("orientation-api", "orientation-worker")}
        assert all(killed.values())
        # The front waits for the service instead of answering 502.
        assert heartbeats(hub) == healthy
        states = hub.pids()
        assert all(states[name] != pid for name, pid in killed.items())
    with Hub(data, port) as again:
        assert not again.first_start
        assert heartbeats(again) == healthy
        assert rows(again) == before


def rows(hub: Hub) -> dict[str, int]:
    """How many rows the demo data left: organisations and cases."""
    tables = {"relais_orientation": "partenaires", "relais_signalement": "dossiers"}
    return {database: int(hub.cluster.execute(f"SELECT count(*) FROM {table}", database)) for database, table in tables.items()}
