"""The quick start of the page for developers, taken from the page and run against a real hub, in both languages."""

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

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
