"""The access tokens of partners' systems, and everything that is not one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from common.clock import utc_now
from common.database import Database
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.faussaire import AUTRE_CLE, CLE, ETRANGERE, Faussaire, Forge, par_secret, sans_signature, signer

JETON = signer(typ="at+jwt")
MAINTENANT = int(utc_now().timestamp())
# However long the tests take.
LOIN = 1_000_000


@pytest.fixture(scope="module")
def fournisseur() -> Iterator[Faussaire]:
    with faussaire.servir() as etat:
        yield etat


@pytest.fixture
async def systeme(
    settings: OrientationSettings, orientation_db: Database, fournisseur: Faussaire, request: pytest.FixtureRequest
) -> AsyncIterator[httpx2.AsyncClient]:
    """A partner's system in front of the API, with the settings that a test asks for."""
    plus = getattr(request, "param", {})
    settings = settings.model_copy(update={"oidc_issuer": fournisseur.issuer} | plus)
    async with faussaire.devant(settings, orientation_db, fournisseur.issuer) as client:
        yield client


async def demander(systeme: httpx2.AsyncClient, fournisseur: Faussaire, forge: Forge, **change: Any) -> int:
    """The status of a request with a token that is good but for this."""
    claims = {"iss": fournisseur.issuer, "aud": "relais", "sub": "si-fonds", "client_id": "si-fonds", "scope": "orientations"}
    claims |= {"iat": MAINTENANT, "exp": MAINTENANT + LOIN} | change
    jeton = forge({nom: valeur for nom, valeur in claims.items() if valeur is not None})
    answer = await systeme.get("/orientation/api/v1/orientations", headers={"Authorization": f"Bearer {jeton}"})
    return answer.status_code


CAS: dict[str, tuple[int, Forge, dict[str, Any]]] = {
    "good": (200, JETON, {}),
    "of the long name of its kind": (200, signer(typ="application/at+jwt"), {}),
    "for several audiences": (200, JETON, {"aud": ["autre", "relais"]}),
    "an id_token": (401, signer(typ="JWT"), {"nonce": "n" * 48}),
    "a plain JWT": (401, signer(typ="JWT"), {}),
    "of no kind": (401, signer(), {}),
    "a logout notice": (401, signer(typ="logout+jwt"), {}),
    "for another audience": (401, JETON, {"aud": "autre"}),
    "for nobody": (401, JETON, {"aud": None}),
    "by another issuer": (401, JETON, {"iss": "https://autre.example"}),
    "by no issuer": (401, JETON, {"iss": None}),
    "expired": (401, JETON, {"exp": MAINTENANT - LOIN}),
    "without an end": (401, JETON, {"exp": None}),
    "not yet valid": (401, JETON, {"nbf": MAINTENANT + LOIN}),
    "issued in the future": (401, JETON, {"iat": MAINTENANT + LOIN}),
    "of nobody": (401, JETON, {"sub": None}),
    "of a number": (401, JETON, {"sub": 7}),
    "of too long a name": (401, JETON, {"sub": "s" * 201}),
    "by another key": (401, signer(AUTRE_CLE, typ="at+jwt"), {}),
    "by an unknown key": (401, signer(ETRANGERE, typ="at+jwt"), {}),
    "unsigned": (401, sans_signature(), {}),
    "signed by the public key": (401, par_secret(CLE.as_pem(private=False).decode()), {}),
    "of an unknown system": (403, JETON, {"sub": "inconnu"}),
    "of a person": (403, JETON, {"sub": "fonds-agent"}),
}


@pytest.mark.parametrize("nom", CAS)
async def test_a_partners_system_comes_with_its_token(systeme: httpx2.AsyncClient, fournisseur: Faussaire, nom: str) -> None:
    attendu, forge, change = CAS[nom]
    assert await demander(systeme, fournisseur, forge, **change) == attendu


@pytest.mark.parametrize("systeme", [{"token_kind": "JWT"}], indirect=True)
async def test_an_issuer_that_does_not_say_the_kind(systeme: httpx2.AsyncClient, fournisseur: Faussaire) -> None:
    for forge, change, attendu in (
        (signer(typ="JWT"), {}, 200),
        (signer(), {"typ": "Bearer"}, 200),
        (JETON, {}, 200),
        (signer(typ="JWT"), {"nonce": "n" * 48}, 401),
        (signer(typ="JWT"), {"at_hash": "AAAA"}, 401),
        (signer(typ="JWT"), {"typ": "ID"}, 401),
        (signer(typ="logout+jwt"), {}, 401),
    ):
        assert await demander(systeme, fournisseur, forge, **change) == attendu, change


@pytest.mark.parametrize("systeme", [{"token_scope": "orientations"}], indirect=True)
async def test_a_scope_may_be_required(systeme: httpx2.AsyncClient, fournisseur: Faussaire) -> None:
    for scope, attendu in (("orientations", 200), ("autre orientations", 200), ("autre", 403), (None, 403), (7, 403)):
        assert await demander(systeme, fournisseur, JETON, scope=scope) == attendu, scope
