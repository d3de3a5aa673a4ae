"""Signing in by the one provider of a deployment, and out; what may be forged of it is in test_connexion_forgee."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import utc_now
from common.database import Database
from common.sceau import Sceau
from orientation.connexion.domain import ACCUEIL, chemin_local
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.faussaire import Faussaire, partir, session_of
from tests.orientation.monde import AGENT_APPUI, ORIGINE, Hub
from tests.orientation.test_sessions import open_one
from tests.sessions import COOKIE

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


@pytest.fixture
def fournisseur() -> Iterator[Faussaire]:
    with faussaire.servir() as etat:
        yield etat


@pytest.fixture
async def navigateur(
    settings: OrientationSettings, orientation_db: Database, fournisseur: Faussaire
) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in front of an application with that provider alone."""
    settings = settings.model_copy(update={"oidc_issuer": fournisseur.issuer})
    async with faussaire.devant(settings, orientation_db, fournisseur.issuer) as client:
        yield client


async def revenir(navigateur: httpx2.AsyncClient, demande: dict[str, str], **change: str) -> httpx2.Response:
    params = {"code": "un-code", "state": demande["state"]} | change
    return await navigateur.get("/orientation/connexion/retour", params=params, headers={"Accept": "text/html"})


async def test_signing_in_and_out(navigateur: httpx2.AsyncClient, fournisseur: Faussaire) -> None:
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
    assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 401
    assert "Vous êtes déconnecté" in sortie.text
    assert "Se connecter" in sortie.text
    (fin,) = re.findall(rf'href="({fournisseur.issuer}/end_session_endpoint\?[^"]+)"', sortie.text)
    demande = {nom: v[0] for nom, v in parse_qs(urlsplit(html.unescape(fin)).query).items()}
    assert demande["client_id"] == "relais"
    assert demande["post_logout_redirect_uri"] == f"{ORIGINE}/orientation/deconnexion/retour"
    # The way back works once: the first one takes the cookie along, whatever it brings.
    for state, partout in ((demande["state"], True), (demande["state"], False)):
        page = await navigateur.get("/orientation/deconnexion/retour", params={"state": state})
        assert ("celle de votre compte professionnel" in page.text) is partout


async def test_a_session_that_somebody_planted_is_not_the_one_that_is_opened(
    navigateur: httpx2.AsyncClient, fournisseur: Faussaire, orientation_db: Database
) -> None:
    """Fixation: whoever signs in gets a token that nobody has seen, and what the browser came with opens nothing any more."""
    plante = await open_one(orientation_db, AGENT_APPUI, utc_now())
    navigateur.cookies.set(COOKIE, plante.cookie)
    retour = await revenir(navigateur, await partir(navigateur, fournisseur), iss=fournisseur.issuer)
    ouverte = session_of(retour).partition(";")[0].partition("=")[2]
    assert ouverte
    assert ouverte != plante.cookie
    for cookie, statut in ((plante.cookie, 401), (ouverte, 200)):
        navigateur.cookies.clear()
        navigateur.cookies.set(COOKIE, cookie)
        assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == statut


async def test_a_forged_way_back_from_signing_out_says_nothing(navigateur: httpx2.AsyncClient, fournisseur: Faussaire) -> None:
    await revenir(navigateur, await partir(navigateur, fournisseur))
    sortie = await navigateur.post("/orientation/deconnexion", headers={"Origin": ORIGINE})
    assert "end_session_endpoint" in sortie.text
    page = await navigateur.get("/orientation/deconnexion/retour", params={"state": "x" * 48})
    assert "celle de votre compte professionnel" not in page.text
    # Nobody is signed in any more: there is nothing to end elsewhere.
    encore = await navigateur.post("/orientation/deconnexion", headers={"Origin": ORIGINE})
    assert encore.headers["location"] == "/orientation/deconnexion"


async def test_an_identity_without_membership_is_told_whom_to_ask(
    navigateur: httpx2.AsyncClient, fournisseur: Faussaire
) -> None:
    fournisseur.claims = {"sub": "inconnu"}
    retour = await revenir(navigateur, await partir(navigateur, fournisseur))
    assert retour.status_code == 403
    assert "Votre compte n’est rattaché à aucune organisation" in retour.text
    assert "/orientation/annuaire" in retour.text
    assert not session_of(retour)


async def test_what_was_sealed_for_something_else_is_no_attempt(hub: Hub) -> None:
    sceau: Sceau = hub.app.state.sceau
    essai = {"issuer": "compte", "state": "s", "nonce": "n", "verifier": "v", "suite": "/"}
    autre = sceau.seal(essai, "autre", utc_now(), timedelta(minutes=1))
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


async def test_the_whole_way_keeps_a_hostile_address_out(navigateur: httpx2.AsyncClient, fournisseur: Faussaire) -> None:
    for suite in HOSTILES[:6]:
        retour = await revenir(navigateur, await partir(navigateur, fournisseur, suite))
        assert (retour.status_code, retour.headers["location"]) == (303, ACCUEIL)
