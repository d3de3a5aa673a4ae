"""What the settings of identity providers take, and what they refuse at the start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from common.oidc.issuers import Issuer, by_domain, refuse_confusion

GOOD = {"code": "pro", "label": "ProConnect", "issuer": "https://idp.example/api/v2", "client_id": "c", "client_secret": "s"}


@pytest.mark.parametrize(
    "change",
    [
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"code": "Pro Connect"},
        {"issuer": "idp.example"},
        {"issuer": "https://idp.example/?x=1"},
        {"client_secret": ""},
        {"client_secret_file": "/nowhere/secret"},
        {"client_secret": "", "client_secret_file": "/nowhere/secret"},
        {"scopes": ["profile"]},
        {"scopes": ["openid", "two words"]},
        {"acr_values": ["eidas2"]},
        {"email_domains": ["@exemple.fr"]},
        {"email_domains": ["Exemple.fr"]},
        {"userinfo": "xml"},
        {"logout": "maybe"},
        {"endpoints": {"token_endpoint": "nowhere"}},
        {"endpoints": {"registration_endpoint": "https://idp.example/register"}},
        {"unknown": 1},
    ],
)
def test_a_faulty_entry_stops_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Issuer.model_validate(GOOD | change)
    assert "s3cret" not in str(refused.value)


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    entry = Issuer.model_validate(GOOD | {"client_secret": "", "client_secret_file": str(tmp_path / "secret")})
    assert entry.client_secret.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(entry)


@pytest.mark.parametrize("shared", ["code", "issuer", "email_domains"])
def test_entries_are_told_apart(shared: str) -> None:
    one = Issuer.model_validate(GOOD | {"email_domains": ["exemple.fr"]})
    other = {"code": "kc", "issuer": "https://kc.example", "email_domains": ["autre.fr"]}
    refuse_confusion([one, Issuer.model_validate(GOOD | other)])
    same = other | {shared: (GOOD | {"email_domains": ["exemple.fr"]})[shared]}
    with pytest.raises(ValueError, match=shared):
        refuse_confusion([one, Issuer.model_validate(GOOD | same)])


def test_a_domain_is_the_whole_domain() -> None:
    one = Issuer.model_validate(GOOD | {"email_domains": ["exemple.fr"]})
    assert by_domain([one], " Ana@EXEMPLE.fr ") is one
    for address in ("ana@sous.exemple.fr", "ana@pasexemple.fr", "ana@exemple.fr.evil.example", "exemple", ""):
        assert by_domain([one], address) is None
