"""The diagnostic through its API: what each step answers, records and refuses."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text
from tests.cellule.conftest import AGENT, ANIMATRICE, DIRIGEANTE, DOSSIER, Signalement
from tests.cellule.parcours import DIAGNOSTICS, TEXTES, Clients, ouvert, partage, redige, valide

from common.database import Database


async def lignes(database: Database, sql: str) -> list[Any]:
    async with database.transaction() as session:
        return list((await session.execute(text(sql))).all())


async def evenements(database: Database) -> list[tuple[str, int, dict[str, Any]]]:
    """Events of the diagnostic in the outbox: fact, sequence, data."""
    corps = [json.loads(ligne.body) for ligne in await lignes(database, "SELECT body FROM outbox ORDER BY seq")]
    return [(c["type"].split(".")[-2], int(c["sequence"]), c["data"]) for c in corps if "diagnostic" in c["type"]]


async def test_the_whole_way(client: Clients, cellule_db: Database, signalement: Signalement) -> None:
    identifiant = await partage(client)
    annonces = await evenements(cellule_db)
    assert [(fait, donnees["etat"], donnees["numero"]) for fait, _, donnees in annonces] == [
        ("ouvert", "ouvert", 0),
        ("valide", "ouvert", 1),
        ("valide", "valide", 1),
        ("partage", "partage", 1),
    ]
    assert [donnees.get("par") for _, _, donnees in annonces] == [None, "dirigeant", "animateur", None]
    assert [donnees.get("acteur_id") for _, _, donnees in annonces] == [None, DIRIGEANTE.id, ANIMATRICE.id, None]
    sequences = [sequence for _, sequence, _ in annonces]
    assert sequences == sorted(set(sequences))
    question = signalement.questions[0]
    assert (question.finalite, question.categories, question.destinataire_id) == (
        "diagnostic",
        ("diagnostic",),
        ANIMATRICE.organisation_id,
    )
    journal = await lignes(cellule_db, "SELECT action, dossier_id FROM audit_entries ORDER BY at")
    assert [ligne.action for ligne in journal] == [
        "diagnostic.ouvrir",
        "diagnostic.enregistrer",
        "diagnostic.valider",
        "diagnostic.valider",
        "diagnostic.partager",
    ]
    assert {ligne.dossier_id for ligne in journal} == {DOSSIER}
    lu = (await client(DIRIGEANTE).get(f"{DIAGNOSTICS}/{identifiant}")).json()
    assert lu["sections"] == TEXTES
    assert lu["actions"] == []


async def test_anybody_can_compute_the_print_again(client: Clients) -> None:
    identifiant = await ouvert(client)
    version = await redige(client, identifiant)
    canonique = json.dumps(
        {"diagnostic_id": identifiant, "numero": 1, "sections": TEXTES},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert version["empreinte"] == hashlib.sha256(canonique.encode()).hexdigest()


async def test_editing_after_validation_reopens_and_keeps_every_version(client: Clients, cellule_db: Database) -> None:
    identifiant = await valide(client)
    version = await redige(client, identifiant, base=1, plan="Autre plan.")
    assert (version["etat"], version["numero"], version["validations"]) == ("ouvert", 2, [])
    versions = await lignes(cellule_db, "SELECT numero, sections->>'plan' AS plan FROM diagnostic_versions ORDER BY numero")
    assert [(v.numero, v.plan) for v in versions] == [(1, TEXTES["plan"]), (2, "Autre plan.")]
    validations = await lignes(cellule_db, "SELECT DISTINCT numero FROM diagnostic_validations")
    assert [v.numero for v in validations] == [1]


async def test_the_database_itself_refuses_to_rewrite_a_version(client: Clients, cellule_db: Database) -> None:
    identifiant = await valide(client)
    for table in ("diagnostic_versions", "diagnostic_validations"):
        with pytest.raises(Exception, match="only ever added to"):
            await lignes(cellule_db, f"UPDATE {table} SET empreinte = 'x' RETURNING 1")
    assert (await client(ANIMATRICE).get(f"{DIAGNOSTICS}/{identifiant}")).json()["etat"] == "valide"


async def test_a_version_written_over_an_older_one_is_refused(client: Clients) -> None:
    identifiant = await ouvert(client)
    await redige(client, identifiant)
    reponse = await client(DIRIGEANTE).put(
        f"{DIAGNOSTICS}/{identifiant}", json={"sections": {"plan": "Le mien"}}, headers={"If-Match": '"0"'}
    )
    assert (reponse.status_code, reponse.json()["numero"]) == (412, 1)


async def test_validating_needs_the_exact_print_and_happens_once_a_side(client: Clients) -> None:
    identifiant = await ouvert(client)
    adresse = f"{DIAGNOSTICS}/{identifiant}/validation"
    premiere = (await redige(client, identifiant))["empreinte"]
    seconde = (await redige(client, identifiant, base=1, plan="Mieux."))["empreinte"]
    perimee = await client(DIRIGEANTE).post(adresse, json={"empreinte": premiere})
    assert (perimee.status_code, perimee.json()["type"]) == (409, "urn:relais:erreur:empreinte-differente")
    assert (await client(DIRIGEANTE).post(adresse, json={"empreinte": seconde})).json()["validations"] == ["dirigeant"]
    encore = await client(DIRIGEANTE).post(adresse, json={"empreinte": seconde})
    assert (encore.status_code, encore.json()["type"]) == (409, "urn:relais:erreur:deja-valide")


async def test_sharing_before_both_validated_is_refused(client: Clients, signalement: Signalement) -> None:
    identifiant = await ouvert(client)
    await redige(client, identifiant)
    reponse = await client(ANIMATRICE).post(f"{DIAGNOSTICS}/{identifiant}/partage")
    assert reponse.status_code == 409
    assert (reponse.json()["etat"], reponse.json()["permis"]) == ("ouvert", ["enregistrer", "valider"])
    assert signalement.questions == []


async def test_a_case_has_one_diagnostic_in_preparation(client: Clients, signalement: Signalement) -> None:
    identifiant = await partage(client)
    second = await ouvert(client)
    assert second != identifiant
    reponse = await client(ANIMATRICE).post(DIAGNOSTICS, json={"dossier_id": str(DOSSIER)})
    assert (reponse.status_code, reponse.json()["diagnostic_id"]) == (409, second)


async def test_the_same_key_opens_once(client: Clients, cellule_db: Database) -> None:
    demande: dict[str, Any] = {"json": {"dossier_id": str(DOSSIER)}, "headers": {"Idempotency-Key": "ouverture-1"}}
    premiere, seconde = [await client(ANIMATRICE).post(DIAGNOSTICS, **demande) for _ in range(2)]
    assert (premiere.status_code, seconde.status_code) == (201, 201)
    assert premiere.json() == seconde.json()
    assert len(await evenements(cellule_db)) == 1


@pytest.mark.parametrize("corps", [{"sections": {}}, {"sections": {"plan": " \n\x00 "}}, {"sections": {"autre": "x"}}])
async def test_an_empty_or_unknown_document_is_refused(client: Clients, corps: dict[str, Any]) -> None:
    identifiant = await ouvert(client)
    reponse = await client(ANIMATRICE).put(f"{DIAGNOSTICS}/{identifiant}", json=corps, headers={"If-Match": "0"})
    assert reponse.status_code == 422


async def test_the_list_has_pages_and_no_content(client: Clients, signalement: Signalement) -> None:
    await partage(client)
    await ouvert(client)
    premiere = (await client(ANIMATRICE).get(DIAGNOSTICS, params={"dossier_id": str(DOSSIER), "limite": 1})).json()
    seconde = (await client(ANIMATRICE).get(DIAGNOSTICS, params={"limite": 1, "apres": premiere["suivant"]})).json()
    assert [page["elements"][0]["etat"] for page in (premiere, seconde)] == ["ouvert", "partage"]
    assert seconde["suivant"] is None
    assert TEXTES["plan"] not in json.dumps(premiere | seconde, ensure_ascii=False)
    assert len((await client(AGENT).get(DIAGNOSTICS)).json()["elements"]) == 1
