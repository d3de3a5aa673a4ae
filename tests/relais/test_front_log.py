"""The front's own log: some addresses are keys, and an error of a service must not write them down."""

import asyncio
import os
from pathlib import Path

import httpx2
import pytest

from relais.binaries import DEPLOY, binary
from relais.ports import free_port

SECRET = "a-link-that-is-a-key"
SERVICES = ("SIGNALEMENT", "ORIENTATION", "CELLULE", "NOTIFICATIONS")


@pytest.mark.timeout(60)
async def test_an_unreachable_service_leaves_no_address_in_the_log(tmp_path: Path) -> None:
    front, nobody = f"127.0.0.1:{free_port('front-log')}", f"127.0.0.1:{free_port('front-log-nobody')}"
    environment = {"FRONT_SITE": f"http://{front}", "FRONT_BIND": "127.0.0.1", "HOME": str(tmp_path)}
    environment |= {f"UPSTREAM_{name}": nobody for name in SERVICES} | {"PATH": os.environ["PATH"]}
    argv = (str(binary("caddy")), "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile")
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=log, stderr=log)
        try:
            async with httpx2.AsyncClient(base_url=f"http://{front}", timeout=30, trust_env=False) as client:
                for _ in range(100):
                    try:
                        assert (await client.get("/nowhere")).status_code == 404
                        break
                    except httpx2.ConnectError:
                        await asyncio.sleep(0.1)
                path = f"/orientation/calendriers/{SECRET}.ics"
                headers = {"Referer": f"http://{front}{path}", "Cookie": f"relais={SECRET}", "User-Agent": SECRET}
                assert (await client.get(path, headers=headers)).status_code == 502
        finally:
            process.terminate()
            await process.wait()
    written = (tmp_path / "log").read_text()
    # It says that something is wrong, and nothing of who asked for what.
    assert "connection refused" in written
    assert SECRET not in written
    assert "calendriers" not in written
    assert "remote_ip" not in written
