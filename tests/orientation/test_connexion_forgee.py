"""Everything that may be forged of a sign-in, by a provider that does: refused, logged by its reason, and nobody is in."""

import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from joserfc import jwk
from structlog.testing import capture_logs

from common.clock import utc_now
from common.database import Database
from common.sceau import Sceau
from orientation.connexion.service import ESSAI_AUDIENCE, ESSAI_DUREE
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.faussaire import AUTRE_CLE, CLE, CLE_ES, ETRANGERE, SECRET, Faussaire, par_secret, sans_signature, signer

ESSAI = "relais-connexion"
ETRANGE = jwk.RSAKey.generate_key(2048, {"kid": "inconnue"})
INTRUSE = AUTRE_CLE.as_dict(private=False)


@dataclass
class Scene:
    """Two providers that people may sign in by, and a browser."""

    fournisseur: Faussaire
    autre: Faussaire
    navigateur: httpx2.AsyncClient
    sceau: Sceau


@pytest.fixture(scope="module")
def fournisseurs() -> Iterator[tuple[Faussaire, Faussaire]]:
    with faussaire.servir() as un, faussaire.servir() as autre:
        autre.cles = [ETRANGERE]
        yield un, autre


@pytest.fixture
async def scene(
    settings: OrientationSettings, orientation_db: Database, fournisseurs: tuple[Faussaire, Faussaire]
) -> AsyncIterator[Scene]:
    un, autre = fournisseurs
    for nom, valeur in vars(Faussaire(un.issuer)).items():
        setattr(un, nom, valeur)
    issuers = (faussaire.emetteur("pro", un.issuer), faussaire.emetteur("autre", autre.issuer))
    settings = settings.model_copy(update={"oidc_issuers": issuers})
    sceau = Sceau(settings.signing_key.get_secret_value())
    async with faussaire.devant(settings, orientation_db, un.issuer) as navigateur:
        yield Scene(un, autre, navigateur, sceau)


async def revenir(scene: Scene, chemin: str = "/orientation/connexion/retour/pro", **change: str | None) -> httpx2.Response:
    """Leave, and come back with what is bent; None leaves a parameter out."""
    demande = await faussaire.partir(scene.navigateur, scene.fournisseur, emetteur="pro")
    assert demande["redirect_uri"].endswith("/orientation/connexion/retour/pro")
    assert demande["acr_values"] == "eidas2"
    params = {"code": "un-code", "state": demande["state"], "iss": scene.fournisseur.issuer} | change
    envoi = {nom: valeur for nom, valeur in params.items() if valeur is not None}
    return await scene.navigateur.get(chemin, params=envoi, headers={"Accept": "text/html"})


async def refuser(scene: Scene, raison: str, **change: Any) -> None:
    """Come back, and be nobody; the log has the reason and nothing of what was sent."""
    with capture_logs() as lignes:
        retour = await revenir(scene, **change)
    assert_refuse(retour, lignes, raison)
    assert (await scene.navigateur.get("/orientation/api/v1/orientations")).status_code == 401


def assert_refuse(retour: httpx2.Response, lignes: Any, raison: str, fournisseur: str = "pro") -> None:
    assert (retour.status_code, faussaire.session_of(retour)) == (401, "")
    assert "La connexion n’a pas abouti" in retour.text
    (ligne,) = [ligne for ligne in lignes if ligne["event"] == "connexion.refusee"]
    assert ligne == {"event": "connexion.refusee", "log_level": "warning", "raison": raison, "fournisseur": fournisseur}


async def test_what_is_not_forged_opens_a_session(scene: Scene) -> None:
    """Or else the refusals below would prove nothing."""
    retour = await revenir(scene)
    assert (retour.status_code, retour.headers["location"]) == (303, "/orientation/orientations")
    assert faussaire.session_of(retour)


