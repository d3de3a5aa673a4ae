"""The HTTP interface of each service, tried with thousands of valid and broken requests: never a 500, always its schema."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.actor import Actor, Role
from common.sessions import cookie_name
from common.streams import SERVICES
from relais.hub import Hub
from tests.people import dirigeant, member, session_token

pytestmark = pytest.mark.timeout(600)

CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"


def who(kind: str) -> Actor | None:
    """Somebody of each kind who gets far enough into the service."""
    if kind == "dirigeant":
        from common.clock import new_id

        return dirigeant(new_id())
    return {
        "nobody": None,
        "animateur": member("cellule-occitanie", Role.animateur),
        "manager": member("france-active-occitanie", Role.manager),
        "national": member("cellule-nationale", Role.national),
        "auditeur": member("cellule-nationale", Role.auditeur),
    }[kind]


KINDS = {
    "signalement": ("nobody", "animateur", "dirigeant"),
    "orientation": ("nobody", "animateur", "manager"),
    "cellule": ("animateur", "national", "auditeur"),
    "notifications": ("nobody", "manager"),
}


@pytest.mark.parametrize(("service", "kind"), [(service, kind) for service in SERVICES for kind in KINDS[service]])
def test_no_request_makes_a_service_fail(service: str, kind: str, hub: Hub, tmp_path: Path) -> None:
    actor = who(kind)
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{hub.url}/{service}/openapi.json", "--checks", CHECKS]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "12", "--seed", "1"]
    command += ["--header", f"Origin: {hub.url}", "--request-timeout", "20", "--no-color", "--warnings", "off"]
    command += ["--suppress-health-check", "all", "--generation-database", "none"]
    if actor is not None:
        command += ["--header", f"Cookie: {cookie_name(secure=False)}={session_token(hub, actor)}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=500)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
