"""The development identity provider: sign-in with code and PKCE, machine tokens, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from relais.idp.app import create_app
from relais.idp.models import Directory

ISSUER = "http://127.0.0.1:8000/idp"
CALLBACK = "http://127.0.0.1:8000/orientation/connexion/retour"
USER = {
    "sub": "ana",
    "name": "Ana Lopez",
    "given_name": "Ana",
    "family_name": "Lopez",
    "email": "ana@france-active.example",
    "role": "Conseillère",
    "organisation": "France Active <Bretagne>",
}
CLIENTS = [
    {"client_id": "relais", "client_secret": "secret-relais", "redirect_uris": ["http://127.0.0.1:8000/orientation/"]},
    {"client_id": "si-partenaire", "client_secret": "secret-si", "scope": "orientations"},
]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    """An HTTP client of a provider that knows one person and two clients."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    file = tmp_path / "idp.json"
    file.write_text(json.dumps({"users": [USER], "clients": CLIENTS}))
    key = RSAKey.generate_key(2048, {"kid": "idp", "use": "sig", "alg": "RS256"})
    app = create_app(Directory.load(file), key, ISSUER)
    with httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://127.0.0.1:8000") as client:
        yield client


def authorization(verifier: str, **changes: str) -> dict[str, str]:
    """The parameters of a good authorization request, or of one that is changed."""
    return {
        "response_type": "code",
        "client_id": "relais",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "s" * 32,
        "nonce": generate_token(32),
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    } | changes


def sign_in(client: httpx2.Client, parameters: dict[str, str]) -> dict[str, list[str]]:
    """Choose the account, and return the parameters with which the application is called back."""
    answer = client.post("/idp/authorize", params=parameters, data={"sub": "ana"})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(CALLBACK)
    return parse_qs(urlsplit(answer.headers["location"]).query)


def exchange(
    client: httpx2.Client, code: str, verifier: str, auth: tuple[str, str] = ("relais", "secret-relais")
) -> httpx2.Response:
    """Ask for the tokens of a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier}
    return client.post("/idp/token", data=form, auth=auth)


def keys(client: httpx2.Client) -> KeySet:
    """The provider's public keys, as the discovery document leads to them."""
    found = client.get("/idp/.well-known/openid-configuration").json()
    assert found["issuer"] == ISSUER
    published = client.get(urlsplit(found["jwks_uri"]).path).json()
    assert all("d" not in key for key in published["keys"])
    return KeySet.import_key_set(published)


def test_a_person_signs_in_with_one_button(client: httpx2.Client) -> None:
    verifier = generate_token(48)
    parameters = authorization(verifier)
    page = client.get("/idp/authorize", params=parameters)
    assert page.status_code == 200
    assert 'value="ana"' in page.text
    assert "France Active &lt;Bretagne&gt;" in page.text
    assert "<script" not in page.text
    back = sign_in(client, parameters)
    assert back["state"] == [parameters["state"]]
    assert back["iss"] == [ISSUER]

    tokens = exchange(client, back["code"][0], verifier).json()
    identity = jwt.decode(tokens["id_token"], keys(client), algorithms=["RS256"])
    assert identity.header["kid"] == "idp"
    assert identity.claims["iss"] == ISSUER
    assert identity.claims["aud"] == ["relais"]
    assert identity.claims["nonce"] == parameters["nonce"]
    assert identity.claims["sub"] == "ana"
    assert identity.claims["email"] == "ana@france-active.example"
    about = client.get("/idp/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert about.json()["name"] == "Ana Lopez"
    # A person's token opens userinfo only: it is not meant for the hub's interfaces.
    assert jwt.decode(tokens["access_token"], keys(client), algorithms=["RS256"]).claims["aud"] == ISSUER


def test_a_code_is_worth_nothing_with_a_wrong_proof_secret_or_a_second_time(client: httpx2.Client) -> None:
    verifier = generate_token(48)
    code = sign_in(client, authorization(verifier))["code"][0]
    assert exchange(client, code, verifier, ("relais", "wrong")).status_code == 401
    assert exchange(client, code, generate_token(48)).json()["error"] == "invalid_grant"
    assert exchange(client, code, verifier).json()["error"] == "invalid_grant"
    code = sign_in(client, authorization(verifier))["code"][0]
    assert exchange(client, code, verifier).status_code == 200
    assert exchange(client, code, verifier).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [{"code_challenge": ""}, {"code_challenge_method": "plain"}, {"nonce": ""}, {"prompt": "none"}],
    ids=["no proof", "plain proof", "no nonce", "no interaction"],
)
def test_a_bad_request_is_told_to_the_application(client: httpx2.Client, changes: dict[str, str]) -> None:
    parameters = {name: value for name, value in authorization(generate_token(48), **changes).items() if value}
    answer = client.get("/idp/authorize", params=parameters)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["error"] == ["login_required" if "prompt" in changes else "invalid_request"]
    assert "code" not in back


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "inconnu"}, {"redirect_uri": "http://127.0.0.1:8000.evil.example/"}, {"client_id": "si-partenaire"}],
)
def test_nobody_is_sent_to_an_address_that_is_not_listed(client: httpx2.Client, changes: dict[str, str]) -> None:
    parameters = authorization(generate_token(48), **changes)
    for answer in (client.get("/idp/authorize", params=parameters), client.post("/idp/authorize", params=parameters)):
        assert answer.status_code == 400
        assert "Connexion impossible" in answer.text


def test_a_machine_gets_a_signed_token_for_the_hub(client: httpx2.Client) -> None:
    form = {"grant_type": "client_credentials", "scope": "orientations openid"}
    answer = client.post("/idp/token", data=form, auth=("si-partenaire", "secret-si")).json()
    token = jwt.decode(answer["access_token"], keys(client), algorithms=["RS256"])
    assert token.header["typ"] == "at+jwt"
    assert token.header["kid"] == "idp"
    claims = token.claims
    assert claims["exp"] - claims["iat"] == answer["expires_in"]
    expected = {"iss": ISSUER, "sub": "si-partenaire", "client_id": "si-partenaire", "aud": "relais", "scope": "orientations"}
    assert expected.items() <= claims.items()
    # It says nothing about a person.
    refused = client.get("/idp/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert refused.status_code in (401, 403)


def test_a_machine_needs_its_own_secret_and_its_own_way(client: httpx2.Client) -> None:
    form = {"grant_type": "client_credentials"}
    assert client.post("/idp/token", data=form, auth=("si-partenaire", "wrong")).status_code == 401
    assert client.post("/idp/token", data=form, auth=("relais", "secret-relais")).json()["error"] == "unauthorized_client"


def test_signing_out_leads_back_to_a_listed_address_only(client: httpx2.Client) -> None:
    back = "http://127.0.0.1:8000/orientation/"
    assert client.get("/idp/end_session", params={"post_logout_redirect_uri": back}).headers["location"] == back
    elsewhere = client.get("/idp/end_session", params={"post_logout_redirect_uri": "https://evil.example/"})
    assert elsewhere.status_code == 200
    assert "Vous êtes déconnecté" in elsewhere.text
