"""What the tests of teams share: somebody who has just signed in at the provider, links as a mail would carry them."""

from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import text

from common.actor import Role
from common.clock import utc_now
from common.sessions import Jeton
from orientation.connexion.attentes import AUDIENCE, DUREE, Attente
from orientation.invitations.service import adresse
from tests.orientation.monde import ISSUER, ORIGINE, Hub, ident, personne
from tests.orientation.test_pages import HTML
from tests.sessions import COOKIE

EQUIPE = f"/equipes/{ident('fonds')}"
API = f"/api/v1{EQUIPE}"
ADMIN = personne(Role.administrateur, "nationale")
MANAGER_APPUI = personne(Role.manager, "appui")
MANAGER_CELLULE = personne(Role.manager, "cellule-sud", ("30", "34"))


def identifie(hub: Hub, sub: str, nom: str = "Ana de la Cruz", suite: str = "/orientation/", **plus: str) -> dict[str, str]:
    """The cookies of a browser that has just come back from the provider."""
    qui = Attente(issuer=ISSUER, sub=sub, nom=nom, suite=suite, **plus)
    return {"relais-identite": hub.app.state.sceau.seal({"qui": qui.model_dump(mode="json")}, AUDIENCE, utc_now(), DUREE)}


async def aller(hub: Hub, methode: str, path: str, cookies: dict[str, str], data: Any = None) -> httpx2.Response:
    """A request of a browser with these cookies alone; a form of a session carries its token."""
    entete = "; ".join(f"{nom}={valeur}" for nom, valeur in cookies.items())
    jeton = Jeton.read(cookies.get(COOKIE, ""))
    if methode == "POST":
        data = (data or {}) | ({"csrf": jeton.csrf} if jeton else {})
    headers = HTML | {"Cookie": entete, "Origin": ORIGINE}
    return await hub.client.request(methode, f"/orientation{path}", headers=headers, data=data, follow_redirects=False)


def poses(reponse: httpx2.Response) -> dict[str, str]:
    """The cookies that an answer sets; one that is taken away is empty."""
    noms = (entete.split(";")[0].partition("=") for entete in reponse.headers.get_list("set-cookie"))
    return {nom: valeur.strip('"') for nom, _, valeur in noms}


async def lien(hub: Hub, invitation_id: str) -> str:
    """The token that a mail sent now would carry."""
    async with hub.database.transaction() as session:
        return (await adresse(session, UUID(invitation_id), ORIGINE, utc_now())).lien.rpartition("/")[2]


async def membre_id(hub: Hub, code: str, sub: str) -> str:
    """The id of a member."""
    async with hub.database.transaction() as session:
        query = text("SELECT id FROM membres WHERE partenaire_id = :p AND sub = :sub")
        return str((await session.execute(query, {"p": ident(code), "sub": sub})).scalar_one())


async def lignes(hub: Hub, sql: str, **valeurs: Any) -> list[Any]:
    """Rows of the database."""
    async with hub.database.transaction() as session:
        return list((await session.execute(text(sql), valeurs)).all())
