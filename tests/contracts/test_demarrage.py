"""The quick start of the page for developers, taken from the page and run against a real hub, in both languages."""

import asyncio
import html
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from aiohttp import web

from relais.hub import Hub
from relais.ports import free_port

pytestmark = pytest.mark.timeout(600)

BLOC = re.compile(
    r'<pre class="relais-code" [^>]*data-demarrage="([^"]+)" data-langage="\w+"><code>(.*?)</code></pre>', re.DOTALL
)


def programmes(hub: Hub, lang: str) -> dict[str, str]:
    """The programs of the page, by their names, in the order of the page."""
    page = httpx2.get(f"{hub.url}/notifications/developpeurs?lang={lang}", timeout=60, trust_env=False).text
    return {nom: html.unescape(code) for nom, code in BLOC.findall(page)}


def test_both_languages_show_the_same_programs(hub: Hub) -> None:
    assert programmes(hub, "fr") == programmes(hub, "en")
    names = ["1-jeton.sh", "receveur.py", "2-webhook.sh", "receveur.mjs", "rattraper.py", "3-rattraper.sh", "409"]
    assert list(programmes(hub, "fr")) == names


async def test_a_referral_that_comes_back_is_accepted_anew(hub: Hub, tmp_path: Path) -> None:
    """Each version is another request with a key of its own; the same one asked again, after a crash, has the same key."""
    asked: list[tuple[str, str]] = []
    versions = (3, 3, 7)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/actions/accepter"):
            asked.append((request.headers["If-Match"], request.headers["Idempotency-Key"]))
            return web.json_response({})
        referral = {"orientation_id": "o-1", "reference": "R-1", "etat": "recue", "actions": ["accepter"], "due_at": None}
        page = {"elements": [referral | {"version": versions[len(asked)]}], "suivant": "1.0", "encore": False}
        return web.json_response({"access_token": "t"} if request.path == "/idp/token" else page)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    place = f"http://127.0.0.1:{runner.addresses[0][1]}"
    (tmp_path / "rattraper.py").write_text(programmes(hub, "fr")["rattraper.py"].replace(hub.url, place))
    try:
        for _ in versions:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "rattraper.py"), cwd=tmp_path, env=os.environ | {"DATA": str(hub.layout.data)}
            )
            assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        await runner.cleanup()
    (first, key), again, (second, other) = asked
    assert again == (first, key)
    assert (first, second) == ('"3"', '"7"')
    assert key != other


def test_the_quick_start_runs(hub: Hub, tmp_path: Path) -> None:
    """A token, a list, a webhook, a test message that is received and verified, and the catching up."""
    found = programmes(hub, "fr")
    for name, code in found.items():
        if name.endswith(".py"):
            (tmp_path / name).write_text(code)
    commands = "set -eu\n" + "\n".join(code for name, code in found.items() if name.endswith(".sh")) + "\nkill $!\n"
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATA": str(hub.layout.data),
        "RECEIVER_PORT": str(free_port(str(tmp_path))),
    }
    done = subprocess.run(["bash", "-c", commands], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"elements":' in done.stdout
    assert re.search(r"essai [0-9a-f-]{36}\n", done.stdout), done.stdout + done.stderr
    assert re.fullmatch(r"\d+\.[0-9a-f]{32}", (tmp_path / "place.txt").read_text())
