"""Several referrals at once: the preview says what the single action would, each is done for itself, twice is once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.actor import Actor
from common.clock import new_id
from common.codes import EtatConsentement, EtatOrientation
from common.codes_echanges import ActionLot
from common.errors import DonneeInvalide, Erreur
from orientation.lots.domain import LOT_MAX, Candidate, Cible, verifier, verifier_choix
from orientation.orientations.domain import NEGATIVES, VERS
from tests.orientation.monde import AGENT, ANIMATEUR, ANIMATEUR_EST, DIRIGEANT, MACHINE, NATIONAL, Hub, ident
from tests.orientation.test_pages import envoyer, lisible, page
from tests.orientation.test_parcours_api import events
from tests.orientation.test_transitions import une

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
LOTS = "/api/v1/orientations/lots"
DONNE = EtatConsentement.donne


@pytest.mark.parametrize(("etat", "action"), [*product(EtatOrientation, ActionLot)])
def test_what_would_happen_follows_the_table(etat: EtatOrientation, action: ActionLot) -> None:
    candidate = Candidate(une(etat, accord=DONNE), True, None, False)
    possible = etat in NEGATIVES if action is ActionLot.reorienter else (action.value, etat) in {(a.value, e) for a, e in VERS}
    if possible:
        verifier(candidate, action, NOW)
    else:
        with pytest.raises(Erreur):
            verifier(candidate, action, NOW)


@given(st.integers(0, 72))
def test_a_partner_is_reminded_once_a_day(heures: int) -> None:
    candidate = Candidate(une(EtatOrientation.recue), True, NOW - timedelta(hours=heures), False)
    if heures >= 24:
        verifier(candidate, ActionLot.relancer, NOW)
    else:
        with pytest.raises(Erreur) as refus:
            verifier(candidate, ActionLot.relancer, NOW)
        assert refus.value.slug == "relance-recente"


@pytest.mark.parametrize("accord", EtatConsentement)
def test_only_those_with_consent_are_sent(accord: EtatConsentement) -> None:
    candidate = Candidate(une(EtatOrientation.brouillon, accord=accord), True, None, False)
    if accord is DONNE:
        verifier(candidate, ActionLot.envoyer, NOW)
    else:
        with pytest.raises(Erreur) as refus:
            verifier(candidate, ActionLot.envoyer, NOW)
        assert refus.value.slug == "consentement-manquant"


@pytest.mark.parametrize("nombre", [0, LOT_MAX + 1])
def test_a_lot_has_a_size(nombre: int) -> None:
    with pytest.raises(DonneeInvalide):
        verifier_choix([new_id() for _ in range(nombre)], ActionLot.annuler, None)


def test_a_lot_takes_each_once_and_a_partner_for_re_orienting_only() -> None:
    un, cible = new_id(), Cible(new_id(), "dla")
    for ids, action, vers in (
        ([un, un], ActionLot.annuler, None),
        ([un], ActionLot.annuler, cible),
        ([un], ActionLot.reorienter, None),
    ):
        with pytest.raises(DonneeInvalide):
            verifier_choix(ids, action, vers)


async def version(hub: Hub, orientation_id: str) -> int:
    return int((await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()["version"])


async def faire(hub: Hub, action: str, ids: list[str], *, attendu: int = 200, actor: Actor = ANIMATEUR, **plus: Any) -> Any:
    elements = [{"orientation_id": i, "version": await version(hub, i)} for i in ids]
    corps = {"lot_id": str(new_id()), "action": action, "orientations": elements} | plus
    answer = await hub.post(actor, LOTS, corps)
    assert answer.status_code == attendu, answer.text
    return answer.json()


def issues(lot: dict[str, Any]) -> dict[str, str | None]:
    """The slug of each refusal, None for what was done."""
    return {
        ligne["orientation_id"]: ligne["probleme"] and ligne["probleme"]["type"].rsplit(":", 1)[1] for ligne in lot["lignes"]
    }


async def test_the_preview_and_what_is_done_agree_and_a_refusal_undoes_no_other(hub: Hub) -> None:
    avec, sans = await hub.dossier(), await hub.dossier()
    await hub.accorder(avec)
    prete, attend, partie = await hub.brouillon(avec), await hub.brouillon(sans), await hub.envoyee()
    inconnue = str(new_id())
    ids = [prete, attend, partie, inconnue]
    apercu = (await hub.post(ANIMATEUR, f"{LOTS}/apercu", {"action": "envoyer", "orientations": ids})).json()
    prevu = {
        ligne["orientation_id"]: ligne["probleme"] and ligne["probleme"]["type"].rsplit(":", 1)[1] for ligne in apercu["lignes"]
    }
    assert prevu == {
        prete: None,
        attend: "consentement-manquant",
        partie: "transition-interdite",
        inconnue: "introuvable",
    }
    assert await events(hub, prete) == [("proposee", 1)]
    fait = await faire(hub, "envoyer", [prete, attend, partie])
    assert issues(fait) == {i: prevu[i] for i in (prete, attend, partie)}
    assert await events(hub, prete) == [("proposee", 1), ("envoyee", 2)]
    assert await events(hub, attend) == [("proposee", 1)]
    relu = (await hub.get(ANIMATEUR, f"{LOTS}/{fait['lot_id']}")).json()
    assert relu == fait


async def test_a_withdrawn_draft_leaves_no_trace_of_its_try(hub: Hub) -> None:
    """The ledger says no after the local news said yes: what was written for that one is undone, the others stand."""
    un, deux = await hub.dossier(), await hub.dossier()
    await hub.accorder(un)
    await hub.accorder(deux)
    a, b = await hub.brouillon(un), await hub.brouillon(deux)
    del hub.registre.accords[(str(un), str(ident("fonds")))]
    fait = await faire(hub, "envoyer", [a, b])
    assert issues(fait) == {a: "consentement-manquant", b: None}
    assert await events(hub, a) == [("proposee", 1)]
    async with hub.database.transaction() as session:
        query = text("SELECT count(*) FROM audit_entries WHERE objet_id = :id AND action = 'orientation.envoyer'")
        assert (await session.execute(query, {"id": a})).scalar_one() == 0


async def test_the_same_lot_twice_or_at_once_is_done_once(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    corps = {
        "lot_id": str(new_id()),
        "action": "relancer",
        "orientations": [{"orientation_id": orientation_id, "version": 2}],
    }
    answers = await asyncio.gather(*(hub.post(ANIMATEUR, LOTS, corps) for _ in range(4)))
    assert [a.status_code for a in answers] == [200] * 4
    assert len({a.text for a in answers}) == 1
    assert answers[0].json()["lignes"][0]["fait"] is True
    assert [fact for fact, _ in await events(hub, orientation_id)].count("relancee") == 1
    encore = await faire(hub, "relancer", [orientation_id])
    assert issues(encore) == {orientation_id: "relance-recente"}
    async with hub.database.transaction() as session:
        await session.execute(text("UPDATE orientations SET relancee_at = relancee_at - interval '25 hours'"))
    assert issues(await faire(hub, "relancer", [orientation_id])) == {orientation_id: None}


async def test_what_changed_since_the_preview_is_left_alone(hub: Hub) -> None:
    a, b = await hub.envoyee(), await hub.envoyee()
    corps = {
        "lot_id": str(new_id()),
        "action": "annuler",
        "orientations": [{"orientation_id": i, "version": 2} for i in (a, b)],
    }
    await hub.agir(AGENT, a, "recevoir")
    fait = (await hub.post(ANIMATEUR, LOTS, corps)).json()
    assert issues(fait) == {a: "version-perimee", b: None}


async def test_a_silent_ledger_is_asked_once(hub: Hub) -> None:
    ids = []
    for _ in range(3):
        dossier_id = await hub.dossier()
        await hub.accorder(dossier_id)
        ids.append(await hub.brouillon(dossier_id))
    await hub.registre.se_taire()
    start = asyncio.get_running_loop().time()
    fait = await faire(hub, "envoyer", ids)
    assert set(issues(fait).values()) == {"service-injoignable"}
    assert asyncio.get_running_loop().time() - start < 6


async def test_re_orienting_prepares_what_waits_for_a_new_consent(hub: Hub) -> None:
    close, ouverte = await hub.envoyee(), await hub.envoyee()
    await hub.agir(ANIMATEUR, close, "annuler")
    cible: dict[str, Any] = {"partenaire_id": str(ident("appui")), "dispositif": "dla"}
    fait = await faire(hub, "reorienter", [close, ouverte], **cible)
    assert issues(fait) == {close: None, ouverte: "transition-interdite"}
    suivante_id = next(ligne["suivante_id"] for ligne in fait["lignes"] if ligne["fait"])
    suivante = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{suivante_id}")).json()
    assert (suivante["etat"], suivante["predecesseur_id"], suivante["dispositif"]) == ("brouillon", close, "dla")
    assert issues(await faire(hub, "reorienter", [close], **cible)) == {close: "deja-reorientee"}
    assert (await faire(hub, "reorienter", [close], attendu=422))["champ"] == "choix"


@pytest.mark.parametrize(
    ("actor", "statut"), [(None, 401), (AGENT, 403), (MACHINE, 403), (NATIONAL, 403), (DIRIGEANT, 403), (ANIMATEUR_EST, 200)]
)
async def test_others_reach_nothing(hub: Hub, actor: Actor | None, statut: int) -> None:
    orientation_id = await hub.envoyee()
    lot = await faire(hub, "relancer", [orientation_id])
    corps = {"action": "annuler", "orientations": [orientation_id]}
    apercu = await hub.post(actor, f"{LOTS}/apercu", corps)
    assert apercu.status_code == statut
    elements = [{"orientation_id": orientation_id, "version": 3}]
    fait = await hub.post(actor, LOTS, {"lot_id": str(new_id()), "action": "annuler", "orientations": elements})
    assert fait.status_code == statut
    if statut == 200:
        assert issues(apercu.json()) == issues(fait.json()) == {orientation_id: "introuvable"}
    assert (await hub.get(actor, f"{LOTS}/{lot['lot_id']}")).status_code == (404 if statut == 200 else statut)
    vole = await hub.post(actor, LOTS, {"lot_id": lot["lot_id"], "action": "annuler", "orientations": elements})
    assert vole.status_code == (404 if statut == 200 else statut)
    for path in ("/orientations/lots", f"/orientations/lots/{lot['lot_id']}"):
        lu = await hub.get(actor, path, headers={"Accept": "text/html"})
        assert lu.status_code in ({200, 404} if statut == 200 else {303 if actor is None else 403})
        assert orientation_id not in lu.text
    for path in ("/orientations/lots/apercu", "/orientations/lots"):
        champs = {"action": "annuler", "orientations": orientation_id, "lot": str(new_id()), "lignes": f"{orientation_id}:3"}
        assert (await envoyer(hub, actor, path, champs)).status_code in ((200, 303) if statut == 200 else (statut,))
    assert await version(hub, orientation_id) == 3


async def test_the_pages(hub: Hub) -> None:
    a, b = await hub.envoyee(), await hub.envoyee(await hub.dossier(reference="REL-2026-0002"))
    assert "/orientation/orientations/lots" in await page(hub, ANIMATEUR, "/orientations")
    choix = await page(hub, ANIMATEUR, "/orientations/lots?groupe=ouvertes")
    assert {a, b} <= set(re.findall(r'name="orientations"[^>]*value="([^"]+)"', choix))
    vide = await envoyer(hub, ANIMATEUR, "/orientations/lots/apercu", {"groupe": "ouvertes"})
    assert (vide.status_code, "Choisissez au moins une orientation." in lisible(vide)) == (422, True)
    champs = {"groupe": "ouvertes", "orientations": [a, b], "action": "relancer"}
    await hub.agir(AGENT, b, "recevoir")
    await faire(hub, "relancer", [b])
    apercu = await envoyer(hub, ANIMATEUR, "/orientations/lots/apercu", champs)
    assert "Ce qui sera fait : 1 orientation" in lisible(apercu)
    assert "Le partenaire a été relancé il y a moins d’un jour." in lisible(apercu)
    caches = dict(re.findall(r'<input type="hidden" name="(lot|action|lignes)" value="([^"]+)"', apercu.text))
    premier = await envoyer(hub, ANIMATEUR, "/orientations/lots", caches)
    second = await envoyer(hub, ANIMATEUR, "/orientations/lots", caches)
    assert premier.status_code == second.status_code == 303
    assert premier.headers["location"] == second.headers["location"]
    resultat = await page(hub, ANIMATEUR, premier.headers["location"].removeprefix("/orientation"))
    assert "1 orientation relancée." in resultat
    assert [fact for fact, _ in await events(hub, a)].count("relancee") == 1
    faux = await envoyer(hub, ANIMATEUR, "/orientations/lots", {"lot": "x", "action": "relancer", "lignes": "y"})
    assert faux.status_code == 422
    await hub.agir(ANIMATEUR, a, "annuler")
    sans = await envoyer(hub, ANIMATEUR, "/orientations/lots/apercu", champs | {"groupe": "closes", "action": "reorienter"})
    assert (sans.status_code, "Choisissez l’appui vers lequel réorienter" in lisible(sans)) == (422, True)
