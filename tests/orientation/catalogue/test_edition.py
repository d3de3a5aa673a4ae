"""Editing in the portal: who may, what is kept, what is tried, what is published, and how it is undone."""

from dataclasses import replace
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import text

from common.actor import Actor, Role
from common.clock import utc_now
from orientation.dispositifs.ecriture import yaml_de
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.dispositifs.service import charger_catalogue
from tests.orientation.monde import AGENT, ANIMATEUR, AUDITEUR, DIRIGEANT, MACHINE, MANAGER, NATIONAL, Hub
from tests.orientation.test_pages import en_ligne, envoyer, lisible, page

EDITEUR = replace(ANIMATEUR, roles=frozenset({Role.animateur, Role.catalogue}))
SEUL = replace(ANIMATEUR, roles=frozenset({Role.catalogue}))
FICHIERS = catalogue_des_fichiers()
TRAJECTOIRE = yaml_de(FICHIERS.fiches["trajectoire"])
SANS_SEUIL = TRAJECTOIRE.replace("admis: {plus_de: 200000}", "admis: {plus_de: 2000000}")
# The case of these tests is at risk of a cessation: the published rule says no, this one does not.
RISQUE_VOULU = TRAJECTOIRE.replace("champ: risque_cessation, attendu: non", "champ: risque_cessation, attendu: oui")
ICI = "/catalogue/trajectoire"


@pytest.fixture(autouse=True)
async def publie(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        await charger_catalogue(session, FICHIERS, utc_now())


async def lu(hub: Hub, query: str) -> list[tuple[Any, ...]]:
    async with hub.database.transaction() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def preparer(hub: Hub, texte: str, version: int = 0) -> str:
    answer = await envoyer(hub, EDITEUR, ICI, {"texte": texte, "version": version})
    assert answer.status_code == 303, answer.text
    return en_ligne(await page(hub, EDITEUR, f"{ICI}/apercu"))


LECTURES = ("/catalogue", "/catalogue/nouveau?code=x", ICI, f"{ICI}/apercu")
ECRITURES = ("/catalogue/sources", ICI, f"{ICI}/publication", f"{ICI}/abandon", f"{ICI}/reprise")


@pytest.mark.parametrize(
    "actor", [AGENT, MANAGER, ANIMATEUR, NATIONAL, AUDITEUR, DIRIGEANT, MACHINE, SEUL], ids=lambda a: "-".join(a.roles)
)
async def test_nobody_edits_but_an_animateur_with_the_right(hub: Hub, actor: Actor) -> None:
    for chemin in LECTURES:
        assert (await hub.get(actor, chemin)).status_code == 403, chemin
    for chemin in ECRITURES:
        answer = await envoyer(hub, actor, chemin, {"texte": SANS_SEUIL, "version": 1, "cle": "x", "document": "d"})
        assert answer.status_code == 403, chemin
    assert await lu(hub, "SELECT 1 FROM dispositifs_brouillons") == []


async def test_a_stranger_is_asked_to_sign_in(hub: Hub) -> None:
    for chemin in LECTURES:
        assert (await hub.get(None, chemin)).status_code == 401
    assert (await hub.client.post(f"/orientation{ICI}", data={"texte": "x", "version": 0})).status_code == 401


async def test_what_is_wrong_is_kept_and_told_with_its_line(hub: Hub) -> None:
    faux = TRAJECTOIRE.replace("plus_de: 3}", "plus_de: trois}").replace("valeur: en_projet", "valeur: bientôt")
    answer = await envoyer(hub, EDITEUR, ICI, {"texte": faux, "version": 0})
    assert answer.status_code == 422
    mots = lisible(answer)
    ligne = faux.splitlines().index(next(x for x in faux.splitlines() if "bientôt" in x)) + 1
    assert f"Ligne {ligne} : « bientôt » n’est pas un code" in mots
    assert "2 points à corriger" in mots
    assert "plus_de: trois" in await page(hub, EDITEUR, ICI)
    assert "2 points à corriger" in lisible(await hub.client.get(f"/orientation{ICI}/apercu", headers=hub.cookie(EDITEUR)))
    publication = await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})
    assert publication.status_code == 422
    assert await lu(hub, "SELECT max(version) FROM dispositifs") == [(1,)]


async def test_the_preview_says_whose_verdict_changes_in_the_territory_only(hub: Hub) -> None:
    await hub.dossier(reference="R-7F3K-9QX8")
    await hub.dossier(reference="R-2M4T-6WZA", departement="67")
    avant = en_ligne(await page(hub, EDITEUR, f"{ICI}/apercu"))
    assert "Aucun verdict ne changerait, sur 1 dossier ouvert" in avant
    assert "Publier la version" not in avant
    mots = await preparer(hub, RISQUE_VOULU)
    assert "Risque de cessation de paiement : non" in mots
    assert "Risque de cessation de paiement : oui" in mots
    assert "1 verdict changerait" in mots
    assert "« Pas ouvert à cette situation » devient « À confirmer »" in mots
    assert "R-7F3K-9QX8" in mots
    assert "R-2M4T-6WZA" not in mots


