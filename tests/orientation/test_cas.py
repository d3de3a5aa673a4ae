"""The case as a whole: its derived state, and what is proposed after a referral that ended without help."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.cas import ETATS, EtatCas, etat_du_cas
from common.clock import new_id, utc_now
from common.codes import EtatDossier, EtatOrientation, IssueDossier, Motif
from common.events.signalement import SignalementClos
from orientation.cas.domain import SUITES_MAX, Essai, Porteur, Rang, suites
from orientation.echeances.service import balayer
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, Hub, entendre, ident

E = EtatOrientation
ETATS_DES_ORIENTATIONS = st.lists(st.sampled_from(E), max_size=8)
OUVERTS = st.sampled_from([EtatDossier.depose, EtatDossier.qualifie])


@given(OUVERTS, ETATS_DES_ORIENTATIONS, st.sampled_from([E.declinee, E.expiree, E.retiree, E.non_aboutie]))
def test_a_negative_end_never_outranks_active_work_nor_help(dossier: EtatDossier, orientations: list[E], fin: E) -> None:
    avant, apres = etat_du_cas(dossier, orientations), etat_du_cas(dossier, [*orientations, fin])
    assert ETATS.index(apres) >= ETATS.index(avant)
    if avant in (EtatCas.accompagne, EtatCas.en_attente, EtatCas.abouti):
        assert apres is avant
    else:
        assert apres is EtatCas.a_reorienter


@given(OUVERTS, ETATS_DES_ORIENTATIONS, st.sampled_from([E.acceptee, E.demarree]))
def test_active_work_shows_whatever_else_happened(dossier: EtatDossier, orientations: list[E], travail: E) -> None:
    assert etat_du_cas(dossier, [*orientations, travail]) is EtatCas.accompagne
    assert etat_du_cas(EtatDossier.clos, [*orientations, travail]) is EtatCas.clos


async def cas(hub: Hub, dossier_id: object) -> dict[str, Any]:
    answer = await hub.get(ANIMATEUR, f"/api/v1/dossiers/{dossier_id}/cas")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_state_follows_the_referrals(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    assert (await cas(hub, dossier_id))["etat"] == "qualifie"
    fonds, appui = await hub.envoyee(dossier_id), await hub.envoyee(dossier_id, "appui")
    assert (await cas(hub, dossier_id))["etat"] == "en_attente"
    await hub.agir(AGENT, fonds, "recevoir")
    await hub.agir(AGENT_APPUI, appui, "recevoir")
    await hub.agir(AGENT_APPUI, appui, "accepter")
    await hub.agir(AGENT, fonds, "decliner", motif="sans_capacite")
    lu = await cas(hub, dossier_id)
    assert (lu["etat"], lu["libelle"], lu["reference"]) == ("accompagne", "Accompagnement en cours", "REL-2026-0001")
    assert [o["orientation_id"] for o in lu["orientations"]] == [appui, fonds]
    assert {o["etat_du_cas"] for o in lu["orientations"]} == {"accompagne"}
    await hub.agir(AGENT_APPUI, appui, "demarrer")
    await hub.agir(AGENT_APPUI, appui, "ne-pas-aboutir", motif="autre")
    assert (await cas(hub, dossier_id))["etat"] == "a_reorienter"
    liste = (await hub.get(ANIMATEUR, "/api/v1/orientations")).json()["elements"]
    assert {o["etat_du_cas"] for o in liste} == {"a_reorienter"}
    await entendre(hub.database, SignalementClos(dossier_id=dossier_id, issue=IssueDossier.sans_suite), 9)
    assert (await cas(hub, dossier_id))["etat"] == "clos"


async def test_a_partner_learns_nothing_of_the_others(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    fonds = await hub.envoyee(dossier_id)
    await hub.envoyee(dossier_id, "appui")
    assert (await hub.get(AGENT, f"/api/v1/orientations/{fonds}")).json()["etat_du_cas"] is None
    assert {o["etat_du_cas"] for o in (await hub.get(AGENT, "/api/v1/orientations")).json()["elements"]} == {None}
    for actor, statut in ((AGENT, 403), (ANIMATEUR_EST, 404)):
        assert (await hub.get(actor, f"/api/v1/dossiers/{dossier_id}/cas")).status_code == statut
        assert (await hub.get(actor, f"/api/v1/orientations/{fonds}/suites")).status_code == statut


async def test_every_end_without_help_proposes_the_next_best_with_its_reason(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    ouverte = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{premiere}/suites")).json()
    assert (ouverte["motif"], ouverte["suites"]) == (None, [])
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    proposees = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{premiere}/suites")).json()
    assert proposees["motif_libelle"] == Motif.sans_capacite.libelle
    assert [(s["partenaire_id"], s["dispositif"]) for s in proposees["suites"]] == [(str(ident("appui")), "dla")]
    assert proposees["suites"][0]["explication"]
    seconde = await hub.envoyee(dossier_id, "appui")
    for jours in (40, 80, 120):
        await balayer(hub.database, lambda jours=jours: utc_now() + timedelta(days=jours))  # type: ignore[misc]
    async with hub.database.transaction() as session:
        etat = await session.execute(text("SELECT etat FROM orientations WHERE id = :id"), {"id": seconde})
        assert etat.scalar_one() == "expiree"
    assert (await hub.get(ANIMATEUR, f"/api/v1/orientations/{seconde}/suites")).json()["suites"] == []


async def test_the_page_leads_to_the_next_referral_already_chosen(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    html = {"Accept": "text/html"}
    page = (await hub.get(ANIMATEUR, f"/orientations/{premiere}", headers=html)).text
    lien = f"/orientations/nouvelle?dossier={dossier_id}&predecesseur={premiere}&choix={ident('appui')}:dla"
    assert f'href="/orientation{lien}"'.replace("&", "&amp;") in page.replace("&choix", "&amp;choix").replace(
        "&predecesseur", "&amp;predecesseur"
    )
    assert "Sans solution, à réorienter" in page
    composition = (await hub.get(ANIMATEUR, lien, headers=html)).text
    assert f'value="{ident("appui")}:dla" checked' in composition
    assert "pas de capacité d’accueil" in composition
    assert "Sans solution" not in (await hub.get(AGENT, f"/orientations/{premiere}", headers=html)).text


RANGS = [Rang("a", "d’abord"), Rang("b", "ensuite"), Rang("c", "enfin")]
UN, DEUX = Porteur(new_id(), "Un"), Porteur(new_id(), "Deux")
PORTEURS = {"a": [UN, DEUX], "b": [UN], "d": [DEUX]}


@pytest.mark.parametrize(
    ("essais", "attendus"),
    [
        ([], [("a", UN), ("a", DEUX), ("b", UN)]),
        ([(UN, "a", E.declinee, Motif.sans_capacite)], [("a", DEUX), ("b", UN)]),
        ([(UN, "a", E.declinee, Motif.non_eligible)], [("b", UN)]),
        ([(UN, "a", E.retiree, Motif.annulee)], [("a", UN), ("a", DEUX), ("b", UN)]),
        ([(UN, "a", E.expiree, None), (UN, "b", E.envoyee, None)], [("a", DEUX)]),
    ],
)
def test_who_is_proposed_next(essais: list[tuple[Porteur, str, E, Motif | None]], attendus: list[tuple[str, Porteur]]) -> None:
    passes = [Essai(porteur.partenaire_id, code, etat, motif) for porteur, code, etat, motif in essais]
    obtenus = suites(RANGS, PORTEURS, passes)
    assert [(s.dispositif, s.partenaire_id) for s in obtenus] == [(code, p.partenaire_id) for code, p in attendus]


def test_few_are_proposed() -> None:
    assert len(suites([Rang("a", "")], {"a": [Porteur(new_id(), str(n)) for n in range(9)]}, [])) == SUITES_MAX
