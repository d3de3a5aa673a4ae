"""Who follows a referral inside the partner, and its passing on: the rules, the API and the pages."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.actor import Actor
from common.clock import new_id
from common.codes import EtatOrientation, Motif
from common.codes_echanges import EtatTransfert
from common.errors import Conflit, DonneeInvalide, Erreur, Interdit
from orientation.orientations.domain import COTES, OUVERTES, VERS, Cote
from orientation.partenaires.store import find_acteur
from orientation.transferts import domain
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, ISSUER, MACHINE, NATIONAL, Hub, ident
from tests.orientation.test_complements_http import recue
from tests.orientation.test_pages import envoyer, lisible, page
from tests.orientation.test_parcours_api import events

MOI, AUTRE = new_id(), new_id()


@pytest.mark.parametrize(
    ("etat", "actuel", "nouveau", "manager"), [*product(EtatOrientation, (None, MOI, AUTRE), (None, MOI, AUTRE), (False, True))]
)
def test_who_gives_to_whom(etat: EtatOrientation, actuel: UUID | None, nouveau: UUID | None, manager: bool) -> None:
    permis = manager or (actuel, nouveau) in ((None, MOI), (MOI, None))
    if etat in OUVERTES and actuel != nouveau and permis:
        domain.affecter(etat, actuel, nouveau, domain.Acteur(str(MOI), manager))
    else:
        with pytest.raises(Erreur) as refus:
            domain.affecter(etat, actuel, nouveau, domain.Acteur(str(MOI), manager))
        assert isinstance(refus.value, Interdit | Conflit)


@pytest.mark.parametrize("etat", EtatOrientation)
@pytest.mark.parametrize("transfert", EtatTransfert)
def test_the_first_referral_closes_by_the_table(etat: EtatOrientation, transfert: EtatTransfert) -> None:
    if transfert is EtatTransfert.propose and etat in domain.FINS:
        action = domain.fin(etat, transfert)
        assert VERS[action, etat] in (EtatOrientation.declinee, EtatOrientation.retiree)
        assert COTES[action] is not Cote.systeme
    else:
        with pytest.raises(Conflit):
            domain.fin(etat, transfert)


@pytest.mark.parametrize("motif", Motif)
def test_a_proposal_gives_a_reason_of_the_list(motif: Motif) -> None:
    if motif in domain.MOTIFS:
        domain.verifier_proposition(EtatOrientation.recue, motif, en_attente=False, au_meme=False)
    else:
        with pytest.raises(DonneeInvalide):
            domain.verifier_proposition(EtatOrientation.recue, motif, en_attente=False, au_meme=False)


async def membre(hub: Hub, sub: str) -> Actor:
    async with hub.database.transaction() as session:
        return await find_acteur(session, ISSUER if hub.origine in ISSUER else f"{hub.origine}/idp", sub)


async def confier(hub: Hub, actor: Actor, orientation_id: str, a: str | None, **plus: Any) -> Any:
    headers = hub.cookie(actor) | plus.pop("headers", {})
    path = f"/orientation/api/v1/orientations/{orientation_id}/responsable"
    return await hub.client.put(path, json={"responsable_id": a}, headers=headers)


async def test_taken_given_and_given_back(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    agent, manager, ailleurs = (
        await membre(hub, "fonds-agent"),
        await membre(hub, "fonds-manager"),
        await membre(hub, "appui-agent"),
    )
    prise = await confier(hub, agent, orientation_id, agent.id, headers={"If-Match": '"2"'})
    assert (prise.status_code, prise.json()["version"], prise.json()["etat"]) == (200, 3, "envoyee")
    assert (await confier(hub, agent, orientation_id, manager.id)).status_code == 403
    assert (await confier(hub, manager, orientation_id, ailleurs.id)).json()["champ"] == "responsable_id"
    assert (await confier(hub, manager, orientation_id, manager.id, headers={"If-Match": '"2"'})).status_code == 412
    assert (await confier(hub, manager, orientation_id, manager.id)).status_code == 200
    assert (await confier(hub, agent, orientation_id, agent.id)).json()["type"] == "urn:relais:erreur:deja-affectee"
    assert (await confier(hub, manager, orientation_id, None)).status_code == 200
    lue = (await hub.get(agent, f"/api/v1/orientations/{orientation_id}/responsable")).json()
    assert lue["responsable_id"] is None
    assert [etape["nom"] for etape in lue["histoire"]] == ["", "Manager Martin", "Agent Martin"]
    assert {m["membre_id"] for m in lue["membres"]} == {agent.id, manager.id}
    assert [fact for fact, _ in await events(hub, orientation_id)][-3:] == ["affectee"] * 3
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "decliner", motif="autre")
    assert (await confier(hub, manager, orientation_id, manager.id)).status_code == 409
    async with hub.database.transaction() as session:
        noms = "SELECT count(*) FROM outbox WHERE body LIKE '%Martin%'"
        assert (await session.execute(text(noms))).scalar_one() == 0


async def test_the_list_shows_mine_and_nobodys(hub: Hub) -> None:
    mienne = await hub.envoyee(await hub.dossier(reference="REL-2026-0007"))
    await hub.envoyee(await hub.dossier(reference="REL-2026-0008"))
    agent = await membre(hub, "fonds-agent")
    assert (await confier(hub, agent, mienne, agent.id)).status_code == 200
    for responsable, references in (
        ("", {"REL-2026-0007", "REL-2026-0008"}),
        ("moi", {"REL-2026-0007"}),
        ("personne", {"REL-2026-0008"}),
    ):
        vue = await page(hub, agent, f"/orientations?responsable={responsable}")
        assert {r for r in ("REL-2026-0007", "REL-2026-0008") if r in vue} == references
        assert "REL-2026-0007" in await page(hub, ANIMATEUR, f"/orientations?responsable={responsable}")


async def test_the_sender_does_not_see_who_follows_it(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    for actor, statut in ((None, 401), (ANIMATEUR, 403), (NATIONAL, 403), (AGENT_APPUI, 404), (ANIMATEUR_EST, 403)):
        assert (await hub.get(actor, f"/api/v1/orientations/{orientation_id}/responsable")).status_code == statut
        answer = await hub.client.put(
            f"/orientation/api/v1/orientations/{orientation_id}/responsable",
            json={"responsable_id": None},
            headers=hub.cookie(actor),
        )
        assert answer.status_code == statut


def chemin(orientation_id: str, *suite: str) -> str:
    return "/".join((f"/api/v1/orientations/{orientation_id}/transferts", *suite))


async def propose(hub: Hub, orientation_id: str, **plus: str) -> str:
    corps = {"partenaire_id": str(ident("appui")), "dispositif": "dla", "motif": "non_eligible"} | plus
    answer = await hub.post(MACHINE, chemin(orientation_id), corps)
    assert answer.status_code == 201, answer.text
    transfert_id: str = answer.json()["transfert_id"]
    return transfert_id


@pytest.mark.parametrize(
    ("jusqu_a", "etat", "motif"), [((), "declinee", "non_eligible"), (("accepter",), "retiree", "annulee")]
)
async def test_accepted_it_closes_and_the_next_one_waits_for_a_new_consent(
    hub: Hub, jusqu_a: tuple[str, ...], etat: str, motif: str
) -> None:
    orientation_id = await recue(hub)
    for action in jusqu_a:
        await hub.agir(AGENT, orientation_id, action)
    transfert_id = await propose(hub, orientation_id)
    accepte = await hub.post(ANIMATEUR, chemin(orientation_id, transfert_id, "acceptation"))
    assert accepte.status_code == 200, accepte.text
    lue = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()
    assert (lue["etat"], lue["motif"]) == (etat, motif)
    suivante_id = accepte.json()["suivante_id"]
    suivante = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{suivante_id}")).json()
    assert (suivante["etat"], suivante["predecesseur_id"]) == ("brouillon", orientation_id)
    assert (suivante["partenaire_id"], suivante["dispositif"]) == (str(ident("appui")), "dla")
    assert suivante["categories"] == lue["categories"]
    refus = await hub.agir(ANIMATEUR, suivante_id, "envoyer", 409)
    assert refus["type"] == "urn:relais:erreur:consentement-manquant"
    assert (await hub.get(AGENT_APPUI, f"/api/v1/orientations/{suivante_id}")).status_code == 404
    assert (await hub.get(AGENT, chemin(orientation_id))).json()["elements"][0]["suivante_id"] is None
    encore = await hub.post(ANIMATEUR, chemin(orientation_id, transfert_id, "acceptation"))
    assert (encore.status_code, encore.json()["type"]) == (409, "urn:relais:erreur:transfert-decide")


async def test_refused_or_taken_back_changes_nothing_else(hub: Hub) -> None:
    orientation_id = await recue(hub)
    refuse = await propose(hub, orientation_id)
    corps = {"partenaire_id": str(ident("appui")), "dispositif": "dla", "motif": "autre"}
    second = await hub.post(AGENT, chemin(orientation_id), corps)
    assert (second.status_code, second.json()["type"]) == (409, "urn:relais:erreur:transfert-en-attente")
    assert (await hub.post(ANIMATEUR, chemin(orientation_id, refuse, "refus"))).json()["etat"] == "refuse"
    retire = await propose(hub, orientation_id)
    assert (await hub.post(AGENT, chemin(orientation_id, retire, "retrait"))).json()["etat"] == "retire"
    assert (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["etat"] == "recue"
    async with hub.database.transaction() as session:
        rows = await session.execute(text("SELECT subject FROM outbox WHERE subject LIKE '%transfert%' ORDER BY seq"))
        assert [s.split(".")[3] for s in rows.scalars()] == ["propose", "refuse", "propose", "retire"]


async def test_when_the_next_one_cannot_be_prepared_nothing_closes(hub: Hub) -> None:
    orientation_id = await recue(hub)
    transfert_id = await propose(hub, orientation_id)
    async with hub.database.transaction() as session:
        await session.execute(text("UPDATE partenaires SET dispositifs = '{}' WHERE code = 'appui'"))
    refus = await hub.post(ANIMATEUR, chemin(orientation_id, transfert_id, "acceptation"))
    assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:partenaire-inadapte")
    assert (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()["etat"] == "recue"


@pytest.mark.parametrize(
    ("change", "statut", "slug"),
    [
        ({"motif": "annulee"}, 422, "donnee-invalide"),
        ({"motif": "bof"}, 422, "donnee-invalide"),
        ({"partenaire_id": str(ident("fonds")), "dispositif": "trajectoire"}, 422, "donnee-invalide"),
        ({"dispositif": "trajectoire"}, 409, "partenaire-inadapte"),
        ({"partenaire_id": str(ident("rien"))}, 404, "introuvable"),
    ],
)
async def test_proposals_that_cannot_be_made(hub: Hub, change: dict[str, str], statut: int, slug: str) -> None:
    orientation_id = await recue(hub)
    corps = {"partenaire_id": str(ident("appui")), "dispositif": "dla", "motif": "autre"} | change
    answer = await hub.post(AGENT, chemin(orientation_id), corps)
    assert (answer.status_code, answer.json()["type"]) == (statut, f"urn:relais:erreur:{slug}"), answer.text
    assert (await hub.post(AGENT, chemin(await hub.envoyee()), corps | {"motif": "autre"})).status_code in (404, 409, 422)


async def test_the_pages(hub: Hub) -> None:
    orientation_id = await recue(hub)
    agent, manager = await membre(hub, "fonds-agent"), await membre(hub, "fonds-manager")
    base = f"/orientations/{orientation_id}"
    assert "Personne ne suit encore cette orientation." in await page(hub, agent, f"{base}/suivi")
    assert (await envoyer(hub, agent, f"{base}/suivi", {"responsable_id": agent.id})).status_code == 303
    assert "Vous suivez cette orientation." in await page(hub, agent, f"{base}/suivi?fait=affecter")
    assert (await envoyer(hub, manager, f"{base}/suivi", {"responsable_id": "x"})).status_code == 422
    assert (await envoyer(hub, manager, f"{base}/suivi", {"responsable_id": manager.id})).status_code == 303
    pris = await envoyer(hub, agent, f"{base}/suivi", {"responsable_id": agent.id})
    assert (pris.status_code, "ou une autre l’a prise avant" in lisible(pris)) == (409, True)
    sans_choix = await envoyer(hub, manager, f"{base}/suivi", {"responsable_id": ""})
    assert (sans_choix.status_code, "Choisissez une personne." in lisible(sans_choix)) == (422, True)
    assert (await envoyer(hub, manager, f"{base}/suivi", {"rendre": "true"})).status_code == 303
    vide = await envoyer(hub, agent, f"{base}/transfert")
    assert (vide.status_code, "Choisissez à qui passer l’orientation." in lisible(vide)) == (422, True)
    saisie = {"choix": f"{ident('appui')}:dla", "motif": "sans_capacite"}
    assert (await envoyer(hub, agent, f"{base}/transfert", saisie)).status_code == 303
    assert (await envoyer(hub, agent, f"{base}/transfert", saisie)).status_code == 409
    assert "Le partenaire propose de passer cette orientation à un autre." in await page(hub, ANIMATEUR, base)
    transfert_id = (await hub.get(ANIMATEUR, chemin(orientation_id))).json()["elements"][0]["transfert_id"]
    assert (await envoyer(hub, ANIMATEUR, f"{base}/transfert/{transfert_id}/acceptation")).status_code == 303
    assert "Voir l’orientation qui suit" in await page(hub, ANIMATEUR, f"{base}/transfert?fait=acceptation")
    assert "Voir l’orientation qui suit" not in await page(hub, agent, f"{base}/transfert")
    assert (await envoyer(hub, ANIMATEUR, f"{base}/transfert/{transfert_id}/refus")).status_code == 409


@pytest.mark.parametrize("actor", [None, NATIONAL, MACHINE, AGENT_APPUI, ANIMATEUR_EST])
async def test_nobody_else_gets_in(hub: Hub, actor: Actor | None) -> None:
    orientation_id = await recue(hub)
    transfert_id = await propose(hub, orientation_id)
    base = f"/orientations/{orientation_id}"
    refus = (303, 401) if actor is None else (403, 404)
    for path in (f"{base}/suivi", f"{base}/transfert"):
        assert (await hub.get(actor, path, headers={"Accept": "text/html"})).status_code in refus
        assert (await envoyer(hub, actor, path, {"choix": f"{ident('appui')}:dla", "motif": "autre"})).status_code in refus
    for reponse in ("acceptation", "refus", "retrait"):
        assert (await envoyer(hub, actor, f"{base}/transfert/{transfert_id}/{reponse}")).status_code in refus
    for reponse, acteur in (("acceptation", AGENT), ("refus", AGENT), ("retrait", ANIMATEUR)):
        assert (await envoyer(hub, acteur, f"{base}/transfert/{transfert_id}/{reponse}")).status_code == 403
        assert (await hub.post(acteur, chemin(orientation_id, transfert_id, reponse))).status_code == 403
    assert (await hub.get(ANIMATEUR, chemin(orientation_id))).json()["elements"][0]["etat"] == "propose"
