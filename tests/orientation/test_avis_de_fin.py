"""Logout notices of a provider: what is one, and everything that is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from common.clock import utc_now
from common.database import Database
from common.oidc.flow import OidcClient
from common.oidc.logout import EVENT, Notice, read_notice
from common.oidc.refusals import Refused
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.faussaire import (
    AUTRE_CLE,
    CLE,
    CLE_ES,
    ETRANGERE,
    SECRET,
    Faussaire,
    Forge,
    par_secret,
    sans_signature,
    signer,
)

MAINTENANT = int(utc_now().timestamp())
# However long the tests take.
LOIN = 1_000_000
AVIS = signer(typ="logout+jwt")


@pytest.fixture(scope="module")
def fournisseur() -> Iterator[Faussaire]:
    with faussaire.servir() as etat:
        yield etat


async def lire(fournisseur: Faussaire, forge: Forge, **change: Any) -> Notice:
    """Read a notice that is good but for this."""
    claims = {"iss": fournisseur.issuer, "aud": "relais", "sub": "fonds-agent", "sid": "s1", "jti": "j1", "events": {EVENT: {}}}
    now = int(utc_now().timestamp())
    claims |= {"iat": now, "exp": now + 120} | change
    client = OidcClient(faussaire.emetteur("pro", fournisseur.issuer), "unused")
    return await read_notice(client, forge({nom: v for nom, v in claims.items() if v is not None}), utc_now())


@pytest.mark.parametrize("typ", ["logout+jwt", "application/logout+jwt", "Logout+JWT", "JWT", None])
async def test_a_notice_is_read(fournisseur: Faussaire, typ: str | None) -> None:
    """A provider that does not say the kind is believed by the event."""
    assert await lire(fournisseur, signer(typ=typ)) == Notice(fournisseur.issuer, "fonds-agent", "s1", "j1")
    assert (await lire(fournisseur, signer(typ=typ), sid=None)).sid is None
    assert (await lire(fournisseur, signer(typ=typ), sub=None)).subject is None


REFUS: dict[str, tuple[str, Forge, dict[str, Any]]] = {
    "of another issuer": ("iss", AVIS, {"iss": "https://autre.example"}),
    "of no issuer": ("iss", AVIS, {"iss": None}),
    "for another client": ("aud", AVIS, {"aud": "un-autre-client"}),
    "for nobody": ("aud", AVIS, {"aud": None}),
    "never issued": ("iat", AVIS, {"iat": None}),
    "issued long ago": ("iat", AVIS, {"iat": MAINTENANT - LOIN, "exp": MAINTENANT + LOIN}),
    "issued in the future": ("iat", AVIS, {"iat": MAINTENANT + LOIN}),
    "expired": ("expired", AVIS, {"exp": MAINTENANT - LOIN}),
    "without a name": ("jti", AVIS, {"jti": None}),
    "of an empty name": ("jti", AVIS, {"jti": ""}),
    "of a number for a name": ("jti", AVIS, {"jti": 7}),
    "without an event": ("events", AVIS, {"events": None}),
    "of another event": ("events", AVIS, {"events": {"http://schemas.openid.net/event/other": {}}}),
    "of a list of events": ("events", AVIS, {"events": [EVENT]}),
    "of an event in words": ("events", AVIS, {"events": {EVENT: "yes"}}),
    "with a nonce": ("nonce", AVIS, {"nonce": "n" * 48}),
    "about nobody": ("sub", AVIS, {"sub": None, "sid": None}),
    "about a number": ("sub", AVIS, {"sub": 7}),
    "about an empty session": ("sid", AVIS, {"sid": ""}),
    "about a number for a session": ("sid", AVIS, {"sid": 7}),
    "an access token": ("typ", signer(typ="at+jwt"), {}),
    "unsigned": ("alg", sans_signature(), {}),
    "HS256 by the public key": ("alg", par_secret(CLE.as_pem(private=False).decode()), {}),
    "HS256 by the client’s secret": ("alg", par_secret(SECRET), {}),
    "ES256 where RS256 alone is allowed": ("alg", signer(CLE_ES, "ES256", typ="logout+jwt"), {}),
    "by another key": ("signature", signer(AUTRE_CLE, typ="logout+jwt"), {}),
    "by an unknown key": ("kid", signer(ETRANGERE, typ="logout+jwt"), {}),
    "no token": ("form", lambda _: "abc", {}),
}


@pytest.mark.parametrize("nom", REFUS)
async def test_what_is_no_notice_is_refused(fournisseur: Faussaire, nom: str) -> None:
    raison, forge, change = REFUS[nom]
    with pytest.raises(Refused) as refus:
        await lire(fournisseur, forge, **change)
    assert refus.value.reason == f"logout_token.{raison}"


async def test_a_notice_ends_the_sessions_once(
    settings: OrientationSettings, orientation_db: Database, fournisseur: Faussaire
) -> None:
    settings = settings.model_copy(update={"oidc_issuers": (faussaire.emetteur("pro", fournisseur.issuer),)})
    now = int(utc_now().timestamp())
    claims = {"iss": fournisseur.issuer, "aud": "relais", "jti": "j2", "events": {EVENT: {}}, "iat": now, "exp": now + 120}
    async with faussaire.devant(settings, orientation_db, fournisseur.issuer) as navigateur:

        async def avertir(jeton: str, emetteur: str = "pro") -> int:
            adresse = f"/orientation/deconnexion/fournisseur/{emetteur}"
            answer = await navigateur.post(adresse, data={"logout_token": jeton})
            assert answer.headers["cache-control"] == "no-store"
            return answer.status_code

        demande = await faussaire.partir(navigateur, fournisseur)
        params = {"code": "un-code", "state": demande["state"], "iss": fournisseur.issuer}
        assert faussaire.session_of(await navigateur.get("/orientation/connexion/retour/pro", params=params))
        autre = AVIS(claims | {"sub": "fonds-manager", "jti": "j3"})
        assert [await avertir(jeton) for jeton in (autre, "abc", "", par_secret(SECRET)(claims))] == [200, 400, 400, 400]
        assert await avertir(AVIS(claims | {"sub": "fonds-agent"}), "personne") == 400
        assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 200
        sien = AVIS(claims | {"sub": "fonds-agent"})
        assert await avertir(sien) == 200
        assert (await navigateur.get("/orientation/api/v1/orientations")).status_code == 401
        with capture_logs() as lignes:
            assert await avertir(sien) == 400
        (ligne,) = [ligne for ligne in lignes if ligne["event"] == "deconnexion.refusee"]
        assert (ligne["raison"], ligne["fournisseur"]) == ("logout_token.replayed", "pro")