async def test_a_publication_is_the_next_version_for_everybody_at_once_and_is_undone_by_another(hub: Hub) -> None:
    assert (await hub.get(None, "/api/v1/dispositifs/trajectoire")).json()["version"] == 1
    await preparer(hub, SANS_SEUIL)
    assert (await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})).status_code == 303
    assert (await hub.get(None, "/api/v1/dispositifs/trajectoire")).json()["version"] == 2
    cas = {"statut": "association", "departement": "34", "etp": 5, "budget": 350_000, "risque_cessation": False}
    verdict = await hub.client.post("/orientation/api/v1/eligibilite", json=cas)
    dit = next(d for d in verdict.json()["dispositifs"] if d["code"] == "trajectoire")
    assert (dit["version"], dit["verdict"]) == (2, "non")
    # The older version is read, prepared again, and published as the third.
    assert "version en vigueur, la 2" in en_ligne(await page(hub, None, "/dispositifs/trajectoire?version=1"))
    assert (await envoyer(hub, EDITEUR, f"{ICI}/reprise", {"version": 1})).status_code == 303
    assert (await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})).status_code == 303
    versions = await lu(hub, "SELECT version, origine, publie_par FROM dispositifs WHERE code = 'trajectoire' ORDER BY version")
    assert versions == [(1, "fichier", "relais"), (2, "portail", EDITEUR.id), (3, "portail", EDITEUR.id)]
    assert (await hub.get(None, "/api/v1/dispositifs/trajectoire.yaml")).text == TRAJECTOIRE
    actions = await lu(hub, f"SELECT action FROM audit_entries WHERE acteur_id = '{EDITEUR.id}' ORDER BY at")
    assert [a for (a,) in actions] == [
        "dispositif.preparer",
        "dispositif.publier",
        "dispositif.reprendre",
        "dispositif.publier",
    ]


async def test_two_who_write_at_once_do_not_overwrite_each_other(hub: Hub) -> None:
    await preparer(hub, SANS_SEUIL)
    autre = await envoyer(hub, EDITEUR, ICI, {"texte": SANS_SEUIL.replace("6 à 18", "7 à 18"), "version": 0})
    assert autre.status_code == 412
    assert "7 à 18 mois" in lisible(autre)
    assert "texte est gardé" in lisible(autre)
    assert (await lu(hub, "SELECT version FROM dispositifs_brouillons")) == [(1,)]
    assert (await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 7})).status_code == 412
    # The page that told it carries the newest version: sending it again is a choice made knowingly.
    assert 'name="version" value="1"' in autre.text


async def test_a_draft_of_an_older_version_is_not_published_over_a_newer_one(hub: Hub) -> None:
    await preparer(hub, SANS_SEUIL)
    async with hub.database.transaction() as session:
        change = {**FICHIERS.fiches, "trajectoire": FICHIERS.fiches["trajectoire"].model_copy(update={"libelle": "Autre"})}
        await charger_catalogue(session, replace(FICHIERS, fiches=change), utc_now())
    refus = await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})
    assert refus.status_code == 412
    assert "Une autre version a été publiée" in lisible(refus)


async def test_a_draft_that_changes_nothing_is_not_published_and_may_be_thrown_away(hub: Hub) -> None:
    assert "le brouillon dit la même chose" in await preparer(hub, TRAJECTOIRE + "\n")
    assert (await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})).status_code == 409
    assert (await envoyer(hub, EDITEUR, f"{ICI}/abandon")).status_code == 303
    assert (await envoyer(hub, EDITEUR, f"{ICI}/abandon")).status_code == 404
    assert (await envoyer(hub, EDITEUR, f"{ICI}/publication", {"version": 1})).status_code == 404


async def test_relations_to_other_dispositifs_are_checked(hub: Hub) -> None:
    answer = await envoyer(
        hub, EDITEUR, ICI, {"texte": TRAJECTOIRE.replace("[procedures-collectives]", "[nulle-part]"), "version": 0}
    )
    assert answer.status_code == 422
    assert "Aucun dispositif n’a le code « nulle-part »" in lisible(answer)


async def test_a_new_dispositif_with_a_new_source(hub: Hub) -> None:
    for faux in ("Fonds d'urgence", "fonds--urgence", "f" * 41):
        refuse = await hub.get(EDITEUR, f"/catalogue/nouveau?code={faux}")
        assert refuse.status_code == 422
        # What was typed is still in its field, and the message says how to write it.
        assert f'value="{escape(faux)}"' in refuse.text
        assert "Écrivez 40 caractères au plus" in lisible(refuse)
    assert "code: fonds-urgence" in await page(hub, EDITEUR, "/catalogue/fonds-urgence")
    fautive = await envoyer(hub, EDITEUR, "/catalogue/sources", {"cle": "avise", "document": "Un document"})
    assert fautive.status_code == 422
    assert "porte déjà cette clé" in lisible(fautive)
    source = {"cle": "region-2026", "document": "Région Occitanie, règlement", "date": "2026-03", "lien": ""}
    assert (await envoyer(hub, EDITEUR, "/catalogue/sources", source)).status_code == 303
    texte = (
        TRAJECTOIRE.replace("code: trajectoire", "code: fonds-urgence")
        .replace("source: avise", "source: region-2026")
        .replace("Trajectoire (France Active)", "Fonds d’urgence")
    )
    answer = await envoyer(hub, EDITEUR, "/catalogue/fonds-urgence", {"texte": texte, "version": 0})
    assert answer.status_code == 303
    assert (await envoyer(hub, EDITEUR, "/catalogue/fonds-urgence/publication", {"version": 1})).status_code == 303
    publie = (await hub.get(None, "/api/v1/dispositifs/fonds-urgence")).json()
    assert publie["faits"]["duree"]["sources"][0]["date"] == "2026-03"
    assert "Fonds d’urgence" in await page(hub, None, "/dispositifs")
