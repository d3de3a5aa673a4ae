"""A partner without an account, its links and codes as its mailbox would receive them."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from common.clock import utc_now
from common.codes import Famille, TypePartenaire
from orientation.fiches.models import FicheRow
from orientation.liens import service
from orientation.liens.domain import cle_de
from orientation.partenaires.models import PartenaireRow
from tests.orientation.equipe import lignes, poses
from tests.orientation.monde import ORIGINE, SIGNING_KEY, Hub, ident
from tests.orientation.test_pages import HTML
from tests.sessions import COOKIE

GREFFE = "greffe"
ADRESSE = "greffe@tribunal.example"
CLE = cle_de(SIGNING_KEY)


async def installer(hub: Hub, courriel: str = ADRESSE) -> None:
    """A tribunal's clerk is in the directory: an address, nobody who signs in."""
    now = utc_now()
    async with hub.database.transaction() as session:
        await session.merge(
            PartenaireRow(
                id=ident(GREFFE),
                code=GREFFE,
                libelle="Greffe du tribunal",
                type=TypePartenaire.tribunal.value,
                famille=next(iter(Famille)).value,
                departements=["34"],
                dispositifs=["dla"],
                delai_jours_ouvres=5,
                modifie_at=now,
            )
        )
        await session.flush()
        await session.merge(FicheRow(partenaire_id=ident(GREFFE), courriel=courriel, modifiee_at=now))


async def lien_id(hub: Hub, orientation_id: str) -> UUID:
    """The id of a referral's link."""
    (row,) = await lignes(hub, "SELECT id FROM liens WHERE orientation_id = :o", o=orientation_id)
    return UUID(str(row.id))


async def jeton(hub: Hub, orientation_id: str) -> str:
    """The token of a mail that leaves now."""
    async with hub.database.transaction() as session:
        envoi = await service.adresse_du_lien(session, await lien_id(hub, orientation_id), ORIGINE, utc_now())
    assert envoi.courriel == ADRESSE
    return envoi.lien.rpartition("/")[2]


async def code(hub: Hub, orientation_id: str) -> str:
    """The code of a mail that leaves now."""
    async with hub.database.transaction() as session:
        envoi = await service.adresse_du_code(session, await lien_id(hub, orientation_id), ORIGINE, CLE, utc_now())
    assert envoi.code is not None
    return envoi.code


async def demander(hub: Hub, secret: str, **headers: str) -> httpx2.Response:
    """Ask for a code, as the page's button does."""
    path = f"/orientation/lien/{secret}/code/demande"
    return await hub.client.post(path, headers=HTML | {"Origin": ORIGINE} | headers, data={})


async def saisir(hub: Hub, secret: str, saisi: str, **headers: str) -> httpx2.Response:
    """Type a code, as the page's form does."""
    path = f"/orientation/lien/{secret}/code"
    return await hub.client.post(path, headers=HTML | {"Origin": ORIGINE} | headers, data={"code": saisi})


async def entree(hub: Hub, orientation_id: str) -> dict[str, str]:
    """The cookie of whoever came by the link and typed the right code."""
    secret = await jeton(hub, orientation_id)
    reponse = await saisir(hub, secret, await code(hub, orientation_id))
    assert reponse.status_code == 303, reponse.text
    return {COOKIE: poses(reponse)[COOKIE]}


async def etat(hub: Hub, orientation_id: str) -> str:
    """The state of a referral."""
    (row,) = await lignes(hub, "SELECT etat FROM orientations WHERE id = :o", o=orientation_id)
    return str(row.etat)


async def actions_du_journal(hub: Hub, role: str = "lien") -> list[Any]:
    """What the log says that somebody in this role did."""
    query = "SELECT action FROM audit_entries WHERE acteur_role = :r ORDER BY at, id"
    return [row.action for row in await lignes(hub, query, r=role)]


@pytest.fixture
async def envoi(hub: Hub) -> str:
    """A referral that was sent to the clerk."""
    await installer(hub)
    return await hub.envoyee(partenaire=GREFFE)


async def ouvre(hub: Hub, secret: str) -> httpx2.Response:
    return await hub.client.get(f"/orientation/lien/{secret}", headers=HTML)


async def poser(hub: Hub, orientation_id: str, **colonnes: Any) -> None:
    """Set columns of a link."""
    quoi = ", ".join(f"{nom} = :{nom}" for nom in colonnes)
    bare = f"UPDATE liens SET {quoi} WHERE orientation_id = :o RETURNING id"
    assert await lignes(hub, bare, o=orientation_id, **colonnes)


async def evenements(hub: Hub, nom: str) -> int:
    return len(await lignes(hub, "SELECT 1 FROM outbox WHERE subject = :s", s=f"relais.orientation.lien.{nom}.v1"))
