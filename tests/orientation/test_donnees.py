"""The directory as open data: what goes out is valid, what comes in is whole or nothing, and both say the same."""

import json
from typing import Any

import pytest
from data_inclusion.schema import v1
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.clock import utc_now
from common.database import Database
from orientation.charger import load
from orientation.donnees import flux, inclusion, store, tableau
from orientation.donnees.erreurs import ImportInvalide
from orientation.donnees.service import importer_inclusion, importer_tableau
from orientation.settings import OrientationSettings
from tests.emptying import empty
from tests.orientation.monde import ISSUER, MANAGER, ORIGINE, Hub, ident, organisation
from tests.orientation.test_fiches import ICI
from tests.orientation.test_offres import declarer
from tests.orientation.test_pages import envoyer

OFFRES = [{"dispositif": "dla", "capacite": 12, "periode": "annee", "delai_reponse": 3}, {"dispositif": "crib"}]
APPUI = organisation("appui", "dla", ["34", "30"], ["dla", "crib"], ["manager"]) | {"offres": OFFRES, "delai_lecture": 1}
FICHE = {
    "presentation": "=Un appui ;\n« de proximité »",
    "publics": "Petites associations",
    "conditions": "+ gratuit",
    "siret": "73282932000074",
    "adresse": "1 rue de l’Écluse",
    "code_postal": "34000",
    "commune": "Montpellier",
    "telephone": "+33467000000",
    "courriel": "accueil@appui.example",
    "site_web": "https://appui.example/",
    "horaires": "Mo-Fr 09:00-12:00",
}


async def monde(database: Database) -> None:
    fonds = organisation("fonds", "france_active", ["34"], ["trajectoire"], [])
    await declarer(database, [APPUI, fonds, organisation("cellule-sud", "cellule", ["34"], [], [])])
    colonnes = ", ".join(FICHE)
    valeurs = ", ".join(f":{nom}" for nom in FICHE)
    inserer = f"INSERT INTO fiches (partenaire_id, {colonnes}, modifiee_at, version) VALUES (:id, {valeurs}, now(), 1)"
    async with database.transaction() as session:
        await session.execute(text(inserer), FICHE | {"id": ident("appui")})


async def en_csv(database: Database) -> bytes:
    async with database.transaction() as session:
        return tableau.ecrire(await store.lot(session, None, "", 1000))


async def en_inclusion(database: Database) -> dict[str, Any]:
    async with database.transaction() as session:
        return inclusion.ecrire(await store.lot(session, None, "", 1000), ORIGINE)


async def importer(database: Database, contenu: bytes) -> int:
    async with database.transaction() as session:
        return await importer_tableau(session, contenu, ISSUER, utc_now())


async def importer_document(database: Database, document: Any) -> int:
    async with database.transaction() as session:
        return await importer_inclusion(session, json.dumps(document).encode(), ISSUER, utc_now())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_protected_cell_is_no_formula_and_comes_back(texte: str) -> None:
    assert not tableau.proteger(texte).startswith(tableau.DANGEREUX)
    assert tableau.deproteger(tableau.proteger(texte)) == texte


async def test_a_table_comes_back_the_same_in_an_empty_directory(orientation_db: Database) -> None:
    await monde(orientation_db)
    contenu = await en_csv(orientation_db)
    assert contenu.startswith(b"\xef\xbb\xbfid;code;nom")
    assert "'=Un appui" in contenu.decode()
    assert "'+33467000000" in contenu.decode()
    assert await importer(orientation_db, contenu) == 0
    await empty(orientation_db)
    assert await importer(orientation_db, contenu) == 2
    assert await en_csv(orientation_db) == contenu


async def test_a_document_is_valid_and_comes_back_the_same(orientation_db: Database) -> None:
    await monde(orientation_db)
    document = await en_inclusion(orientation_db)
    assert [s["id"] for s in document["structures"]] == [f"relais--{ident('appui')}", f"relais--{ident('fonds')}"]
    for structure in document["structures"]:
        v1.Structure.model_validate(structure, context={"ignore_warnings": False})
    for service in document["services"]:
        v1.Service.model_validate(service, context={"ignore_warnings": False})
    assert [s["id"].rsplit("--")[-1] for s in document["services"]] == ["dla", "crib", "trajectoire"]
    assert "Martin" not in json.dumps(document, ensure_ascii=False)
    assert await importer_document(orientation_db, document) == 0
    async with orientation_db.transaction() as session:
        await session.execute(text("UPDATE fiches SET presentation = '', horaires = '', conditions = '', siret = ''"))
        await session.execute(text("UPDATE partenaires SET dispositifs = '{dla}', departements = '{34}' WHERE code = 'appui'"))
    assert await importer_document(orientation_db, document) == 1
    revenu = await en_inclusion(orientation_db)
    # The order in which dispositifs stand is not the format's business.
    assert revenu["structures"] == document["structures"]
    assert sorted(revenu["services"], key=lambda s: s["id"]) == sorted(document["services"], key=lambda s: s["id"])


