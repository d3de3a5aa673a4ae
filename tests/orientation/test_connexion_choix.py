"""Several providers side by side: the page to choose one, by its address's domain, and what each may send."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jwk
from joserfc.errors import JoseError

from common.clock import utc_now
from common.database import Database
from common.errors import Injoignable
from common.oidc.provider import RETRY, Provider
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.faussaire import CLE, CLE_ES, Faussaire, emetteur, partir, session_of, signer

Ouvrir = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
HTML = {"Accept": "text/html"}


@pytest.fixture
def fournisseur() -> Iterator[Faussaire]:
    with faussaire.servir() as etat:
        yield etat


@pytest.fixture
def ouvrir(settings: OrientationSettings, orientation_db: Database, fournisseur: Faussaire) -> Ouvrir:
    """A browser in front of an application with these entries, the first for the provider of this test."""

    @asynccontextmanager
    async def avec(*autres: Any, **plus: Any) -> AsyncIterator[httpx2.AsyncClient]:
        issuers = (emetteur("pro", fournisseur.issuer, **plus), *autres)
        avec_issuers = settings.model_copy(update={"oidc_issuers": issuers})
        async with faussaire.devant(avec_issuers, orientation_db, fournisseur.issuer) as navigateur:
            yield navigateur

    return avec


async def entrer(navigateur: httpx2.AsyncClient, fournisseur: Faussaire) -> httpx2.Response:
    demande = await partir(navigateur, fournisseur, emetteur="pro")
    params = {"code": "un-code", "state": demande["state"], "iss": fournisseur.issuer}
    return await navigateur.get("/orientation/connexion/retour/pro", params=params, headers=HTML)


async def test_one_page_to_choose_from(ouvrir: Ouvrir, fournisseur: Faussaire) -> None:
    autre = emetteur(
        "keycloak", "http://127.0.0.1:9/realms/relais", label="Compte de la <cellule>", email_domains=("cellule.fr",)
    )
    async with ouvrir(autre, label="ProConnect", email_domains=("beta.gouv.fr",)) as navigateur:
        page = await navigateur.get("/orientation/connexion?suite=/orientation/orientations", headers=HTML)
        assert page.status_code == 200
        assert "/orientation/connexion?emetteur=keycloak&amp;suite=%2Forientation%2Forientations" in page.text
        assert "ProConnect" in page.text
        assert "Compte de la &lt;cellule&gt;" in page.text
        inconnu = await navigateur.get("/orientation/connexion?emetteur=personne", headers=HTML)
        assert "Choisissez votre compte" in inconnu.text
        envoi = {"courriel": "Ana@Beta.gouv.fr", "suite": "/orientation/orientations"}
        vers = await navigateur.post("/orientation/connexion", data=envoi, headers=HTML)
        adresse = "/orientation/connexion?emetteur=pro&suite=%2Forientation%2Forientations"
        assert (vers.status_code, vers.headers["refresh"]) == (200, f"0;url={adresse}")
        assert "ProConnect" in vers.text
        depart = await navigateur.get(adresse)
        assert depart.headers["location"].startswith(fournisseur.issuer)
        for courriel, message in (
            ("ana@ailleurs.fr", "Aucun compte de cette liste"),
            ("ana", "Donnez une adresse"),
            ("", "Donnez une adresse"),
        ):
            refus = await navigateur.post("/orientation/connexion", data={"courriel": courriel, "suite": "/"}, headers=HTML)
            assert refus.status_code == 422
            assert message in refus.text
            assert f'value="{courriel}"' in refus.text or not courriel
        # What was typed is in no address.
        assert "Ana" not in vers.text


async def test_a_single_provider_goes_straight_on(ouvrir: Ouvrir, fournisseur: Faussaire) -> None:
    async with ouvrir() as navigateur:
        depart = await navigateur.get("/orientation/connexion")
        assert depart.headers["location"].startswith(f"{fournisseur.issuer}/authorization_endpoint?")


@pytest.mark.parametrize("algorithme", ["RS256", "ES256"])
@pytest.mark.parametrize("userinfo", ["none", "json", "jwt"])
async def test_each_way_of_saying_who_it_is(ouvrir: Ouvrir, fournisseur: Faussaire, userinfo: str, algorithme: str) -> None:
    fournisseur.type_infos = "application/json; charset=utf-8" if userinfo == "json" else "application/jwt"
    fournisseur.forge = fournisseur.forge_infos = signer(CLE) if algorithme == "RS256" else signer(CLE_ES, "ES256")
    async with ouvrir(userinfo=userinfo, algorithms=(algorithme,), token_auth="client_secret_post") as navigateur:
        assert session_of(await entrer(navigateur, fournisseur))
        assert ("/userinfo_endpoint" in fournisseur.demandes) is (userinfo != "none")


@pytest.mark.parametrize(("infos", "statut"), [({"sub": "fonds-manager"}, 401), ({"sub": None}, 401), ({}, 303)])
async def test_plain_userinfo_must_speak_of_the_same_person(
    ouvrir: Ouvrir, fournisseur: Faussaire, infos: dict[str, Any], statut: int
) -> None:
    fournisseur.type_infos, fournisseur.infos = "application/json", infos
    async with ouvrir(userinfo="json") as navigateur:
        assert (await entrer(navigateur, fournisseur)).status_code == statut


async def test_a_provider_that_promises_iss_in_its_document_must_send_it(ouvrir: Ouvrir, fournisseur: Faussaire) -> None:
    fournisseur.metadata = {"authorization_response_iss_parameter_supported": True}
    async with ouvrir(callback_iss=False) as navigateur:
        demande = await partir(navigateur, fournisseur, emetteur="pro")
        params = {"code": "un-code", "state": demande["state"]}
        assert (await navigateur.get("/orientation/connexion/retour/pro", params=params)).status_code == 401
        assert (await entrer(navigateur, fournisseur)).status_code == 303


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://autre.example"}, {"jwks_uri": "http://127.0.0.1:9/"}, {"issuer": None}]
)
async def test_a_document_of_somebody_else_leads_nowhere(
    ouvrir: Ouvrir, fournisseur: Faussaire, metadata: dict[str, Any]
) -> None:
    fournisseur.metadata = metadata
    async with ouvrir() as navigateur:
        depart = await navigateur.get("/orientation/connexion", headers=HTML)
        assert depart.status_code == 503
        assert "location" not in depart.headers


async def test_pinned_addresses_win_and_need_no_document(ouvrir: Ouvrir, fournisseur: Faussaire) -> None:
    noms = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    fournisseur.metadata = {"issuer": "https://autre.example"}
    async with ouvrir(endpoints={nom: f"{fournisseur.issuer}/{nom}" for nom in noms}) as navigateur:
        assert session_of(await entrer(navigateur, fournisseur))
        assert not [chemin for chemin in fournisseur.demandes if "openid-configuration" in chemin]


async def test_new_keys_are_looked_for_and_not_more_often_than_that(fournisseur: Faussaire) -> None:
    provider = Provider(fournisseur.issuer)
    nouvelle = jwk.RSAKey.generate_key(2048, {"kid": "nouvelle"})
    jeton, now = signer(nouvelle)({"sub": "x"}), utc_now()

    def cles() -> int:
        return fournisseur.demandes.count("/jwks_uri")

    await provider.read(signer()({"sub": "x"}), ["RS256"], now)
    for _ in range(5):
        with pytest.raises(JoseError):
            await provider.read(jeton, ["RS256"], now)
    assert cles() == 1
    fournisseur.cles = [CLE, nouvelle]
    assert (await provider.read(jeton, ["RS256"], now + RETRY)).claims == {"sub": "x"}
    assert cles() == 2
    # What is known stands while the provider is away, and it is not asked again at every request.
    fournisseur.cles = []
    for _ in range(5):
        await provider.read(jeton, ["RS256"], now + timedelta(hours=1))
    assert cles() == 3


async def test_a_provider_that_is_away_is_not_asked_again_at_once(fournisseur: Faussaire) -> None:
    fournisseur.metadata, now = {"issuer": None}, utc_now()
    provider = Provider(fournisseur.issuer)
    for _ in range(5):
        with pytest.raises(Injoignable):
            await provider.metadata(now)
    assert len(fournisseur.demandes) == 1
