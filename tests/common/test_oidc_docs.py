"""What `docs/connexion.md` tells to write is taken by the settings, and names every variable that there is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from common.oidc.issuers import Endpoints, Issuer

GUIDE = (Path(__file__).parents[2] / "docs" / "connexion.md").read_text()
EXAMPLES: list[list[dict[str, Any]]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]


def test_proconnect_and_keycloak_are_there() -> None:
    assert [entry["code"] for example in EXAMPLES for entry in example] == ["proconnect", "keycloak"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example[0]["code"]))
def test_an_example_is_taken_as_it_stands(example: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("un-secret")
    for entry in example:
        taken = Issuer.model_validate(entry | {"client_secret_file": str(tmp_path / "secret")})
        assert taken.model_dump(mode="json", include=set(entry) - {"client_secret_file"}) == {
            name: value for name, value in entry.items() if name != "client_secret_file"
        }


def test_every_variable_of_an_entry_is_told_and_no_other() -> None:
    table = GUIDE.partition("## One entry")[2].partition("\n## ")[0]
    names = {
        name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert names == set(Issuer.model_fields)
    assert all(f"`{name}`" in table for name in Endpoints.model_fields)
