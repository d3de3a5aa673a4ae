"""The pages: what each side reads, that what was typed comes back, that nobody else gets in."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from common.actor import Actor
from common.clock import utc_now
from orientation.echeances.service import balayer
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
    entendre,
    ident,
    retire,
)

HTML = {"Accept": "text/html"}


async def page(hub: Hub, actor: Actor | None, path: str, status: int = 200) -> str:
    answer = await hub.get(actor, path, headers=HTML)
    assert answer.status_code == status, answer.text
    return lisible(answer)


async def envoyer(hub: Hub, actor: Actor | None, path: str, champs: dict[str, Any] | None = None) -> httpx2.Response:
    headers = hub.cookie(actor) | HTML
    return await hub.client.post(f"/orientation{path}", data=champs or {}, headers=headers)


def lisible(answer: httpx2.Response) -> str:
    """The text of a page, with ordinary spaces."""
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def en_ligne(page: str) -> str:
    """The words of a page on one line, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_the_partners_way(hub: Hub) -> None:
    orientation_id = await hub.envoyee(await hub.dossier(reference="R-7F3K-9QX8"))
    adresse = f"/orientations/{orientation_id}"
    liste = await page(hub, AGENT, "/orientations")
    assert "R-7F3K-9QX8" in liste
    assert "À vous : ouvrir le dossier, dans 2 jours ouvrés" in en_ligne(liste)
    fiche = await page(hub, AGENT, adresse)
    assert "Réponse attendue dans 5 jours ouvrés" in en_ligne(fiche)
    assert "Ouvrir le dossier" in fiche
    assert "Pont Rouge" not in fiche
    ouverte = await envoyer(hub, AGENT, f"{adresse}/ouverture")
    assert ouverte.status_code == 200
    assert "Les Amis du Pont Rouge" in lisible(ouverte)
    assert "Accepter d’accompagner" in lisible(ouverte)
    for action, attendu in (
        ("accepter", "Votre accord est enregistré"),
        ("demarrer", "Le début de l’accompagnement est enregistré"),
        ("aboutir", "La fin de l’accompagnement est enregistrée"),
    ):
        faite = await envoyer(hub, AGENT, f"{adresse}/actions/{action}")
        assert (faite.status_code, faite.headers["location"]) == (303, f"/orientation{adresse}?fait={action}")
        assert attendu in await page(hub, AGENT, f"{adresse}?fait={action}")
    assert "R-7F3K-9QX8" not in await page(hub, AGENT, "/orientations")
    assert "R-7F3K-9QX8" in await page(hub, AGENT, "/orientations?etat=aboutie")


