"""The thread through the API and the pages: typed questions, all replies at once, what was typed kept."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from common.actor import Actor
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, MACHINE, NATIONAL, Hub
from tests.orientation.test_pages import envoyer, lisible, page
from tests.orientation.test_parcours_api import events

QUESTIONS: list[dict[str, Any]] = [
    {"intitule": "Quel est le solde de trésorerie ?", "type": "montant"},
    {"intitule": "Combien de salariés ?", "type": "nombre"},
    {"intitule": "Quand le bilan a-t-il été arrêté ?", "type": "date"},
    {"intitule": "Un commissaire aux comptes est-il nommé ?", "type": "oui_non"},
    {"intitule": "Quelle banque ?", "type": "choix", "choix": ["Une seule", "Plusieurs"]},
    {"intitule": "Autre chose ?", "obligatoire": False},
]
VALEURS: list[Any] = [-1250.5, 12, "2025-12-31", True, "Plusieurs"]


async def recue(hub: Hub) -> str:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    return orientation_id


async def fil(hub: Hub, orientation_id: str, actor: Actor = AGENT) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = (await hub.get(actor, f"/api/v1/orientations/{orientation_id}/complements")).json()[
        "elements"
    ]
    return elements


async def test_typed_questions_and_their_replies(hub: Hub) -> None:
    orientation_id = await recue(hub)
    path = f"/api/v1/orientations/{orientation_id}/complements"
    asked = await hub.post(MACHINE, path, {"questions": QUESTIONS}, headers={"If-Match": '"3"'})
    assert asked.status_code == 200, asked.text
    assert (asked.json()["etat"], asked.headers["etag"]) == ("complement_demande", '"4"')
    questions = await fil(hub, orientation_id, ANIMATEUR)
    assert [q["question"] for q in questions] == [q["intitule"] for q in QUESTIONS]
    ids = [q["question_id"] for q in questions]
    incomplete = {"reponses": [{"question_id": ids[0], "valeur": 3}, {"question_id": ids[1], "valeur": "beaucoup"}]}
    refused = await hub.post(ANIMATEUR, f"{path}/reponses", incomplete)
    assert refused.status_code == 422
    assert [e["champ"] for e in refused.json()["erreurs"]] == [f"reponses.{i}" for i in ids[1:5]]
    assert refused.json()["erreurs"][0]["message"] == "Saisissez un nombre, par exemple 12,5."
    given = {"reponses": [{"question_id": i, "valeur": v} for i, v in zip(ids, VALEURS, strict=False)]}
    key = {"Idempotency-Key": "reponses-une-fois"}
    first = await hub.post(ANIMATEUR, f"{path}/reponses", given, headers=key)
    again = await hub.post(ANIMATEUR, f"{path}/reponses", given, headers=key)
    assert (first.json()["etat"], again.json()) == ("recue", first.json())
    lues = await fil(hub, orientation_id)
    assert [q["reponse"] for q in lues] == ["-1250.5", "12", "2025-12-31", "oui", "Plusieurs", None]
    assert all(q["repondue_at"] for q in lues)
    assert [fact for fact, _ in await events(hub, orientation_id)][-2:] == ["complement_demande", "complement_fourni"]
    fiche = await page(hub, AGENT, f"/orientations/{orientation_id}")
    assert "-1 250,50 €" in fiche
    assert "31 décembre 2025" in fiche
    assert "Sans réponse" in fiche


async def test_follow_up_questions_keep_the_thread(hub: Hub) -> None:
    orientation_id = await recue(hub)
    for n in range(3):
        await hub.agir(AGENT, orientation_id, "complement-demander", texte=f"Question {n} ?")
        await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte=f"Réponse {n}.")
    assert [(q["question"], q["reponse"]) for q in await fil(hub, orientation_id)] == [
        (f"Question {n} ?", f"Réponse {n}.") for n in range(3)
    ]


async def test_the_short_form_reads_the_reply_by_the_kind_of_the_question(hub: Hub) -> None:
    orientation_id = await recue(hub)
    path = f"/api/v1/orientations/{orientation_id}/complements"
    await hub.post(AGENT, path, {"questions": QUESTIONS[:1]})
    wrong = await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", 422, texte="Je ne sais pas.")
    assert (wrong["champ"], wrong["detail"]) == ("texte", "Saisissez un montant en euros, par exemple 1 250,50.")
    await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte="1 250,50")
    await hub.post(AGENT, path, {"questions": QUESTIONS[:2]})
    several = await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", 422, texte="12")
    assert several["detail"] == "Plusieurs questions attendent : répondez à chacune."


@pytest.mark.parametrize(
    ("corps", "champ"),
    [
        ({"questions": []}, "questions"),
        ({"questions": [{"intitule": ""}]}, "questions.0.intitule"),
        ({"questions": [{"intitule": "x", "type": "fichier"}]}, "questions.0.type"),
        ({"questions": [{"intitule": "x", "type": "choix"}]}, "questions.0.choix"),
        ({"questions": [{"intitule": "x" * 2001}]}, "questions.0.intitule"),
        ({"questions": [{"intitule": "a\u0000b"}]}, "questions.0.intitule"),
        ({"questions": [{"intitule": "x"}] * 11}, "questions"),
    ],
)
async def test_questions_that_cannot_be_asked(hub: Hub, corps: dict[str, Any], champ: str) -> None:
    orientation_id = await recue(hub)
    answer = await hub.post(AGENT, f"/api/v1/orientations/{orientation_id}/complements", corps)
    assert (answer.status_code, answer.json()["champ"]) == (422, champ)
    assert await fil(hub, orientation_id) == []


async def test_replies_in_a_wrong_state_or_twice(hub: Hub) -> None:
    orientation_id = await recue(hub)
    path = f"/api/v1/orientations/{orientation_id}/complements"
    assert (await hub.post(ANIMATEUR, f"{path}/reponses", {"reponses": []})).status_code == 409
    await hub.post(AGENT, path, {"questions": QUESTIONS[:1]})
    question_id = (await fil(hub, orientation_id))[0]["question_id"]
    one = {"question_id": question_id, "valeur": 12}
    double = await hub.post(ANIMATEUR, f"{path}/reponses", {"reponses": [one, one]})
    assert (double.status_code, double.json()["champ"]) == (422, "reponses")
    stale = await hub.post(ANIMATEUR, f"{path}/reponses", {"reponses": [one | {"question_id": orientation_id}]})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:relais:erreur:questions-changees")
    late = await hub.post(ANIMATEUR, f"{path}/reponses", {"reponses": [one]}, headers={"If-Match": '"3"'})
    assert late.status_code == 412
    assert (await hub.post(AGENT, path, {"questions": QUESTIONS[:1]})).status_code == 409


async def test_every_reading_is_recorded(hub: Hub) -> None:
    orientation_id = await recue(hub)
    await fil(hub, orientation_id)
    await hub.agir(AGENT, orientation_id, "complement-demander", texte="Un secret-bien-garde ?")
    await fil(hub, orientation_id)
    await page(hub, ANIMATEUR, f"/orientations/{orientation_id}/complements/reponse")
    async with hub.database.transaction() as session:
        count = await session.execute(text("SELECT count(*) FROM audit_entries WHERE action = 'complement.lire'"))
        leaks = await session.execute(text("SELECT count(*) FROM outbox WHERE body LIKE '%secret-bien-garde%'"))
        assert (count.scalar_one(), leaks.scalar_one()) == (2, 0)


async def test_the_asking_page(hub: Hub) -> None:
    orientation_id = await recue(hub)
    adresse = f"/orientations/{orientation_id}/complements/demande"
    assert "Question 1" in await page(hub, AGENT, adresse)
    un = {"nombre": "1", "intitule-1": "Quel est le solde ?", "type-1": "montant", "suite": "ajouter"}
    deux = await envoyer(hub, AGENT, adresse, un)
    assert "Question 2" in lisible(deux)
    assert "Quel est le solde ?" in lisible(deux)
    faux = un | {"nombre": "3", "intitule-3": "Laquelle ?", "type-3": "choix", "choix-3": "Une seule", "suite": "envoyer"}
    refus = await envoyer(hub, AGENT, adresse, faux)
    assert refus.status_code == 422
    assert "Proposez de 2 à 10 réponses, une par ligne." in lisible(refus)
    assert re.search(r'href="#choix-3"', refus.text)
    assert "Une seule" in refus.text
    vide = await envoyer(hub, AGENT, adresse, {"nombre": "9999", "suite": "envoyer"})
    assert (vide.status_code, "Écrivez votre question" in lisible(vide)) == (422, True)
    fait = await envoyer(hub, AGENT, adresse, faux | {"choix-3": "Une seule\r\nPlusieurs\r\n", "facultative-3": "true"})
    assert fait.status_code == 303
    assert [(q["type"], q["obligatoire"], q["choix"]) for q in await fil(hub, orientation_id)] == [
        ("montant", True, []),
        ("choix", False, ["Une seule", "Plusieurs"]),
    ]
    assert (await envoyer(hub, AGENT, adresse, un | {"suite": "envoyer"})).status_code == 409


async def test_the_replying_page(hub: Hub) -> None:
    orientation_id = await recue(hub)
    await hub.post(AGENT, f"/api/v1/orientations/{orientation_id}/complements", {"questions": QUESTIONS})
    adresse = f"/orientations/{orientation_id}/complements/reponse"
    assert "Autre chose ? (facultatif)" in await page(hub, ANIMATEUR, adresse)
    noms = [f"reponse-{q['question_id']}" for q in await fil(hub, orientation_id)]
    champs = {noms[0]: "mille", noms[1]: "12", f"{noms[2]}-jour": "31", f"{noms[2]}-mois": "2", f"{noms[2]}-annee": "2025"}
    refus = await envoyer(hub, ANIMATEUR, adresse, champs)
    assert refus.status_code == 422
    assert "Saisissez un montant en euros" in lisible(refus)
    assert "Saisissez une date qui existe" in lisible(refus)
    assert f'href="#{noms[2]}-jour"' in refus.text
    assert 'value="mille"' in refus.text
    illisible = await envoyer(hub, ANIMATEUR, adresse, champs | {noms[5]: "a\x00b"})
    assert illisible.status_code == 422
    champs |= {noms[0]: "1 000", f"{noms[2]}-mois": "12", noms[3]: "non", noms[4]: "Plusieurs"}
    assert (await envoyer(hub, ANIMATEUR, adresse, champs)).status_code == 303
    assert [q["reponse"] for q in await fil(hub, orientation_id)] == ["1000", "12", "2025-12-31", "non", "Plusieurs", None]
    assert "Aucune question n’attend de réponse" in await page(hub, ANIMATEUR, adresse)
    assert (await envoyer(hub, ANIMATEUR, adresse, champs)).status_code == 409


@pytest.mark.parametrize("actor", [None, NATIONAL, MACHINE, AGENT_APPUI, ANIMATEUR_EST])
async def test_nobody_else_gets_in(hub: Hub, actor: Actor | None) -> None:
    orientation_id = await recue(hub)
    for suite in ("demande", "reponse"):
        adresse = f"/orientations/{orientation_id}/complements/{suite}"
        lu = await hub.get(actor, adresse, headers={"Accept": "text/html"})
        assert lu.status_code in ((303,) if actor is None else (403, 404))
        envoi = await envoyer(hub, actor, adresse, {"nombre": "1", "intitule-1": "Quoi ?", "suite": "envoyer"})
        assert envoi.status_code in ((401,) if actor is None else (403, 404))
    assert (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["version"] == 3
