"""What an animateur is shown beside a case: proposals in the engine's order, by exact facts when signalement gives them."""

import re
from html import unescape
from typing import Any

import pytest
from sqlmodel import select

from common.clock import new_id
from orientation.orientations.models import OrientationRow
from tests.orientation.monde import AGENT, ANIMATEUR, ANIMATEUR_EST, Hub, depose, entendre, ident

FAITS: dict[str, Any] = {
    "departement": "34",
    "etp": 12.5,
    "budget": 480_000,
    "mois_avant_rupture": None,
    "indicateurs": ["rupture_tresorerie"],
}


async def page(hub: Hub, dossier_id: object) -> str:
    reponse = await hub.client.get(
        f"/orientation/orientations/nouvelle?dossier={dossier_id}", headers=hub.cookie(ANIMATEUR) | {"Accept": "text/html"}
    )
    assert reponse.status_code == 200
    return re.sub("[\u00a0\u202f]", " ", unescape(reponse.text))


async def test_the_exact_facts_settle_what_bands_leave_open(hub: Hub) -> None:
    hub.registre.faits = FAITS
    exacte = await page(hub, await hub.dossier())
    assert "12,5 ETP" in exacte
    assert "480 000 €" in exacte
    assert "Ce sont les faits exacts" in exacte
    # The facts stand beside what follows from them, what is missing among them.
    for libelle, valeur in (
        ("Salariés en équivalent temps plein", "12,5 ETP"),
        ("Procédure collective en cours", "non renseigné"),
    ):
        assert f"<dt>{libelle}</dt><dd>{valeur}</dd>" in exacte
    noms = [nom for nom, _ in hub.registre.questions]
    assert noms == ["dossier_faits"]
    assert hub.registre.questions[0][1]["acteur"]["organisation_id"] == str(ident("cellule-sud"))


@pytest.mark.parametrize("silence", [False, True])
async def test_bands_must_do_when_signalement_refuses_or_is_silent(hub: Hub, silence: bool) -> None:
    dossier_id = await hub.dossier()
    if silence:
        await hub.registre.se_taire()
    floue = await page(hub, dossier_id)
    assert "les faits exacts n’ont pas pu être lus" in floue
    assert "au moins 200 000 € et moins de 500 000 €" in floue
    assert "12,5 ETP" not in floue


async def test_the_proposals_are_in_the_engines_order_with_their_reasons(hub: Hub) -> None:
    hub.registre.faits = FAITS | {"mois_avant_rupture": 4}
    montree = await page(hub, await hub.dossier())
    # Trajectoire admits no risk of cessation: it comes after the DLA, and is still there.
    assert montree.index(f"{ident('appui')}:dla") < montree.index(f"{ident('fonds')}:trajectoire")
    assert "Pas ouvert à cette situation" in montree
    assert "Ni en risque de cessation de paiement" in montree
    assert "Possibles aussi, sans partenaire inscrit ici : " in montree
    assert "Catalogue, version 1." in montree


async def test_before_the_case_is_qualified_it_is_read_and_nothing_is_asked_of_anybody(hub: Hub) -> None:
    hub.registre.faits = FAITS
    dossier_id = new_id()
    await entendre(hub.database, depose(dossier_id, "34", "REL-2026-0009"), 1)
    montree = await page(hub, dossier_id)
    assert "Appuis possibles" in montree
    assert "Ni en risque de cessation de paiement" in montree
    assert 'name="choix"' not in montree


async def test_nobody_else_has_the_facts_asked(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    for acteur, attendu in ((ANIMATEUR_EST, 404), (AGENT, 403)):
        adresse = f"/orientation/orientations/nouvelle?dossier={dossier_id}"
        assert (await hub.client.get(adresse, headers=hub.cookie(acteur))).status_code == attendu
    assert hub.registre.questions == []


async def test_a_referral_remembers_the_version_it_was_decided_on(hub: Hub) -> None:
    orientation_id = await hub.brouillon()
    lue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()
    assert lue["dispositif_version"] == 1
    async with hub.database.transaction() as session:
        (row,) = (await session.execute(select(OrientationRow))).scalars().all()
    assert row.dispositif_version == 1