async def test_a_refusal_needs_its_reason_and_a_question_keeps_what_was_typed(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    adresse = f"/orientations/{orientation_id}/actions"
    await hub.agir(AGENT, orientation_id, "recevoir")
    sans_motif = await envoyer(hub, AGENT, f"{adresse}/decliner")
    assert sans_motif.status_code == 422
    assert "Choisissez un motif de la liste." in lisible(sans_motif)
    long = "Une phrase tapée avec soin. " * 100
    trop_long = await envoyer(hub, AGENT, f"{adresse}/complement-demander", {"texte": long})
    assert trop_long.status_code == 422
    assert long.strip() in lisible(trop_long)
    assert "Saisissez au plus 2000 caractères." in lisible(trop_long)
    illisible = await envoyer(hub, AGENT, f"{adresse}/complement-demander", {"texte": "a\x00b"})
    assert illisible.status_code == 422
    question = await envoyer(hub, AGENT, f"{adresse}/complement-demander", {"texte": "Quel est <b>le bilan</b> ?"})
    assert question.status_code == 303
    fiche = await hub.get(ANIMATEUR, f"/orientations/{orientation_id}", headers=HTML)
    assert "&lt;b&gt;le bilan&lt;/b&gt;" in fiche.text
    assert "Répondre au partenaire" in lisible(fiche)


async def test_a_stale_page_says_what_is_possible(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    answer = await envoyer(hub, AGENT, f"/orientations/{orientation_id}/actions/accepter")
    assert answer.status_code == 409
    assert "Cette action n’est pas possible dans l’état actuel." in lisible(answer)
    assert "Ouvrir le dossier" in lisible(answer)


async def test_the_animateurs_way(hub: Hub) -> None:
    dossier_id = await hub.dossier(reference="R-AAAA-0001")
    adresse = f"/orientations/nouvelle?dossier={dossier_id}"
    nouvelle = await page(hub, ANIMATEUR, adresse)
    assert "Organisation fonds" in nouvelle
    assert "Cellule" not in re.findall(r"<label.*?</label>", nouvelle, re.S)
    vide = await envoyer(hub, ANIMATEUR, adresse)
    assert vide.status_code == 422
    assert "Choisissez l’appui à proposer." in lisible(vide)
    choix = f"{ident('fonds')}:trajectoire"
    sans_categorie = await envoyer(hub, ANIMATEUR, adresse, {"choix": choix})
    assert sans_categorie.status_code == 422
    assert re.search(rf'value="{choix}"[^>]*checked', sans_categorie.text)
    saisie = {"choix": choix, "categories": ["identite", "finances"]}
    apercu = await envoyer(hub, ANIMATEUR, adresse, saisie)
    assert apercu.status_code == 200
    assert "Ce qui est demandé à l’association" in lisible(apercu)
    assert "Éléments financiers" in lisible(apercu)
    assert "Coordonnées" not in lisible(apercu)
    retour = await envoyer(hub, ANIMATEUR, adresse, saisie | {"suite": "modifier"})
    assert re.search(rf'value="{choix}"[^>]*checked', retour.text)
    assert retour.text.count(" checked") == 3
    async with hub.database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM orientations"))).scalar_one() == 0
    creee = await envoyer(hub, ANIMATEUR, adresse, saisie | {"suite": "valider"})
    assert creee.status_code == 303
    fiche = creee.headers["location"].removeprefix("/orientation")
    assert "L’association n’a pas encore répondu." in await page(hub, ANIMATEUR, fiche)
    refusee = await envoyer(hub, ANIMATEUR, f"{fiche}/actions/envoyer")
    assert refusee.status_code == 409
    assert "L’association n’a pas donné son accord" in lisible(refusee)
    accord = await hub.accorder(dossier_id)
    assert "L’association a donné son accord." in await page(hub, ANIMATEUR, fiche)
    assert (await envoyer(hub, ANIMATEUR, f"{fiche}/actions/envoyer")).status_code == 303
    assert "Le partenaire en est prévenu" in await page(hub, ANIMATEUR, f"{fiche}?fait=envoyer")
    await entendre(hub.database, retire(accord, dossier_id), 3)
    retiree = await page(hub, ANIMATEUR, fiche)
    assert "L’association a retiré son accord" in retiree
    assert f"/orientation/orientations/nouvelle?dossier={dossier_id}&predecesseur=" in retiree


async def test_late_and_stuck_come_first(hub: Hub) -> None:
    dossiers = {nom: await hub.dossier(reference=f"R-{nom}") for nom in ("CALME", "ENRETARD", "QUESTION", "PREPARE")}
    ids = {nom: await hub.envoyee(dossiers[nom]) for nom in ("CALME", "ENRETARD", "QUESTION")}
    await hub.brouillon(dossiers["PREPARE"])
    await hub.agir(AGENT, ids["QUESTION"], "recevoir")
    await hub.agir(AGENT, ids["QUESTION"], "complement-demander", texte="Combien ?")
    await reculer(hub, ids["ENRETARD"])
    liste = await page(hub, ANIMATEUR, "/orientations")
    assert re.findall(r"R-[A-Z]{5,}", liste) == ["R-ENRETARD", "R-QUESTION", "R-PREPARE", "R-CALME"]
    assert "en retard de" in liste
    assert re.findall(r"R-[A-Z]{5,}", await page(hub, AGENT, "/orientations")) == ["R-ENRETARD", "R-CALME", "R-QUESTION"]
    assert re.findall(r"R-[A-Z]{5,}", await page(hub, AGENT, "/orientations?recherche=r-cal")) == ["R-CALME"]
    assert "Aucune orientation ne correspond" in await page(hub, AGENT, "/orientations?recherche=%25")
    assert re.findall(r"R-[A-Z]{5,}", await page(hub, ANIMATEUR, "/orientations?etat=brouillon")) == ["R-PREPARE"]


async def reculer(hub: Hub, orientation_id: str) -> None:
    """Let the deadline of a referral be a week ago, and the sweep pass."""
    async with hub.database.transaction() as session:
        shift = text(
            "UPDATE orientations SET due_at = due_at - interval '20 days', relance_at = relance_at - interval '20 days', "
            "escalade_at = escalade_at - interval '20 days', prochaine_at = prochaine_at - interval '20 days' WHERE id = :id"
        )
        await session.execute(shift, {"id": orientation_id})
    for _ in range(2):
        await balayer(hub.database, lambda: utc_now() + timedelta(seconds=1))


async def test_lists_have_pages(hub: Hub) -> None:
    dossier_id = await hub.dossier(reference="R-PAGES")
    for _ in range(21):
        await hub.brouillon(dossier_id)
    premiere = await page(hub, ANIMATEUR, "/orientations")
    suite = re.search(r'href="/orientation(/orientations\?apres=[^"]+)"', premiere)
    assert suite
    seconde = await page(hub, ANIMATEUR, suite[1])
    assert (premiere.count("R-PAGES"), seconde.count("R-PAGES")) == (20, 1)
    assert "Revenir au début" in seconde


async def test_empty_lists_say_what_comes(hub: Hub) -> None:
    assert "Aucune orientation n’attend votre réponse" in await page(hub, AGENT, "/orientations")
    assert "Aucune orientation en cours sur votre territoire" in await page(hub, ANIMATEUR, "/orientations")


async def test_the_directory_page(hub: Hub) -> None:
    assert "Organisation appui" in await page(hub, None, "/annuaire?departement=34")
    assert "Organisation cellule-sud" in await page(hub, None, "/annuaire?departement=34")
    assert "Aucune organisation" in await page(hub, None, "/annuaire?departement=75")
    assert "Organisation" not in await page(hub, None, "/annuaire?departement=%00")


async def test_home_leads_each_to_its_page(hub: Hub) -> None:
    for actor, attendu in (
        (None, "/orientation/annuaire"),
        (AGENT, "/orientation/aujourd-hui"),
        (ANIMATEUR, "/orientation/aujourd-hui"),
        (NATIONAL, "/cellule/chiffres"),
        (DIRIGEANT, "/signalement/espace"),
    ):
        answer = await hub.get(actor, "/", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, attendu)


@pytest.mark.parametrize("actor", [None, DIRIGEANT, NATIONAL, AUDITEUR, MACHINE, AGENT_APPUI, ANIMATEUR_EST])
async def test_nobody_else_gets_in(hub: Hub, actor: Actor | None) -> None:
    dossier_id: UUID = await hub.dossier()
    orientation_id = await hub.envoyee(dossier_id)
    fiche = f"/orientations/{orientation_id}"
    for path in (fiche, f"/orientations/nouvelle?dossier={dossier_id}"):
        answer = await hub.get(actor, path, headers=HTML)
        assert answer.status_code in ((303,) if actor is None else (403, 404)), path
    for path in (f"{fiche}/ouverture", f"{fiche}/actions/recevoir", f"/orientations/nouvelle?dossier={dossier_id}"):
        answer = await envoyer(
            hub, actor, path, {"choix": f"{ident('fonds')}:trajectoire", "categories": "identite", "suite": "valider"}
        )
        assert answer.status_code in ((401,) if actor is None else (403, 404)), path
        assert "Pont Rouge" not in answer.text
    lue = (await hub.get(AGENT, f"/api/v1{fiche}")).json()
    assert lue["version"] == 2
