"""The lists as files: opened again, complete, bounded, harmless in a spreadsheet, recorded, and for ones own only."""

import csv
import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from common.actor import Actor
from orientation.listes import export
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    NATIONAL,
    Hub,
    ident,
)
from tests.orientation.test_listes import garnir

HTML = {"Accept": "text/html"}
FORMATS = ("csv", "xlsx")


async def lire(hub: Hub, actor: Actor, suffixe: str, filtre: str = "") -> list[dict[str, Any]]:
    """The rows of an export, opened as somebody else would."""
    answer = await hub.get(actor, f"/orientations/export.{suffixe}?{filtre}", headers=HTML)
    assert answer.status_code == 200, answer.text
    assert f'.{suffixe}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    if suffixe == "csv":
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    feuille = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert feuille is not None
    entete, *lignes = feuille.iter_rows(values_only=True)
    return [dict(zip(map(str, entete), ligne, strict=True)) for ligne in lignes]


@pytest.mark.parametrize("suffixe", FORMATS)
@pytest.mark.parametrize("filtre", ["", "etat=toutes", "fait=refus", "etat=attendues&delai=depasse", "recherche=R-A8"])
async def test_an_export_has_what_the_list_has(hub: Hub, suffixe: str, filtre: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LOT", 7)
    await garnir(hub, 120, 120)
    for actor in (AGENT, ANIMATEUR):
        lignes = await lire(hub, actor, suffixe, filtre)
        page = await hub.get(actor, f"/orientations?{filtre}", headers=HTML)
        assert lignes
        assert f"{len(lignes)}\xa0orientation" in page.text
        references = [ligne["Référence du dossier"] for ligne in lignes]
        assert len(set(references)) == len(references)
        assert all(reference in page.text for reference in references[:20])
        assert set(lignes[0]) == {nom for nom, _ in export.COLONNES}


async def test_a_workbook_has_dates_and_numbers(hub: Hub) -> None:
    await garnir(hub, 0, 60)
    ligne = (await lire(hub, AGENT, "xlsx", "fait=reponse"))[0]
    assert isinstance(ligne["Réponse le"], datetime)
    assert ligne["Temps pris (jours ouvrés)"] in range(1, 9)
    assert ligne["Département"] in ("30", "34")


@pytest.mark.parametrize("suffixe", FORMATS)
@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "\r"])
async def test_no_cell_becomes_a_formula(hub: Hub, suffixe: str, debut: str) -> None:
    await hub.envoyee()
    piege = f'{debut}cmd|" /C calc"!A0;x'
    async with hub.database.transaction() as session:
        nommer = text("UPDATE partenaires SET libelle = :libelle WHERE id = :id")
        await session.execute(nommer, {"libelle": piege, "id": ident("fonds")})
    (ligne,) = await lire(hub, ANIMATEUR, suffixe)
    if suffixe == "csv":
        assert ligne["Partenaire"] == f"'{piege}"
    else:
        assert ligne["Partenaire"].replace("_x000D_", "\r").replace("\n", "\r") == piege
    answer = await hub.get(ANIMATEUR, f"/orientations/export.{suffixe}", headers=HTML)
    if suffixe == "xlsx":
        feuille = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert feuille is not None
        assert {cellule.data_type for rang in feuille.iter_rows() for cellule in rang} <= {"s", "n", "d"}


@pytest.mark.parametrize("suffixe", FORMATS)
async def test_an_export_is_recorded_and_says_nothing_of_the_dossier(hub: Hub, suffixe: str) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "complement-demander", texte="Une question confidentielle ?")
    lignes = await lire(hub, AGENT, suffixe)
    assert "confidentielle" not in str(lignes)
    assert "Pont Rouge" not in str(lignes)
    async with hub.database.transaction() as session:
        entrees = await session.execute(
            text("SELECT acteur_id, objet_id FROM audit_entries WHERE action = 'orientations.exporter'")
        )
        assert [tuple(entree) for entree in entrees] == [(AGENT.id, str(AGENT.organisation_id))]


@pytest.mark.parametrize("suffixe", FORMATS)
async def test_an_export_is_bounded(hub: Hub, suffixe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LIGNES_MAX", 3)
    dossier_id = await hub.dossier()
    for _ in range(3):
        await hub.brouillon(dossier_id)
    assert len(await lire(hub, ANIMATEUR, suffixe)) == 3
    await hub.brouillon(dossier_id)
    refus = await hub.get(ANIMATEUR, f"/orientations/export.{suffixe}", headers=HTML)
    assert refus.status_code == 422
    assert "Précisez les filtres" in refus.text
    assert (await hub.get(ANIMATEUR, f"/orientations/export.{suffixe}?age=vieux", headers=HTML)).status_code == 422


@pytest.mark.parametrize("suffixe", FORMATS)
async def test_nobody_takes_what_is_not_theirs(hub: Hub, suffixe: str) -> None:
    await hub.envoyee()
    for actor in (None, DIRIGEANT, NATIONAL, AUDITEUR, MACHINE):
        answer = await hub.get(actor, f"/orientations/export.{suffixe}", headers=HTML)
        assert answer.status_code == (303 if actor is None else 403)
    for actor in (AGENT_APPUI, ANIMATEUR_EST):
        assert await lire(hub, actor, suffixe) == []
