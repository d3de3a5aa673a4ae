"""Several referrals of one case: side by side, one at a time where the dispositif wants it, one after the other."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import new_id, utc_now
from orientation.dispositifs import courant
from orientation.dispositifs.courant import des_fichiers
from orientation.echeances.service import balayer
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, Hub, entendre, ident, retire


@pytest.fixture
def trajectoire_exclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue says that one of the dispositifs is exclusive."""
    catalogue = des_fichiers()
    trajectoire = replace(catalogue.dispositifs["trajectoire"], exclusif=True)
    autre = replace(catalogue, dispositifs={**catalogue.dispositifs, "trajectoire": trajectoire})
    monkeypatch.setattr(courant, "des_fichiers", lambda: autre)


async def envoyer(hub: Hub, orientation_id: str) -> Any:
    return await hub.post(ANIMATEUR, f"/api/v1/orientations/{orientation_id}/actions/envoyer", {})


async def etape(hub: Hub, orientation_id: str) -> tuple[str, str]:
    found = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()["prochaine_etape"]
    assert found["avant"] or found["qui"] == "personne"
    return found["qui"], found["quoi"]


async def test_partners_position_individually(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    fonds, appui = await hub.envoyee(dossier_id), await hub.envoyee(dossier_id, "appui")
    await hub.agir(AGENT, fonds, "recevoir")
    await hub.agir(AGENT, fonds, "decliner", motif="sans_capacite")
    assert (await hub.agir(AGENT_APPUI, appui, "recevoir"))["etat"] == "recue"
    assert (await hub.agir(AGENT_APPUI, appui, "accepter"))["etat"] == "acceptee"


@pytest.mark.usefixtures("trajectoire_exclusive")
async def test_an_exclusive_dispositif_takes_one_at_a_time(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    seconde = await hub.brouillon(dossier_id)
    refus = await envoyer(hub, seconde)
    assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:dispositif-exclusif")
    assert "annulez-la" in refus.json()["detail"]
    await hub.envoyee()
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    assert (await envoyer(hub, seconde)).status_code == 200
    refuse = await hub.agir(AGENT, premiere, "rouvrir", 409, motif="erreur")
    assert refuse["type"] == "urn:relais:erreur:dispositif-exclusif"
    await hub.agir(ANIMATEUR, seconde, "annuler")
    assert (await hub.agir(AGENT, premiere, "rouvrir", motif="erreur"))["etat"] == "recue"


async def test_what_is_not_exclusive_goes_to_several(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    for _ in range(3):
        await hub.envoyee(dossier_id)


@pytest.mark.usefixtures("trajectoire_exclusive")
async def test_sent_at_once_only_one_goes(hub: Hub) -> None:
    for _ in range(8):
        dossier_id = await hub.dossier()
        await hub.accorder(dossier_id)
        ids = [await hub.brouillon(dossier_id) for _ in range(5)]
        answers = await asyncio.gather(*(envoyer(hub, orientation_id) for orientation_id in ids))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
            "urn:relais:erreur:dispositif-exclusif"
        }


async def test_the_database_itself_refuses_two(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    ids = [await hub.envoyee(dossier_id) for _ in range(2)]
    with pytest.raises(Exception, match="ux_orientations_exclusive"):
        async with hub.database.transaction() as session:
            await session.execute(text("UPDATE orientations SET exclusif = true WHERE id = ANY(:ids)"), {"ids": ids})


async def suite(hub: Hub, dossier_id: UUID, apres: str) -> str:
    """A referral to another partner, that waits."""
    return await hub.brouillon(dossier_id, "appui", apres_id=apres)


async def test_a_referral_waits_for_another_to_end_without_help(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    await hub.accorder(dossier_id, "appui")
    seconde = await suite(hub, dossier_id, premiere)
    assert await etape(hub, seconde) == ("partenaire", "patienter")
    lue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{seconde}")).json()
    assert (lue["actions"], lue["apres_id"]) == (["annuler"], premiere)
    attendue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{premiere}")).json()
    assert lue["prochaine_etape"]["avant"] == attendue["due_at"]
    refus = (await envoyer(hub, seconde)).json()
    assert (refus["status"], refus["type"]) == (409, "urn:relais:erreur:suite-en-attente")
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    assert (await hub.get(ANIMATEUR, f"/api/v1/orientations/{seconde}")).json()["etat"] == "brouillon"
    assert await etape(hub, seconde) == ("emetteur", "envoyer")
    await hub.agir(AGENT, premiere, "rouvrir", motif="place_liberee")
    assert await etape(hub, seconde) == ("partenaire", "patienter")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    assert (await envoyer(hub, seconde)).status_code == 200


async def test_a_referral_that_waits_is_not_sent_without_consent(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    accord = await hub.accorder(dossier_id, "appui")
    seconde = await suite(hub, dossier_id, premiere)
    await hub.agir(ANIMATEUR, premiere, "annuler")
    await entendre(hub.database, retire(accord, dossier_id, "appui"), 3)
    hub.registre.accords.clear()
    assert await etape(hub, seconde) == ("emetteur", "renoncer")
    assert (await envoyer(hub, seconde)).json()["type"] == "urn:relais:erreur:consentement-manquant"


async def test_help_makes_the_next_one_useless(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    seconde = await suite(hub, dossier_id, premiere)
    for action in ("recevoir", "accepter", "demarrer", "aboutir"):
        await hub.agir(AGENT, premiere, action)
    assert await etape(hub, seconde) == ("emetteur", "abandonner")
    assert (await envoyer(hub, seconde)).json()["type"] == "urn:relais:erreur:suite-en-attente"
    await hub.agir(ANIMATEUR, seconde, "annuler")


async def test_an_expiry_frees_what_waits(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    seconde = await suite(hub, dossier_id, premiere)
    for jours in (40, 80, 120):
        await balayer(hub.database, lambda jours=jours: utc_now() + timedelta(days=jours))  # type: ignore[misc]
    assert (await hub.get(ANIMATEUR, f"/api/v1/orientations/{premiere}")).json()["etat"] == "expiree"
    assert await etape(hub, seconde) == ("association", "donner_accord")


async def test_a_referral_waits_for_an_open_one_of_its_case_only(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    close = await hub.envoyee(dossier_id)
    await hub.agir(ANIMATEUR, close, "annuler")
    ailleurs = await hub.envoyee()
    for apres, status, slug in (
        (close, 409, "suite-invalide"),
        (ailleurs, 409, "suite-invalide"),
        (str(new_id()), 404, "introuvable"),
    ):
        corps = {"dossier_id": str(dossier_id), "partenaire_id": str(ident("appui")), "dispositif": "dla"}
        corps |= {"categories": ["identite"], "apres_id": apres}  # type: ignore[dict-item]
        answer = await hub.post(ANIMATEUR, "/api/v1/orientations", corps)
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:relais:erreur:{slug}")
        assert answer.json()["champ"] == "apres_id"
