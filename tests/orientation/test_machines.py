"""The systems of an organisation: declared, seen at work, and refused at their next request once they are revoked."""

from datetime import timedelta
from typing import Any

import pytest

from common.actor import Actor
from common.clock import utc_now
from common.errors import Interdit
from common.requests import AnnuaireActeur
from orientation.machines.domain import NOTE_TOUS_LES
from orientation.machines.store import note_usage
from orientation.partenaires.handlers import annuaire_acteur
from tests.orientation.equipe import ADMIN, MANAGER_APPUI, lignes
from tests.orientation.monde import AGENT, ANIMATEUR, DIRIGEANT, ISSUER, MACHINE, MANAGER, NATIONAL, Hub
from tests.orientation.test_pages import envoyer, lisible, page

API = "/api/v1/machines"


async def demande(hub: Hub, client_id: str = "si-fonds") -> dict[str, Any]:
    """What another service asks when a token of this client comes to it."""
    question = AnnuaireActeur(issuer=ISSUER, subject_id=client_id, portees=("orientations",))
    async with hub.database.transaction() as session:
        return (await annuaire_acteur(session, question)).claims


async def test_a_revoked_client_is_refused_at_its_next_request(hub: Hub) -> None:
    assert (await demande(hub))["roles"] == ["machine"]
    (client,) = (await hub.get(MANAGER, API)).json()["elements"]
    assert (client["client_id"], client["portees"]) == ("si-fonds", ["orientations"])
    assert client["vu_at"] is not None
    vue = await page(hub, MANAGER, "/machines")
    assert "si-fonds" in vue
    assert "prochaine demande est refusée" in await page(hub, MANAGER, f"/machines/{client['machine_id']}/revocation")
    assert (await envoyer(hub, MANAGER, f"/machines/{client['machine_id']}/revocation")).status_code == 303
    with pytest.raises(Interdit):
        await demande(hub)
    assert (await hub.get(MANAGER, API)).json()["elements"] == []
    assert (
        await hub.client.delete(f"/orientation{API}/{client['machine_id']}", headers=hub.cookie(MANAGER))
    ).status_code == 404


async def test_a_use_is_written_once_a_minute(hub: Hub) -> None:
    debut = utc_now()
    (client,) = (await hub.get(MANAGER, API)).json()["elements"]
    moments = []
    for plus in (timedelta(0), timedelta(seconds=59), NOTE_TOUS_LES, NOTE_TOUS_LES + timedelta(seconds=30)):
        async with hub.database.transaction() as session:
            await note_usage(session, client["machine_id"], ("b", "a"), debut + plus)
        moments.append((await lignes(hub, "SELECT vu_at FROM clients WHERE client_id = 'si-fonds'"))[0].vu_at)
    assert moments == [debut, debut, debut + NOTE_TOUS_LES, debut + NOTE_TOUS_LES]


async def test_declaring_a_client(hub: Hub) -> None:
    corps = {"client_id": "si-nouveau"}
    entetes = {"Idempotency-Key": "un-client"}
    declare = await hub.post(MANAGER, API, corps, headers=entetes)
    assert (declare.status_code, declare.json()["issuer"]) == (201, ISSUER)
    assert (await hub.post(MANAGER, API, corps, headers=entetes)).json() == declare.json()
    assert (await demande(hub, "si-nouveau"))["org"] == str(MANAGER.organisation_id)
    for actor, pris in ((MANAGER, corps), (MANAGER_APPUI, corps), (MANAGER, {"client_id": "si-appui"})):
        refus = await hub.post(actor, API, pris)
        assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:client-deja-declare")
    ailleurs = await hub.post(MANAGER, API, {"client_id": "x", "issuer": "https://ailleurs.example"})
    assert (ailleurs.status_code, ailleurs.json()["champ"]) == (422, "issuer")
    rate = await envoyer(hub, MANAGER, "/machines", {"client_id": "avec espace"})
    assert rate.status_code == 422
    assert 'value="avec espace"' in rate.text
    assert "déjà déclaré" in lisible(await envoyer(hub, MANAGER, "/machines", corps))
    # Revoked, it may be declared again, by another organisation too; the log keeps the two apart.
    premier = declare.json()["machine_id"]
    await hub.client.delete(f"/orientation{API}/{premier}", headers=hub.cookie(MANAGER))
    second = (await hub.post(MANAGER_APPUI, API, corps)).json()["machine_id"]
    assert second != premier
    actions = await lignes(hub, "SELECT action, objet_id FROM audit_entries WHERE action LIKE 'client.%' ORDER BY id")
    assert [(a.action, a.objet_id) for a in actions] == [
        ("client.declarer", premier),
        ("client.revoquer", premier),
        ("client.declarer", second),
    ]


@pytest.mark.parametrize("qui", [None, AGENT, MANAGER_APPUI, MACHINE, ANIMATEUR, NATIONAL, DIRIGEANT, ADMIN])
async def test_nobody_else_manages_them(hub: Hub, qui: Actor | None) -> None:
    (client,) = (await hub.get(MANAGER, API)).json()["elements"]
    ici = f"{API}/{client['machine_id']}"
    assert (await hub.client.delete(f"/orientation{ici}", headers=hub.cookie(qui))).status_code in (401, 403, 404)
    pages = f"/machines/{client['machine_id']}/revocation"
    assert (await envoyer(hub, qui, pages)).status_code in (401, 403, 404)
    assert (await hub.get(qui, pages, headers={"Accept": "text/html"})).status_code in (303, 403, 404)
    if qui is not MANAGER_APPUI:
        assert (await hub.get(qui, API)).status_code in (401, 403)
        assert (await hub.post(qui, API, {"client_id": "x"})).status_code in (401, 403)
    assert len((await hub.get(MANAGER, API)).json()["elements"]) == 1
