"""An identity provider over HTTP that signs honestly until it is told what to bend, and a browser in front of the hub."""

import asyncio
import base64
import hmac
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from pydantic import SecretStr, TypeAdapter

from common.clock import utc_now
from common.database import Database
from common.oidc.issuers import Issuer
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.orientation.monde import ANNUAIRE, ORIGINE
from tests.sessions import AsyncBrowser

CLE = RSAKey.generate_key(2048, {"kid": "idp"})
CLE_ES = ECKey.generate_key("P-256", {"kid": "idp-ec"})
AUTRE_CLE = RSAKey.generate_key(2048, {"kid": "idp"})
ETRANGERE = RSAKey.generate_key(2048, {"kid": "d-un-autre"})
JETON_ACCES = "un-jeton-d-acces"
NOMS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")
SECRET = "un-secret-de-client-de-32-caracteres"

Forge = Callable[[dict[str, Any]], Any]


def signer(cle: Any = CLE, alg: str = "RS256", **entete: Any) -> Forge:
    """Sign claims with that key; the header may be bent too."""
    tete = {"alg": alg, "kid": cle.kid} | entete
    tete = {nom: valeur for nom, valeur in tete.items() if valeur is not None}
    return lambda claims: jwt.encode(tete, claims, cle, algorithms=[alg], default_type=None)


def par_secret(secret: str) -> Forge:
    """Sign with a shared secret: what anybody can do who knows the « secret », for example a public key.

    By hand: joserfc refuses to make a secret of a public key.
    """

    def forger(claims: dict[str, Any]) -> str:
        signe = f"{_partie({'alg': 'HS256', 'kid': 'idp'})}.{_partie(claims)}"
        return f"{signe}.{_base64(hmac.digest(secret.encode(), signe.encode(), 'sha256'))}"

    return forger


def sans_signature(alg: str = "none", reste: str = "") -> Forge:
    """A token that says it needs no signature."""
    return lambda claims: f"{_partie({'alg': alg, 'kid': 'idp'})}.{_partie(claims)}.{reste}"


def _partie(valeur: dict[str, Any]) -> str:
    return _base64(dumps(valeur).encode())


def _base64(brut: bytes) -> str:
    return base64.urlsafe_b64encode(brut).rstrip(b"=").decode()


@dataclass
class Faussaire:
    """What the next answers are made of. In `claims`, `reponse` and `infos`, None takes a value away."""

    issuer: str = ""
    cles: list[Any] = field(default_factory=lambda: [CLE, CLE_ES])
    claims: dict[str, Any] = field(default_factory=dict)
    forge: Forge = field(default_factory=lambda: signer())
    reponse: dict[str, Any] | list[Any] = field(default_factory=dict)
    statut: int = 200
    infos: dict[str, Any] = field(default_factory=dict)
    forge_infos: Forge = field(default_factory=lambda: signer())
    type_infos: str = "application/jwt"
    statut_infos: int = 200
    metadata: dict[str, Any] = field(default_factory=dict)
    demandes: list[str] = field(default_factory=list)
    nonce: str = ""

    def decouverte(self) -> dict[str, Any]:
        base = {"issuer": self.issuer} | {nom: f"{self.issuer}/{nom}" for nom in NOMS}
        return base | {"id_token_signing_alg_values_supported": ["HS256", "none", "RS256"]} | self.metadata

    def jeton(self) -> Any:
        if isinstance(self.reponse, list):
            return self.reponse
        now = int(utc_now().timestamp())
        condense = create_half_hash(JETON_ACCES, "RS256").decode()
        claims = {
            "iss": self.issuer,
            "aud": "relais",
            "azp": "relais",
            "sub": "fonds-agent",
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 60,
            "auth_time": now - 5,
            "acr": "eidas2",
            "at_hash": condense,
        }
        id_token = self.forge(_change(claims, self.claims))
        return _change({"access_token": JETON_ACCES, "token_type": "Bearer", "id_token": id_token}, self.reponse)

    def qui(self) -> str:
        now = int(utc_now().timestamp())
        claims = {"iss": self.issuer, "aud": "relais", "sub": "fonds-agent", "iat": now, "exp": now + 60}
        claims |= {"given_name": "Agent", "usual_name": "Martin", "email": "agent@fonds.example"}
        infos = _change(claims, self.infos)
        return dumps(infos) if self.type_infos.startswith("application/json") else str(self.forge_infos(infos))