def ligne(**changements: str) -> dict[str, str]:
    valeurs = dict.fromkeys(tableau.COLONNES, "") | {
        "id": str(ident("neuf")),
        "code": "neuf",
        "nom": "Neuf",
        "type": "dla",
        "famille": "relais_expert",
        "departements": "34",
        "dispositifs": "dla",
        "delai_reponse": "5",
    }
    return valeurs | changements


def en_table(*lignes: dict[str, str]) -> bytes:
    rangs = [";".join(tableau.COLONNES), *(";".join(valeurs[c] for c in tableau.COLONNES) for valeurs in lignes)]
    return "\r\n".join(rangs).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("changements", "colonne", "dit"),
    [
        ({"id": "un"}, "id", ""),
        ({"nom": ""}, "nom", ""),
        ({"departements": "34 999"}, "departements", "Ce territoire n’existe pas."),
        ({"type": "banque"}, "type", "Choisissez"),
        ({"delai_reponse": "0"}, "delai_jours_ouvres", ""),
        ({"capacites": "dla=12"}, "capacites", "dla=12/annee"),
        ({"capacites": "crib=12/annee"}, "capacites", "dispositif de la ligne"),
        ({"delais_propres": "dla=x/5"}, "offres", ""),
        ({"siret": "123"}, "siret", "quatorze chiffres"),
        ({"horaires": "le matin"}, "horaires", "Mo-Fr"),
        ({"courriel": "pas une adresse"}, "courriel", "adresse complète"),
        ({"presentation": "x" * 1001}, "presentation", ""),
    ],
)
async def test_a_bad_line_is_told_with_its_line_and_column_and_nothing_is_imported(
    orientation_db: Database, changements: dict[str, str], colonne: str, dit: str
) -> None:
    bonne = ligne(id=str(ident("bon")), code="bon")
    with pytest.raises(ImportInvalide) as refus:
        await importer(orientation_db, en_table(bonne, ligne(**changements)))
    (faute,) = refus.value.fautes
    assert (faute.ligne, faute.colonne) == (3, colonne)
    assert dit in faute.remede
    assert (await en_csv(orientation_db)).count(b"\r\n") == 1


@pytest.mark.parametrize(
    ("contenu", "numero", "dit"),
    [
        ("id;code\r\nx;é".encode("latin-1"), 2, "CSV UTF-8"),
        (b"id;code;couleur\r\n", 1, "Les colonnes sont"),
        (b"", 1, "Les colonnes sont"),
        (en_table(ligne()) + b";de trop", 2, "cellules"),
        (en_table(ligne()) + b'\r\n"jamais referm', 3, "guillemet"),
        (en_table(ligne(), ligne(code="autre")), 0, "même valeur"),
    ],
)
def test_a_table_that_is_none_is_told(contenu: bytes, numero: int, dit: str) -> None:
    with pytest.raises(ImportInvalide) as refus:
        tableau.lire(contenu)
    assert refus.value.fautes[0].ligne == numero
    assert dit in str(refus.value)


async def test_a_code_that_another_organisation_has_is_refused(orientation_db: Database) -> None:
    await monde(orientation_db)
    with pytest.raises(ImportInvalide, match="autre organisation"):
        await importer(orientation_db, en_table(ligne(code="appui")))


def structure(**plus: Any) -> dict[str, Any]:
    return {"source": "relais", "id": f"relais--{ident('fonds')}", "nom": "Le fonds", "date_maj": "2026-01-01"} | plus


def service(**plus: Any) -> dict[str, Any]:
    porteur = f"relais--{ident('fonds')}"
    commun = {"source": "relais", "structure_id": porteur, "id": f"{porteur}--dla", "nom": "DLA", "date_maj": "2026-01-01"}
    return commun | {"description": "Un appui.", "zone_eligibilite": ["34"]} | plus


@pytest.mark.parametrize(
    ("document", "champ"),
    [
        ({"structures": [structure(nom="X")]}, "structures, élément 1, nom"),
        ({"structures": [structure(siret="12345678901234")]}, "structures, élément 1, siret"),
        ({"structures": [structure(id="dora--42")]}, "structures, élément 1, id"),
        ({"structures": [structure(horaires_accueil="24/7")]}, "structures, élément 1, horaires_accueil"),
        ({"structures": ["x"]}, "structures, élément 1, "),
        ({"structures": {}}, "structures"),
        ({"structures": [structure()], "services": [service(zone_eligibilite=["34172"])]}, "zone_eligibilite"),
        ({"structures": [structure()], "services": [service(structure_id="relais--x")]}, "services, élément 1, id"),
        ({"structures": [structure()], "services": [service(nom="X")]}, "services, élément 1, nom"),
        ({"structures": [structure()], "services": [service(id=f"relais--{ident('fonds')}--DLA")]}, "dispositifs"),
    ],
)
async def test_a_bad_document_is_told_and_nothing_is_imported(orientation_db: Database, document: Any, champ: str) -> None:
    await monde(orientation_db)
    avant = await en_csv(orientation_db)
    with pytest.raises(ImportInvalide) as refus:
        await importer_document(orientation_db, document)
    assert champ in refus.value.fautes[0].colonne
    assert await en_csv(orientation_db) == avant


