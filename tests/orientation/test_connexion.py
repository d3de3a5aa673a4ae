"""Signing in against a small provider that can be made to lie, and out."""

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from pydantic import TypeAdapter

from common.clock import utc_now
from common.database import Database
from common.sceau import Sceau
from common.sessions import Jeton
from orientation.app import create
from orientation.connexion.domain import ACCUEIL, chemin_local
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.orientation.monde import ANNUAIRE, ORIGINE, Hub
from tests.sessions import AsyncBrowser

HOSTILES = [
    "https://ailleurs.example/",
    "//ailleurs.example",
    "///ailleurs.example",
    "/\\ailleurs.example",
    "\\\\ailleurs.example",
    "/\t/ailleurs.example",
    "/\n/ailleurs.example",
    "javascript:alert(1)",
    "ailleurs.example",
    " /orientation/",
    "/orientation\\..",
    "/orientation/connexion?suite=/x",
    "/x\x00",
    "/" + "a" * 600,
]
LOCAUX = ["/", "/orientation/", "/orientation/orientations?etat=recue", "/signalement/dossiers/1#haut", "/a:b@c/é"]
CLE = RSAKey.generate_key(2048, {"kid": "idp"})
AUTRE_CLE = RSAKey.generate_key(2048, {"kid": "idp"})


@dataclass
class Fournisseur:
    """An identity provider: `claims` and `mode` are what the next token will be made of."""

    issuer: str = ""
    mode: str = "honnete"
    claims: dict[str, Any] = field(default_factory=dict)

    def jeton(self, formulaire: dict[str, list[str]]) -> dict[str, Any]:
        assert formulaire["code_verifier"][0]
        now = int(utc_now().timestamp())
        claims = {"iss": self.issuer, "aud": "relais", "sub": "fonds-agent", "iat": now, "exp": now + 60} | self.claims
        reponse = {"access_token": "inutile", "token_type": "Bearer"}
        if self.mode == "sans_id_token":
            return reponse
        if self.mode == "sans_signature":
            parts = jwt.encode({"alg": "RS256", "kid": "idp"}, claims, CLE).split(".")
            return reponse | {"id_token": f"eyJhbGciOiJub25lIn0.{parts[1]}."}
        if self.mode == "cle_publique_pour_secret":
            secret = OctKey.import_key(dumps(CLE.as_dict(private=False)))
            return reponse | {"id_token": jwt.encode({"alg": "HS256", "kid": "idp"}, claims, secret, algorithms=["HS256"])}
        cle = AUTRE_CLE if self.mode == "autre_cle" else CLE
        return reponse | {"id_token": jwt.encode({"alg": "RS256", "kid": "idp"}, claims, cle)}


