"""Withdrawal of consent: what rests on it is taken back, and no sending slips through, on real PostgreSQL."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import new_id
from common.codes import Categorie, EtatOrientation, Finalite
from common.events.signalement import ConsentementExpire, ConsentementRefuse
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, Hub, donne, entendre, ident, retire
from tests.orientation.test_parcours_api import events


async def etat(hub: Hub, orientation_id: str) -> str:
    lue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()
    found: str = lue["etat"]
    return found


async def test_a_withdrawal_takes_back_what_rests_on_it(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    accord = await hub.accorder(dossier_id)
    ouverte, en_cours, close, brouillon = [await hub.brouillon(dossier_id) for _ in range(4)]
    ailleurs = await hub.envoyee(dossier_id, "appui")
    for orientation_id in (ouverte, en_cours, close):
        await hub.agir(ANIMATEUR, orientation_id, "envoyer")
    for action in ("recevoir", "accepter", "demarrer"):
        await hub.agir(AGENT, en_cours, action)
    await hub.agir(AGENT, close, "recevoir")
    await hub.agir(AGENT, close, "decliner", motif="autre")
    await entendre(hub.database, retire(accord, dossier_id), 3)
    for orientation_id in (ouverte, en_cours):
        lue = (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()
        assert (lue["etat"], lue["motif"], lue["actions"]) == ("retiree", "consentement_retire", [])
        assert (await events(hub, orientation_id))[-1][0] == "retiree"
        porte = await hub.post(AGENT, f"/api/v1/orientations/{orientation_id}/ouverture")
        assert porte.status_code == 409
    assert await etat(hub, close) == "declinee"
    assert await etat(hub, brouillon) == "brouillon"
    assert await etat(hub, ailleurs) == "envoyee"
    hub.registre.accords.clear()
    assert (await hub.agir(ANIMATEUR, brouillon, "envoyer", 409))["type"] == "urn:relais:erreur:consentement-manquant"


@pytest.mark.parametrize("fin", [ConsentementExpire, ConsentementRefuse])
async def test_other_ends_of_a_consent(hub: Hub, fin: type[ConsentementExpire] | type[ConsentementRefuse]) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    accord = hub.registre.accords[(str(dossier_id), str(ident("fonds")))]
    commun = retire(accord, dossier_id).model_dump()
    await entendre(hub.database, fin.model_validate(commun | {"finalite": Finalite.diagnostic}), 3)
    assert await etat(hub, orientation_id) == "envoyee"
    await entendre(hub.database, fin.model_validate(commun), 4)
    assert await etat(hub, orientation_id) == "retiree"


async def test_a_renewed_consent_keeps_the_referral(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    ancien = hub.registre.accords[(str(dossier_id), str(ident("fonds")))]
    partiel, entier = new_id(), new_id()
    await entendre(hub.database, donne(partiel, dossier_id, categories=(Categorie.identite,)), 2)
    await entendre(hub.database, donne(entier, dossier_id), 2)
    await entendre(hub.database, retire(ancien, dossier_id), 3)
    assert await etat(hub, orientation_id) == "envoyee"
    await entendre(hub.database, retire(entier, dossier_id), 3)
    assert await etat(hub, orientation_id) == "retiree"


async def test_old_news_of_a_consent_changes_nothing(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    accord = await hub.accorder(dossier_id, entendu=False)
    await entendre(hub.database, donne(accord, dossier_id), 4)
    orientation_id = await hub.brouillon(dossier_id)
    await hub.agir(ANIMATEUR, orientation_id, "envoyer")
    await entendre(hub.database, retire(accord, dossier_id), 3)
    assert await etat(hub, orientation_id) == "envoyee"


async def test_a_heard_withdrawal_outweighs_a_permit(hub: Hub) -> None:
    """The permit was given just before the withdrawal, whose event was quicker than our sending."""
    dossier_id = await hub.dossier()
    accord = await hub.accorder(dossier_id)
    orientation_id = await hub.brouillon(dossier_id)
    await entendre(hub.database, retire(accord, dossier_id), 3)
    assert (await hub.agir(ANIMATEUR, orientation_id, "envoyer", 409))["type"] == "urn:relais:erreur:consentement-manquant"


@pytest.mark.parametrize("entendu", [True, False])
async def test_sending_and_withdrawing_at_once(hub: Hub, entendu: bool) -> None:
    """However they meet, no referral stays open once both are through; `entendu`: the consent's own event came before."""
    rng = random.Random(7)
    sent = 0
    # How long the withdrawal may wait follows what it finds, so that the race is run on a slow machine too.
    retard = 0.1
    for _ in range(60):
        dossier_id = await hub.dossier()
        accord = await hub.accorder(dossier_id, entendu=entendu)
        ids = [await hub.brouillon(dossier_id) for _ in range(2)]

        async def envoyer(orientation_id: str) -> int:
            await asyncio.sleep(rng.random() * 0.02)
            return (await hub.post(ANIMATEUR, f"/api/v1/orientations/{orientation_id}/actions/envoyer", {})).status_code

        async def retirer(dossier_id: UUID = dossier_id, accord: UUID = accord, retard: float = retard) -> None:
            await asyncio.sleep(rng.random() * retard)
            await entendre(hub.database, retire(accord, dossier_id), 3)

        *statuts, _ = await asyncio.gather(*(envoyer(i) for i in ids), retirer())
        assert set(statuts) <= {200, 409}
        first = statuts.count(200)
        sent += first
        retard *= (1.4, 1, 0.7)[first]
        async with hub.database.transaction() as session:
            query = text("SELECT etat FROM orientations WHERE dossier_id = :id")
            etats = set((await session.execute(query, {"id": dossier_id})).scalars())
        assert etats <= {EtatOrientation.brouillon.value, EtatOrientation.retiree.value}
    assert 10 < sent < 110, f"the race was not run: {sent} of 120 were sent first"


async def test_opening_and_withdrawing_at_once(hub: Hub) -> None:
    """An opening that comes after the withdrawal was heard shows nothing, though the door had answered before."""
    dossier_id = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    accord = hub.registre.accords[(str(dossier_id), str(ident("fonds")))]
    repondre = hub.registre.repondre

    async def retirer_puis_repondre(msg: object) -> None:
        await entendre(hub.database, retire(accord, dossier_id), 3)
        await repondre(msg)  # type: ignore[arg-type]

    await hub.registre.se_taire()
    hub.registre.repondre = retirer_puis_repondre  # type: ignore[method-assign]
    await hub.registre.ouvrir()
    answer = await hub.post(AGENT, f"/api/v1/orientations/{orientation_id}/ouverture")
    assert answer.status_code == 409
    assert "Pont Rouge" not in answer.text


async def test_partners_do_not_see_each_others(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    fonds, appui = await hub.envoyee(dossier_id), await hub.envoyee(dossier_id, "appui")
    assert (await hub.get(AGENT_APPUI, f"/api/v1/orientations/{fonds}")).status_code == 404
    assert (await hub.get(AGENT_APPUI, f"/api/v1/orientations/{appui}")).status_code == 200