MAINTENANT = int(utc_now().timestamp())
# However long the tests take.
LOIN = 1_000_000
RETOURS: dict[str, tuple[str, dict[str, Any]]] = {
    "another state": ("callback.state", {"state": "x" * 48}),
    "a state of other letters": ("callback.state", {"state": "é" * 48}),
    "no state": ("callback.state_missing", {"state": None}),
    "another issuer": ("callback.iss", {"iss": "https://autre.example"}),
    "the issuer with a slash": ("callback.iss", {"iss": "{issuer}/"}),
    "the other provider’s issuer": ("callback.iss", {"iss": "{autre}"}),
    "no issuer where it is promised": ("callback.iss_missing", {"iss": None}),
    "no code": ("callback.code_missing", {"code": None}),
    "an empty code": ("callback.code_missing", {"code": ""}),
    "an error": ("callback.error", {"error": "access_denied", "code": None}),
    "an error with a code": ("callback.error", {"error": "access_denied"}),
    "the other provider’s address": ("callback.redirect", {"chemin": "/orientation/connexion/retour/autre"}),
    "no provider’s address": ("callback.redirect", {"chemin": "/orientation/connexion/retour"}),
    "an unknown provider’s address": ("callback.redirect", {"chemin": "/orientation/connexion/retour/personne"}),
}
REPONSES: dict[str, tuple[str, dict[str, Any]]] = {
    "a code that the provider refuses": ("token.refused", {"reponse": {"error": "invalid_grant"}, "statut": 400}),
    "a list for an answer": ("token.form", {"reponse": ["id_token"]}),
    "no access token": ("token.form", {"reponse": {"access_token": None}}),
    "an access token that is none": ("token.form", {"reponse": {"access_token": 7}}),
    "no id_token": ("id_token.missing", {"reponse": {"id_token": None}}),
    "an empty id_token": ("id_token.missing", {"reponse": {"id_token": ""}}),
    "a number for an id_token": ("id_token.form", {"reponse": {"id_token": 7}}),
    "letters for an id_token": ("id_token.form", {"reponse": {"id_token": "abc"}}),
    "five parts": ("id_token.form", {"reponse": {"id_token": "a.b.c.d.e"}}),
}
SIGNATURES: dict[str, tuple[str, dict[str, Any]]] = {
    "alg none": ("id_token.alg", {"forge": sans_signature()}),
    "alg None": ("id_token.alg", {"forge": sans_signature("NoNe")}),
    "alg none with some signature": ("id_token.alg", {"forge": sans_signature("none", "c2lnbmF0dXJl")}),
    "HS256 by the public key": ("id_token.alg", {"forge": par_secret(CLE.as_pem(private=False).decode())}),
    "HS256 by the client’s secret": ("id_token.alg", {"forge": par_secret(SECRET)}),
    "RS512": ("id_token.alg", {"forge": signer(alg="RS512")}),
    "PS256": ("id_token.alg", {"forge": signer(alg="PS256")}),
    "ES256 where RS256 alone is allowed": ("id_token.alg", {"forge": signer(CLE_ES, "ES256")}),
    "an unknown kid": ("id_token.kid", {"forge": signer(ETRANGE)}),
    "no kid among several keys": ("id_token.kid", {"forge": signer(kid=None)}),
    "the key of the other provider": ("id_token.kid", {"forge": signer(ETRANGERE)}),
    "the other provider’s key under our kid": ("id_token.signature", {"forge": signer(ETRANGERE, kid="idp")}),
    "another key under the same kid": ("id_token.signature", {"forge": signer(AUTRE_CLE)}),
    # Too long a header, already.
    "a key that the token brings along": ("id_token.form", {"forge": signer(AUTRE_CLE, jwk=INTRUSE)}),
    "a key that the token points to": ("id_token.signature", {"forge": signer(AUTRE_CLE, jku="https://autre.example/jwks")}),
    "claims changed after signing": (
        "id_token.signature",
        {"forge": lambda claims: ".".join((*signer()(claims | {"sub": "x"}).split(".")[:2], signer()(claims).split(".")[2]))},
    ),
    "an access token’s kind": ("id_token.typ", {"forge": signer(typ="at+jwt")}),
    "a logout notice’s kind": ("id_token.typ", {"forge": signer(typ="logout+jwt")}),
}
CLAIMS: dict[str, tuple[str, dict[str, Any]]] = {
    "another nonce": ("nonce", {"nonce": "n" * 48}),
    "no nonce": ("nonce", {"nonce": None}),
    "an empty nonce": ("nonce", {"nonce": ""}),
    "another audience": ("aud", {"aud": "un-autre-client"}),
    "no audience": ("aud", {"aud": None}),
    "several audiences without us": ("aud", {"aud": ["a", "b"]}),
    "several audiences, issued to nobody": ("azp", {"aud": ["relais", "b"], "azp": None}),
    "several audiences, issued to another": ("azp", {"aud": ["relais", "b"], "azp": "b"}),
    "issued to another": ("azp", {"azp": "un-autre-client"}),
    "another issuer": ("iss", {"iss": "https://autre.example"}),
    "no issuer": ("iss", {"iss": None}),
    "a list of issuers": ("iss", {"iss": ["{issuer}", "https://autre.example"]}),
    "expired": ("expired", {"exp": MAINTENANT - LOIN}),
    "no expiry": ("exp", {"exp": None}),
    "an expiry in words": ("exp", {"exp": "demain"}),
    "an expiry that is no number": ("exp", {"exp": math.nan}),
    "issued in the future": ("iat", {"iat": MAINTENANT + LOIN}),
    "never issued": ("iat", {"iat": None}),
    "not yet valid": ("nbf", {"nbf": MAINTENANT + LOIN}),
    "no subject": ("sub", {"sub": None}),
    "an empty subject": ("sub", {"sub": ""}),
    "a number for a subject": ("sub", {"sub": 7}),
    "a subject too long to be kept": ("sub", {"sub": "s" * 201}),
    "a subject with a zero": ("sub", {"sub": "fonds-agent\x00"}),
    "of another access token": ("at_hash", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "signed in in the future": ("auth_time", {"auth_time": MAINTENANT + LOIN}),
    "signed in in words": ("auth_time", {"auth_time": "hier"}),
    "no level": ("acr_missing", {"acr": None}),
    "a weak level": ("acr", {"acr": "eidas1"}),
    "a list of levels": ("acr", {"acr": ["eidas1", "eidas2"]}),
}
INFOS: dict[str, tuple[str, dict[str, Any]]] = {
    "of another person": ("sub", {"infos": {"sub": "fonds-manager"}}),
    "of nobody": ("sub", {"infos": {"sub": None}}),
    "by another issuer": ("iss", {"infos": {"iss": "https://autre.example"}}),
    "by no issuer": ("iss", {"infos": {"iss": None}}),
    "for another client": ("aud", {"infos": {"aud": "un-autre-client"}}),
    "for nobody": ("aud", {"infos": {"aud": None}}),
    "expired": ("expired", {"infos": {"exp": MAINTENANT - LOIN}}),
    "alg none": ("alg", {"forge_infos": sans_signature()}),
    "HS256 by the client’s secret": ("alg", {"forge_infos": par_secret(SECRET)}),
    "ES256 where RS256 alone is allowed": ("alg", {"forge_infos": signer(CLE_ES, "ES256")}),
    "by another key": ("signature", {"forge_infos": signer(AUTRE_CLE)}),
    "by the other provider’s key": ("kid", {"forge_infos": signer(ETRANGERE)}),
    "unsigned where a signature is due": ("type", {"type_infos": "application/json"}),
    "a page": ("type", {"type_infos": "text/html"}),
    "refused": ("refused", {"statut_infos": 401}),
}
CAS: list[Any] = [
    *(pytest.param(raison, {"retour": change}, id=f"callback: {nom}") for nom, (raison, change) in RETOURS.items()),
    *(pytest.param(raison, change, id=f"token: {nom}") for nom, (raison, change) in REPONSES.items()),
    *(pytest.param(raison, change, id=f"signature: {nom}") for nom, (raison, change) in SIGNATURES.items()),
    *(pytest.param(f"id_token.{raison}", {"claims": change}, id=f"claim: {nom}") for nom, (raison, change) in CLAIMS.items()),
    *(pytest.param(f"userinfo.{raison}", change, id=f"userinfo: {nom}") for nom, (raison, change) in INFOS.items()),
]


@pytest.mark.parametrize(("raison", "change"), CAS)
async def test_a_forgery_opens_nothing(scene: Scene, raison: str, change: dict[str, Any]) -> None:
    change = dict(change)
    retour = {nom: _remplir(valeur, scene) for nom, valeur in change.pop("retour", {}).items()}
    for nom, valeur in change.items():
        setattr(scene.fournisseur, nom, valeur)
    await refuser(scene, raison, **retour)


def _remplir(valeur: Any, scene: Scene) -> Any:
    places = {"{issuer}": scene.fournisseur.issuer, "{autre}": scene.autre.issuer}
    for place, issuer in places.items():
        valeur = valeur.replace(place, issuer) if isinstance(valeur, str) else valeur
    return valeur


async def test_a_state_works_once_whatever_came_of_it(scene: Scene) -> None:
    demande = await faussaire.partir(scene.navigateur, scene.fournisseur, emetteur="pro")
    essai = scene.navigateur.cookies[ESSAI]
    params = {"code": "un-code", "state": demande["state"], "iss": scene.fournisseur.issuer}
    for attendu in ("", "callback.replayed", "callback.replayed"):
        scene.navigateur.cookies.clear()
        scene.navigateur.cookies.set(ESSAI, essai)
        with capture_logs() as lignes:
            retour = await scene.navigateur.get("/orientation/connexion/retour/pro", params=params)
        if attendu:
            assert_refuse(retour, lignes, attendu)
        else:
            assert retour.status_code == 303
    scene.fournisseur.claims = {"nonce": "n" * 48}
    await refuser(scene, "id_token.nonce")


@pytest.mark.parametrize(
    "etat", ["none", "bent", "a session", "of yesterday", "of a provider that left", "of the other provider"]
)
async def test_a_callback_belongs_to_the_browser_that_left(scene: Scene, etat: str) -> None:
    demande = await faussaire.partir(scene.navigateur, scene.fournisseur, emetteur="pro")
    essai = scene.navigateur.cookies[ESSAI]
    ouvert = scene.sceau.unseal(essai, ESSAI_AUDIENCE, utc_now())
    hier = utc_now() - timedelta(days=1)
    remplace = {
        "bent": essai[:-4] + "AAAA",
        "a session": scene.sceau.seal(ouvert, "relais-session", utc_now(), ESSAI_DUREE),
        "of yesterday": scene.sceau.seal(ouvert, ESSAI_AUDIENCE, hier, ESSAI_DUREE),
        "of a provider that left": scene.sceau.seal(ouvert | {"issuer": "parti"}, ESSAI_AUDIENCE, utc_now(), ESSAI_DUREE),
        "of the other provider": scene.sceau.seal(ouvert | {"issuer": "autre"}, ESSAI_AUDIENCE, utc_now(), ESSAI_DUREE),
    }
    scene.navigateur.cookies.clear()
    if etat != "none":
        scene.navigateur.cookies.set(ESSAI, remplace[etat])
    params = {"code": "un-code", "state": demande["state"], "iss": scene.fournisseur.issuer}
    with capture_logs() as lignes:
        retour = await scene.navigateur.get("/orientation/connexion/retour/pro", params=params)
    attendus = {
        "of the other provider": ("callback.redirect", "autre"),
        "of a provider that left": ("callback.attempt", "parti"),
    }
    assert_refuse(retour, lignes, *attendus.get(etat, ("callback.attempt", "-")))
    assert not [chemin for chemin in scene.fournisseur.demandes if urlsplit(chemin).path == "/token_endpoint"]


def test_there_are_enough_of_them() -> None:
    assert len(CAS) >= 40