def _change(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {nom: valeur for nom, valeur in (base | changes).items() if valeur is not None}


@contextmanager
def servir() -> Iterator[Faussaire]:
    """The provider on a port of its own."""
    etat = Faussaire()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            etat.demandes.append(self.path)
            if self.path.endswith("openid-configuration"):
                self.repondre(dumps(etat.decouverte()))
            elif self.path == "/userinfo_endpoint":
                assert self.headers["authorization"] == f"Bearer {JETON_ACCES}"
                self.repondre(etat.qui(), etat.statut_infos, etat.type_infos)
            else:
                self.repondre(dumps(KeySet(etat.cles).as_dict(private=False)))

        def do_POST(self) -> None:
            etat.demandes.append(self.path)
            formulaire = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            assert formulaire["code_verifier"][0]
            self.repondre(dumps(etat.jeton()), etat.statut)

        def repondre(self, corps: str, statut: int = 200, genre: str = "application/json") -> None:
            self.send_response(statut)
            self.send_header("content-type", genre)
            self.end_headers()
            self.wfile.write(corps.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    etat.issuer = f"http://127.0.0.1:{serveur.server_port}"
    threading.Thread(target=serveur.serve_forever, args=[0.01], daemon=True).start()
    yield etat
    serveur.shutdown()
    serveur.server_close()


def emetteur(code: str, issuer: str, **plus: Any) -> Issuer:
    """A provider of the settings, as strict as ours are."""
    strict = {"algorithms": ("RS256",), "userinfo": "jwt", "callback_iss": True}
    acr = {"acr_values": ("eidas2",), "acr_accepted": ("eidas2",)}
    secret = {"client_id": "relais", "client_secret": SecretStr(SECRET)}
    return Issuer.model_validate({"code": code, "label": code.title(), "issuer": issuer} | secret | strict | acr | plus)


@asynccontextmanager
async def devant(settings: OrientationSettings, database: Database, issuer: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with its cookies in front of the application, whose directory knows the people of that issuer."""
    async with database.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), issuer, utc_now())
    app = create(settings)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), AsyncBrowser(transport=transport, base_url=ORIGINE) as client:
        # Left while it connects, the bus would be closed by nobody.
        while not app.state.nats.is_connected:
            await asyncio.sleep(0.01)
        yield client


async def partir(
    navigateur: httpx2.AsyncClient, fournisseur: Faussaire, suite: str = "/orientation/orientations", **plus: str
) -> dict[str, str]:
    """Leave for the provider; the provider learns the nonce. Returns what it was asked."""
    depart = await navigateur.get("/orientation/connexion", params={"suite": suite} | plus)
    assert depart.status_code == 303, depart.text
    assert depart.headers["location"].startswith(f"{fournisseur.issuer}/authorization_endpoint?")
    demande = {nom: v[0] for nom, v in parse_qs(urlsplit(depart.headers["location"]).query).items()}
    assert demande["code_challenge_method"] == "S256"
    assert len(demande["state"]) == len(demande["nonce"]) == 48
    fournisseur.nonce = demande["nonce"]
    return demande


def session_of(response: httpx2.Response) -> str:
    """The cookie of a new session, empty when there is none."""
    lignes = [ligne for ligne in response.headers.get_list("set-cookie") if ligne.startswith("relais=")]
    return lignes[0] if lignes else ""
