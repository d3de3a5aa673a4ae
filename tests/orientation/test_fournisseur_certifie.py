"""Signing in and out with a certified provider that nobody here wrote, npm's oidc-provider, configured as ProConnect is."""

import asyncio
import html
import json
import os
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from joserfc.jwk import ECKey, RSAKey
from pydantic import SecretStr, TypeAdapter

from common.clock import utc_now
from common.database import Database
from common.oidc.issuers import Issuer
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.contracts.conftest import node_tools
from tests.orientation.monde import ANNUAIRE
from tests.sessions import AsyncBrowser

__all__ = ["node_tools"]

SCOPES = ("openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id")
SECRET = "r-secret-of-proconnect-in-tests"
COMPTE = {
    "given_name": "Zoé",
    "usual_name": "Martin",
    "email": "agent@fonds.example",
    "uid": "1234",
    "siret": "13002526500013",
    "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
}
PAGE = {"Accept": "text/html"}


@dataclass
class Reel:
    """The hub and the provider on real ports, and a browser that goes to both."""

    origine: str
    issuer: str
    navigateur: httpx2.AsyncClient
    code: str = "proconnect"

    async def partir(self) -> str:
        """Leave for the provider, to the page where it asks who one is. Returns its address."""
        depart = await self.navigateur.get(f"{self.origine}/orientation/connexion?suite=/orientation/orientations")
        assert depart.headers["location"].startswith(f"{self.issuer}/auth?")
        demande = await self.navigateur.get(depart.headers["location"])
        assert demande.status_code == 303, demande.text
        return f"{self.issuer}{demande.headers['location']}"

    async def choisir(self, page: str, compte: str, acr: str) -> str:
        """Sign in at the provider. Returns where it sends the browser back to."""
        suite = await self.navigateur.post(page, data={"account": compte, "acr": acr})
        retour = await self.navigateur.get(suite.headers["location"])
        adresse: str = retour.headers["location"]
        assert adresse.startswith(f"{self.origine}/orientation/connexion/retour/{self.code}?"), adresse
        return adresse

    async def entrer(self, compte: str = "fonds-agent", acr: str = "eidas2") -> httpx2.Response:
        """The whole way."""
        return await self.navigateur.get(await self.choisir(await self.partir(), compte, acr), headers=PAGE)

    def oublier(self) -> None:
        """The provider's session is in another browser now; ours stays."""
        for nom in [nom for nom in self.navigateur.cookies if nom.startswith("_")]:
            self.navigateur.cookies.delete(nom)

    async def dedans(self) -> bool:
        """Whether the session is open."""
        return (await self.navigateur.get(f"{self.origine}/orientation/api/v1/orientations")).status_code == 200


def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as prise:
        numero: int = prise.getsockname()[1]
    return numero