@pytest.fixture
def fournisseur() -> Iterator[Fournisseur]:
    etat = Fournisseur()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("openid-configuration"):
                noms = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
                self.repondre({"issuer": etat.issuer} | {nom: f"{etat.issuer}/{nom}" for nom in noms})
            else:
                self.repondre(KeySet([CLE]).as_dict(private=False))

        def do_POST(self) -> None:
            corps = self.rfile.read(int(self.headers["content-length"])).decode()
            self.repondre(etat.jeton(parse_qs(corps)))

        def repondre(self, corps: Any) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(dumps(corps).encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    etat.issuer = f"http://127.0.0.1:{serveur.server_port}"
    threading.Thread(target=serveur.serve_forever, args=[0.01], daemon=True).start()
    yield etat
    serveur.shutdown()
    serveur.server_close()


@pytest.fixture
async def navigateur(
    settings: OrientationSettings, orientation_db: Database, fournisseur: Fournisseur
) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with its cookies, in front of the application with that provider."""
    async with orientation_db.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), fournisseur.issuer, utc_now())
    app = create(settings.model_copy(update={"oidc_issuer": fournisseur.issuer}))
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), AsyncBrowser(transport=transport, base_url=ORIGINE) as client:
        yield client


async def partir(
    navigateur: httpx2.AsyncClient, fournisseur: Fournisseur, suite: str = "/orientation/orientations"
) -> dict[str, str]:
    """Leave for the provider; the provider learns the nonce. Returns what it was asked."""
    depart = await navigateur.get("/orientation/connexion", params={"suite": suite})
    assert depart.status_code == 303
    demande = {nom: v[0] for nom, v in parse_qs(urlsplit(depart.headers["location"]).query).items()}
    assert demande["redirect_uri"] == f"{ORIGINE}/orientation/connexion/retour"
    assert demande["code_challenge_method"] == "S256"
    assert min(len(demande["state"]), len(demande["nonce"])) >= 32
    fournisseur.claims.setdefault("nonce", demande["nonce"])
    return demande


async def revenir(navigateur: httpx2.AsyncClient, demande: dict[str, str], **change: str) -> httpx2.Response:
    params = {"code": "un-code", "state": demande["state"]} | change
    return await navigateur.get("/orientation/connexion/retour", params=params, headers={"Accept": "text/html"})


def session_of(response: httpx2.Response) -> str:
    lignes = [ligne for ligne in response.headers.get_list("set-cookie") if ligne.startswith("relais=")]
    return lignes[0] if lignes else ""


async def test_signing_in_and_out(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur) -> None:
    demande = await partir(navigateur, fournisseur)
    retour = await revenir(navigateur, demande, iss=fournisseur.issuer)
    assert (retour.status_code, retour.headers["location"]) == (303, "/orientation/orientations")
    cookie = session_of(retour)
    assert all(attribut in cookie for attribut in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie
    assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 200
    ailleurs = await navigateur.post("/orientation/deconnexion", headers={"Origin": "https://ailleurs.example"})
    assert ailleurs.status_code == 403
    sortie = await navigateur.post("/orientation/deconnexion", headers={"Origin": ORIGINE})
    assert sortie.status_code == 303
    assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 401
    page = await navigateur.get("/orientation/deconnexion")
    assert "Vous êtes déconnecté" in page.text
    assert f"{fournisseur.issuer}/end_session_endpoint?" in page.text


async def test_each_sign_in_has_a_session_of_its_own(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur) -> None:
    planted, cookies = Jeton.new("orientation").cookie, []
    navigateur.cookies.set("relais", planted, domain="127.0.0.1")
    for _ in range(2):
        fournisseur.claims = {}
        retour = await revenir(navigateur, await partir(navigateur, fournisseur), iss=fournisseur.issuer)
        assert retour.status_code == 303
        cookies.append(retour.cookies["relais"])
    assert len({planted, *cookies}) == 3
    # What was planted has become nobody's, and the first session ended when the second began.
    for cookie, expected in ((planted, 401), (cookies[0], 401), (cookies[1], 200)):
        navigateur.cookies.clear()
        navigateur.cookies.set("relais", cookie, domain="127.0.0.1")
        assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == expected


@pytest.mark.parametrize("mode", ["sans_id_token", "sans_signature", "autre_cle", "cle_publique_pour_secret"])
async def test_a_forged_token_opens_nothing(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur, mode: str) -> None:
    fournisseur.mode = mode
    await refuse(navigateur, fournisseur)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "celui-d-un-autre-depart-de-32-caracteres"},
        {"aud": "un-autre-client"},
        {"iss": "https://autre.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
async def test_a_token_meant_for_something_else_opens_nothing(
    navigateur: httpx2.AsyncClient, fournisseur: Fournisseur, claims: dict[str, Any]
) -> None:
    fournisseur.claims = claims
    await refuse(navigateur, fournisseur)


@pytest.mark.parametrize(
    "change", [{"state": "x" * 48}, {"state": ""}, {"iss": "https://autre.example"}, {"code": ""}, {"state": "é" * 40}]
)
async def test_a_forged_callback_opens_nothing(
    navigateur: httpx2.AsyncClient, fournisseur: Fournisseur, change: dict[str, str]
) -> None:
    await refuse(navigateur, fournisseur, **change)


async def refuse(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur, **change: str) -> None:
    retour = await revenir(navigateur, await partir(navigateur, fournisseur), **change)
    assert retour.status_code == 401
    assert "La connexion n’a pas abouti" in retour.text
    assert not session_of(retour)
    assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 401


async def test_a_callback_works_once_and_for_its_own_browser(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur) -> None:
    demande = await partir(navigateur, fournisseur)
    essai = navigateur.cookies["relais-connexion"]
    navigateur.cookies.clear()
    assert (await revenir(navigateur, demande)).status_code == 401
    navigateur.cookies.set("relais-connexion", essai[:-4] + "AAAA")
    assert (await revenir(navigateur, demande)).status_code == 401
    navigateur.cookies.clear()
    navigateur.cookies.set("relais-connexion", essai)
    retour = await revenir(navigateur, demande)
    assert retour.status_code == 303
    assert any(c.startswith('relais-connexion=""; HttpOnly; Max-Age=0') for c in retour.headers.get_list("set-cookie"))


async def test_an_identity_without_membership_is_told_whom_to_ask(
    navigateur: httpx2.AsyncClient, fournisseur: Fournisseur
) -> None:
    fournisseur.claims = {"sub": "inconnu"}
    retour = await revenir(navigateur, await partir(navigateur, fournisseur))
    assert retour.status_code == 403
    assert "Votre compte n’est rattaché à aucune organisation" in retour.text
    assert "/orientation/annuaire" in retour.text
    assert not session_of(retour)


async def test_what_was_sealed_for_something_else_is_no_attempt(hub: Hub) -> None:
    sceau: Sceau = hub.app.state.sceau
    autre = sceau.seal({"state": "s", "nonce": "n", "verifier": "v", "suite": "/"}, "autre", utc_now(), timedelta(minutes=1))
    retour = await hub.client.get(
        "/orientation/connexion/retour?code=c&state=s", headers={"Cookie": f"relais-connexion={autre}"}
    )
    assert retour.status_code == 401


async def test_without_provider_the_page_says_so(hub: Hub) -> None:
    for path in ("/orientation/connexion", "/orientation/deconnexion"):
        answer = await hub.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == (503 if path.endswith("/connexion") else 200)
        assert "Relais" in answer.text


@pytest.mark.parametrize("suite", HOSTILES)
async def test_no_sign_in_leads_elsewhere(suite: str) -> None:
    assert chemin_local(suite) == ACCUEIL


@pytest.mark.parametrize("suite", LOCAUX)
async def test_a_sign_in_leads_back(suite: str) -> None:
    assert chemin_local(suite) == suite


@given(st.text(alphabet="/\\:@. \t\nahtps?#%", max_size=12))
def test_any_answer_stays_on_this_site(suite: str) -> None:
    base = "http://relais.example"
    assert urlsplit(str(httpx2.URL(base).join(chemin_local(suite)))).netloc == "relais.example"


async def test_the_whole_way_keeps_a_hostile_address_out(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur) -> None:
    for suite in HOSTILES[:6]:
        fournisseur.claims = {}
        retour = await revenir(navigateur, await partir(navigateur, fournisseur, suite))
        assert (retour.status_code, retour.headers["location"]) == (303, ACCUEIL)


async def test_a_partners_system_comes_with_its_token(navigateur: httpx2.AsyncClient, fournisseur: Fournisseur) -> None:
    now = int(utc_now().timestamp())
    juste = {"iss": fournisseur.issuer, "aud": "relais", "sub": "si-fonds", "iat": now, "exp": now + 60}
    for change, cle, attendu in (
        ({}, CLE, 200),
        ({}, AUTRE_CLE, 401),
        ({"aud": "autre"}, CLE, 401),
        ({"iss": "https://autre.example"}, CLE, 401),
        ({"exp": now - 60}, CLE, 401),
        ({"sub": "inconnu"}, CLE, 403),
    ):
        jeton = jwt.encode({"alg": "RS256", "kid": "idp"}, juste | change, cle)
        answer = await navigateur.get("/orientation/api/v1/orientations", headers={"Authorization": f"Bearer {jeton}"})
        assert answer.status_code == attendu, change