async def test_a_document_changes_what_it_says_and_keeps_the_rest(orientation_db: Database) -> None:
    await monde(orientation_db)
    document = {"structures": [structure(description="Des prêts.")], "services": [service(zone_eligibilite=["france"])]}
    assert await importer_document(orientation_db, document) == 1
    async with orientation_db.transaction() as session:
        (fonds,) = await store.organisations(session, ids=[ident("fonds")])
    assert (fonds.partenaire.libelle, fonds.partenaire.dispositifs, fonds.partenaire.type) == (
        "Le fonds",
        ["dla"],
        "france_active",
    )
    assert len(fonds.partenaire.departements) == 101
    assert fonds.fiche
    assert fonds.fiche.presentation == "Des prêts."


async def test_broken_json_is_told_with_its_line(orientation_db: Database) -> None:
    async with orientation_db.transaction() as session:
        with pytest.raises(ImportInvalide, match="ligne 2, caractère 1"):
            await importer_inclusion(session, b'{"structures":\n]', ISSUER, utc_now())


async def test_the_command_knows_each_kind_of_file(orientation_db: Database, settings: OrientationSettings) -> None:
    await monde(orientation_db)
    contenu, document = await en_csv(orientation_db), await en_inclusion(orientation_db)
    await empty(orientation_db)
    assert await load(contenu, settings) == 2
    assert await load(json.dumps(document).encode(), settings) == 0
    assert await load(json.dumps([APPUI]).encode(), settings) == 0


async def test_everybody_may_export(hub: Hub) -> None:
    assert (
        await envoyer(hub, MANAGER, f"{ICI}/fiche", {"presentation": "Un fonds de prêts.", "version": 0})
    ).status_code == 303
    document = (await hub.get(None, "/api/v1/annuaire/data-inclusion?departement=34")).json()
    assert [s["nom"] for s in document["structures"]] == ["Organisation appui", "Organisation fonds"]
    assert document["structures"][1]["description"] == "Un fonds de prêts."
    table = await hub.get(None, "/api/v1/annuaire/csv?departement=67")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert [r.split(";")[1] for r in table.content.decode("utf-8-sig").splitlines()] == ["code", "appui"]
    assert (await hub.get(None, "/api/v1/annuaire/csv?departement=x;")).status_code == 422


async def test_a_long_directory_goes_out_whole_a_few_at_a_time(orientation_db: Database) -> None:
    await monde(orientation_db)
    await declarer(orientation_db, [organisation(f"n{n:02}", "dla", ["30"], ["dla"], []) for n in range(11)])
    entier, document = await en_csv(orientation_db), await en_inclusion(orientation_db)
    for taille in (1, 3, 13, 500):
        morceaux = [m async for m in flux.en_csv(await flux.ouvrir(orientation_db, None, taille))]
        assert b"".join(morceaux) == entier
        assert max(m.count(b"\r\n") for m in morceaux) <= taille + 1
        lots = await flux.ouvrir(orientation_db, None, taille)
        lu = json.loads(b"".join([m async for m in flux.en_inclusion(lots, ORIGINE)]))
        assert (lu["structures"], lu["services"]) == (document["structures"], document["services"])
    lots = await flux.ouvrir(orientation_db, "30", 2)
    assert [len(lot) async for lot in lots] == [2] * 6 + [0]


async def test_who_is_left_out_is_told_with_the_reason(orientation_db: Database, hub: Hub) -> None:
    await empty(orientation_db)
    vide = (await hub.get(None, "/api/v1/annuaire/data-inclusion")).json()
    assert vide == {"structures": [], "services": [], "ecartees": [], "nombre_ecartees": 0}
    await monde(orientation_db)
    await declarer(orientation_db, [organisation("bref", "dla", ["34"], ["dla"], []) | {"nom": "Ab."}])
    document = (await hub.get(None, "/api/v1/annuaire/data-inclusion")).json()
    (ecartee,) = document["ecartees"]
    assert ecartee["id"] == f"relais--{ident('bref')}"
    assert ecartee["raisons"][0].startswith("nom")
    assert document["nombre_ecartees"] == 1
    assert ecartee["id"] not in {s["id"] for s in document["structures"]} | {s["structure_id"] for s in document["services"]}
    assert "Ab." in (await hub.get(None, "/api/v1/annuaire/csv")).text