@pytest.fixture(scope="module")
def adresses(node_tools: Path) -> Iterator[tuple[str, str]]:
    """The addresses of the hub, which is started by each test, and of the provider, which runs."""
    origine, issuer = f"http://127.0.0.1:{port()}", f"http://127.0.0.1:{port()}"
    client = {
        "client_id": "relais",
        "client_secret": SECRET,
        "redirect_uris": [f"{origine}/orientation/connexion/retour/proconnect"],
        "post_logout_redirect_uris": [f"{origine}/orientation/deconnexion/retour"],
        "backchannel_logout_uri": f"{origine}/orientation/deconnexion/fournisseur/proconnect",
        "backchannel_logout_session_required": True,
        "id_token_signed_response_alg": "RS256",
        "userinfo_signed_response_alg": "RS256",
        "scope": " ".join(SCOPES),
    }
    # The same hub as another client: the other algorithm, and a userinfo that nobody signs.
    autre = {cle: valeur for cle, valeur in client.items() if not cle.startswith(("userinfo", "backchannel"))} | {
        "client_id": "relais-es256",
        "redirect_uris": [f"{origine}/orientation/connexion/retour/es256"],
        "id_token_signed_response_alg": "ES256",
    }
    comptes = {"fonds-agent": COMPTE, "inconnu": COMPTE | {"email": "inconnu@ailleurs.example"}}
    rsa, ec = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}), ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
    environment = os.environ | {
        "CONFIG": json.dumps({"issuer": issuer, "clients": [client, autre], "accounts": comptes}),
        "KEYS": json.dumps([rsa.as_dict(private=True), ec.as_dict(private=True)]),
    }
    script = node_tools / "oidc_provider.mjs"
    with subprocess.Popen(["node", str(script)], env=environment, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        assert node.stdout.readline().strip() == "ready"
        yield origine, issuer
        node.terminate()


ES256: dict[str, Any] = {"code": "es256", "client_id": "relais-es256", "algorithms": ("ES256",), "userinfo": "json"}


@pytest.fixture
async def reel(
    request: pytest.FixtureRequest, settings: OrientationSettings, orientation_db: Database, adresses: tuple[str, str]
) -> AsyncIterator[Reel]:
    origine, issuer = adresses
    comme: dict[str, Any] = {
        "code": "proconnect",
        "label": "ProConnect",
        "issuer": issuer,
        "client_id": "relais",
        "client_secret": SecretStr(SECRET),
        "token_auth": "client_secret_post",
        "algorithms": ("RS256",),
        "scopes": SCOPES,
        "acr_values": ("eidas2",),
        "acr_accepted": ("eidas2",),
        "userinfo": "jwt",
        "callback_iss": True,
        "logout": "redirect",
    }
    proconnect = Issuer(**comme | getattr(request, "param", {}))
    async with orientation_db.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), issuer, utc_now())
    app = create(settings.model_copy(update={"public_url": origine, "oidc_issuer": issuer, "oidc_issuers": (proconnect,)}))
    serveur = uvicorn.Server(uvicorn.Config(app, port=int(urlsplit(origine).port or 0), log_level="warning"))
    service = asyncio.create_task(serveur.serve())
    while not (serveur.started and app.state.nats.is_connected):
        await asyncio.sleep(0.01)
    async with AsyncBrowser(trust_env=False, timeout=20) as navigateur:
        yield Reel(origine, issuer, navigateur, proconnect.code)
    serveur.should_exit = True
    await service


async def test_what_the_provider_publishes_is_what_is_said_of_proconnect(reel: Reel) -> None:
    metadata = (await reel.navigateur.get(f"{reel.issuer}/.well-known/openid-configuration")).json()
    assert "HS256" in metadata["id_token_signing_alg_values_supported"]
    assert metadata["acr_values_supported"] == ["eidas1", "eidas2"]
    assert metadata["token_endpoint_auth_methods_supported"] == ["client_secret_post"]


async def test_a_person_signs_in(reel: Reel) -> None:
    retour = await reel.entrer()
    assert (retour.status_code, retour.headers["location"]) == (303, "/orientation/orientations")
    assert await reel.dedans()


@pytest.mark.parametrize("reel", [ES256], indirect=True, ids=["ES256"])
async def test_a_person_signs_in_by_the_other_algorithm_and_an_unsigned_userinfo(reel: Reel) -> None:
    retour = await reel.entrer()
    assert (retour.status_code, retour.headers["location"]) == (303, "/orientation/orientations")
    assert await reel.dedans()


@pytest.mark.parametrize(
    "reel",
    [{"algorithms": ("ES256",)}, {"userinfo": "json"}, ES256 | {"algorithms": ("RS256",)}, ES256 | {"userinfo": "jwt"}],
    indirect=True,
    ids=["ES256 alone", "JSON expected", "RS256 alone", "a signature expected"],
)
async def test_what_was_not_agreed_with_the_provider_opens_nothing(reel: Reel) -> None:
    assert (await reel.entrer()).status_code == 401
    assert not await reel.dedans()


async def test_what_it_says_in_the_callback_is_looked_at(reel: Reel) -> None:
    retour = await reel.choisir(await reel.partir(), "fonds-agent", "eidas2")
    recu = {nom: v[0] for nom, v in parse_qs(urlsplit(retour).query).items()}
    assert recu["iss"] == reel.issuer
    sans_iss = httpx2.URL(retour.partition("?")[0], params={nom: v for nom, v in recu.items() if nom != "iss"})
    assert (await reel.navigateur.get(sans_iss)).status_code == 401


async def test_a_weak_level_is_not_enough(reel: Reel) -> None:
    retour = await reel.entrer(acr="eidas1")
    assert retour.status_code == 401
    assert not await reel.dedans()


