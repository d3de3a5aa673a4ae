"""The steps of a diagnostic through the API, for tests that begin further on."""

from collections.abc import Callable
from typing import Any

from httpx2 import AsyncClient
from tests.cellule.conftest import ANIMATRICE, DIRIGEANTE, DOSSIER

DIAGNOSTICS = "/cellule/api/v1/diagnostics"
TEXTES = {
    "strategie": "Un projet tenu depuis trente ans.",
    "gestion": "Un suivi de trésorerie mensuel à installer.",
    "gouvernance": "Un bureau à renouveler.",
    "finances": "Trois mois de réserve.",
    "plan": "Rencontrer la banque, puis le DLA.",
}

Clients = Callable[[Any], AsyncClient]


async def ouvert(client: Clients) -> str:
    """The id of a diagnostic just opened."""
    reponse = await client(ANIMATRICE).post(DIAGNOSTICS, json={"dossier_id": str(DOSSIER)})
    assert reponse.status_code == 201, reponse.text
    identifiant: str = reponse.json()["diagnostic_id"]
    return identifiant


async def redige(client: Clients, identifiant: str, base: int = 0, **textes: str) -> dict[str, Any]:
    """The answer to a version saved over version `base`."""
    reponse = await client(ANIMATRICE).put(
        f"{DIAGNOSTICS}/{identifiant}", json={"sections": TEXTES | textes}, headers={"If-Match": f'"{base}"'}
    )
    assert reponse.status_code == 200, reponse.text
    corps: dict[str, Any] = reponse.json()
    return corps


async def valide(client: Clients) -> str:
    """The id of a diagnostic that both sides have validated."""
    identifiant = await ouvert(client)
    version = await redige(client, identifiant)
    for actor in (DIRIGEANTE, ANIMATRICE):
        reponse = await client(actor).post(f"{DIAGNOSTICS}/{identifiant}/validation", json={"empreinte": version["empreinte"]})
        assert reponse.status_code == 200, reponse.text
    assert reponse.json()["etat"] == "valide"
    return identifiant


async def partage(client: Clients) -> str:
    """The id of a diagnostic shared with the cell; signalement must answer."""
    identifiant = await valide(client)
    reponse = await client(ANIMATRICE).post(f"{DIAGNOSTICS}/{identifiant}/partage")
    assert reponse.status_code == 200, reponse.text
    assert reponse.json()["etat"] == "partage"
    return identifiant