async def test_a_code_is_exchanged_once(reel: Reel) -> None:
    retour = await reel.choisir(await reel.partir(), "fonds-agent", "eidas2")
    essai = dict(reel.navigateur.cookies)
    assert (await reel.navigateur.get(retour)).status_code == 303
    reel.navigateur.cookies.update(essai)
    assert (await reel.navigateur.get(retour)).status_code == 401


async def test_a_code_of_another_browser_opens_nothing(reel: Reel) -> None:
    """The code that somebody got for itself, with the state of the one who is to be signed in as that somebody."""
    vole = parse_qs(urlsplit(await reel.choisir(await reel.partir(), "fonds-agent", "eidas2")).query)["code"][0]
    reel.oublier()
    sien = parse_qs(urlsplit(await reel.choisir(await reel.partir(), "fonds-agent", "eidas2")).query)
    retour = f"{reel.origine}/orientation/connexion/retour/proconnect"
    # The provider holds the proof key of the first leaving.
    params = {"code": vole, "state": sien["state"][0], "iss": reel.issuer}
    assert (await reel.navigateur.get(retour, params=params)).status_code == 401
    assert not await reel.dedans()


async def test_an_identity_without_membership_is_shown_the_siret_that_the_provider_names(reel: Reel) -> None:
    page = await reel.entrer("inconnu")
    assert page.status_code == 403
    assert 'value="13002526500013"' in page.text
    assert "Selon ProConnect, votre organisation a le SIRET" in page.text.replace("\u00a0", " ")


async def test_state_and_nonce_have_48_characters_and_the_proof_is_sha_256(reel: Reel) -> None:
    depart = await reel.navigateur.get(f"{reel.origine}/orientation/connexion")
    demande = {nom: v[0] for nom, v in parse_qs(urlsplit(depart.headers["location"]).query).items()}
    assert [len(demande[nom]) for nom in ("state", "nonce")] == [48, 48]
    assert (demande["code_challenge_method"], len(demande["code_challenge"])) == ("S256", 43)
    assert (demande["response_type"], demande["acr_values"]) == ("code", "eidas2")


async def sortir(reel: Reel) -> str:
    """Sign out here. Returns the provider's address to which the page goes on."""
    page = await reel.navigateur.post(f"{reel.origine}/orientation/deconnexion", headers={"Origin": reel.origine} | PAGE)
    assert page.status_code == 200
    fin = page.headers["refresh"].partition("url=")[2]
    assert fin in html.unescape(page.text)
    return fin


async def test_signing_out_here_and_there(reel: Reel) -> None:
    await reel.entrer()
    fin = await sortir(reel)
    assert not await reel.dedans()
    assert fin.startswith(f"{reel.issuer}/session/end?")
    assert "id_token_hint" in parse_qs(urlsplit(fin).query)
    retour = await finir(reel, fin)
    assert retour is not None
    assert "celle de votre compte professionnel" in (await reel.navigateur.get(retour, headers=PAGE)).text
    # Its own session is over as well: it asks again who one is.
    assert "/interaction/" in await reel.partir()


async def finir(reel: Reel, fin: str) -> str | None:
    """End the session at the provider, as its own page does. Returns where it leads to."""
    page = await reel.navigateur.get(fin)
    (xsrf,) = re.findall(r'name="xsrf" value="(\w+)"', page.text)
    confirme = await reel.navigateur.post(f"{reel.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
    adresse: str | None = confirme.headers.get("location")
    return adresse


async def test_signing_out_at_the_provider_ends_the_session_here(reel: Reel) -> None:
    await reel.entrer()
    assert await reel.dedans()
    await finir(reel, f"{reel.issuer}/session/end")
    assert not await reel.dedans()


async def test_signing_out_at_the_provider_ends_that_session_only(reel: Reel) -> None:
    """The provider names its session: the one that the same person opened elsewhere goes on."""
    await reel.entrer()
    async with AsyncBrowser(trust_env=False, timeout=20) as ailleurs:
        la_bas = Reel(reel.origine, reel.issuer, ailleurs)
        await la_bas.entrer()
        await finir(la_bas, f"{reel.issuer}/session/end")
        assert not await la_bas.dedans()
    assert await reel.dedans()
