"""The dashboard: its rules on values, its numbers against a plain count, its bounds, and who may see it."""

import re
from collections import Counter
from datetime import date
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from common.actor import Actor
from common.calendrier import jours_ouvres_between
from orientation.listes.domain import Echeance, reperes
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import visible_to
from orientation.tableaux.domain import Alerte, Bilan, GenreAlerte, alertes, quantile, temps
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
)
from tests.orientation.test_listes import connection, entendues, garnir, plan

HTML = {"Accept": "text/html"}
CHEMIN = "/api/v1/tableau"
REPONSES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(1, 9)), max_size=30)


@given(st.dictionaries(st.integers(0, 40), st.integers(0, 9)), st.sampled_from([50, 90]))
def test_a_quantile_is_the_one_of_the_sorted_list(effectifs: dict[int, int], centieme: int) -> None:
    liste = sorted(valeur for valeur, n in effectifs.items() for _ in range(n))
    rang = -(-centieme * len(liste) // 100)
    assert quantile(effectifs, centieme) == (liste[rang - 1] if liste else None)


@given(REPONSES, st.randoms())
def test_times_do_not_depend_on_order_or_grouping(reponses: list[tuple[int, int, int]], rng: Any) -> None:
    une_a_une = [(pris, jours, 1) for pris, jours, n in reponses for _ in range(n)]
    rng.shuffle(une_a_une)
    trouve = temps(reponses)
    assert trouve == temps(une_a_une)
    assert trouve.reponses == len(une_a_une)
    assert trouve.tenues == sum(pris <= jours for pris, jours, _ in une_a_une)
    assert (trouve.part_tenue == 100) == (trouve.tenues == trouve.reponses > 0)
    if une_a_une:
        assert trouve.mediane is not None
        assert trouve.neuvieme_decile is not None
        assert trouve.mediane <= trouve.neuvieme_decile


@pytest.mark.parametrize(
    ("acceptees", "declinees", "attendu"),
    [
        (35, 15, False),  # 30 % of 50: not passed.
        (34, 16, True),  # 32 % of 50.
        (33, 16, False),  # 32.7 % of 49: too few.
        (699, 300, True),  # 30.03 %.
        (700, 300, False),  # 30 %.
        (0, 50, True),
        (50, 0, False),
        (0, 0, False),
    ],
)
def test_refusals_worry_above_thirty_percent_of_fifty_answers(acceptees: int, declinees: int, attendu: bool) -> None:
    trouvees = alertes(Bilan(acceptees=acceptees, declinees=declinees))
    assert (GenreAlerte.refus in {a.genre for a in trouvees}) is attendu


@pytest.mark.parametrize(
    ("abouties", "declinees", "autres", "attendu"),
    [
        (25, 25, 50, False),  # 25 % of 100: not below.
        (24, 26, 50, True),  # 24 %.
        (12, 0, 38, True),  # 24 % of 50.
        (12, 0, 37, False),  # 24.5 % of 49: too few.
        (13, 0, 37, False),  # 26 % of 50.
        (249, 0, 750, True),  # 24.92 %.
        (250, 0, 750, False),
        (0, 50, 0, True),  # What was declined ended without result.
        (0, 0, 0, False),
    ],
)
def test_results_worry_below_a_quarter_of_fifty_ends(abouties: int, declinees: int, autres: int, attendu: bool) -> None:
    trouvees = alertes(Bilan(acceptees=1000, abouties=abouties, declinees=declinees, autres_fins=autres))
    assert [a.genre for a in trouvees] == [GenreAlerte.resultats] * attendu


@given(st.integers(1, 2000), st.data())
def test_a_shown_share_is_never_within_bounds(base: int, data: st.DataObject) -> None:
    nombre = data.draw(st.integers(0, base))
    for alerte in alertes(Bilan(acceptees=base - nombre, declinees=nombre, abouties=nombre, autres_fins=base)):
        assert alerte.part > 30 if alerte.genre is GenreAlerte.refus else alerte.part < 25
    assert Alerte(GenreAlerte.refus, 301, 1000).part == 31


async def lignes(hub: Hub, actor: Actor) -> list[OrientationRow]:
    async with hub.database.transaction() as session:
        return list((await session.execute(select(OrientationRow).where(visible_to(actor)))).scalars())


@pytest.mark.parametrize("actor", [AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST])
async def test_the_numbers_are_those_of_a_plain_count(hub: Hub, actor: Actor) -> None:
    now = await garnir(hub, 300, 500)
    t = (await hub.get(actor, CHEMIN)).json()
    rows = await lignes(hub, actor)
    ouvertes = Counter(r.etat for r in rows if r.etat in ("brouillon", "envoyee", "recue", "complement_demande"))
    en_cours = {c["etat"]: c["n"] for c in t["en_cours"]}
    assert {etat: en_cours.get(etat, 0) for etat in ouvertes} == ouvertes
    attendues = [r for r in rows if r.etat in ("envoyee", "recue")]
    ages = Counter((reperes(now, r.departement).age(r.envoyee_at), r.due_at < now) for r in attendues)  # type: ignore[arg-type,operator]
    assert {(a["age"], tard): a["depasse" if tard else "dans_le_delai"] for a in t["attente"] for tard in (True, False)} == {
        (a["age"], tard): ages[a["age"], tard] for a in t["attente"] for tard in (True, False)
    }
    termes = Counter((r.etat, reperes(now, r.departement).echeance(r.due_at)) for r in attendues)  # type: ignore[arg-type]
    for ligne in t["echeances"]:
        if ligne["etat"] in ("envoyee", "recue"):
            assert all(ligne[e.value] == termes[ligne["etat"], e] for e in Echeance)
    assert t["bilan"]["declinees"] == sum(r.etat == "declinee" for r in rows)
    assert t["bilan"]["acceptees"] == sum(bool(r.repondue_at) and r.etat != "declinee" for r in rows)
    issues = Counter(r.etat for r in rows if r.etat in ("aboutie", "non_aboutie", "declinee", "retiree", "expiree"))
    assert {c["etat"]: c["n"] for c in t["issues"]} == dict(issues)
    motifs = Counter((r.etat, r.motif) for r in rows if r.motif)
    assert {(m["etat"], m["motif"]): m["n"] for m in t["motifs"]} == dict(motifs)
    pris = sorted(r.reponse_jours for r in rows if r.reponse_jours is not None)
    assert t["temps"]["mediane"] == pris[-(-len(pris) // 2) - 1]
    assert t["temps"]["tenues"] == sum(r.reponse_jours <= r.jours for r in rows if r.reponse_jours is not None)
    assert bool(t["partenaires"]) is (actor in (ANIMATEUR, ANIMATEUR_EST))


async def test_a_period_counts_its_days_and_no_other(hub: Hub) -> None:
    await garnir(hub, 0, 300)
    rows = await lignes(hub, AGENT)
    jour = next(r.close_at for r in rows if r.etat == "aboutie" and r.close_at).date()
    t = (await hub.get(AGENT, f"{CHEMIN}?depuis={jour}&jusque={jour}")).json()
    assert (t["depuis"], t["jusque"]) == (str(jour), str(jour))
    assert 1 <= sum(c["n"] for c in t["issues"]) < 20
    vide = (await hub.get(AGENT, f"{CHEMIN}?depuis=2019-01-01&jusque=2019-12-31")).json()
    assert (vide["issues"], vide["temps"]["mediane"], vide["alertes"]) == ([], None, [])
    for faux in (
        f"depuis={date.max}&jusque={date.max}",
        "depuis=2026-02-01&jusque=2026-01-01",
        "depuis=2001-01-01",
        "depuis=x",
    ):
        assert (await hub.get(AGENT, f"{CHEMIN}?{faux}")).status_code == 422, faux
        assert (await hub.get(AGENT, f"/tableau?{faux}", headers=HTML)).status_code == 422, faux


async def test_the_time_taken_is_the_partners_own(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    await hub.agir(AGENT, orientation_id, "recevoir")
    async with hub.database.transaction() as session:
        tot = text("UPDATE orientations SET envoyee_at = envoyee_at - interval '9 days', due_at = due_at - interval '9 days'")
        await session.execute(tot)
    await hub.agir(AGENT, orientation_id, "accepter")
    (row,) = await lignes(hub, AGENT)
    assert row.envoyee_at
    assert row.repondue_at
    # The commitment ended on a working day that the shift may have moved to a week-end: one day of difference at most.
    assert row.reponse_jours is not None
    assert abs(row.reponse_jours - jours_ouvres_between(row.envoyee_at, row.repondue_at, "34")) <= 1
    assert row.reponse_jours > row.jours
    await hub.agir(AGENT, orientation_id, "revenir", motif="erreur")
    await hub.agir(AGENT, orientation_id, "accepter")
    (encore,) = await lignes(hub, AGENT)
    assert encore.reponse_jours == row.reponse_jours


async def test_every_number_leads_to_the_list_that_it_counts(hub: Hub) -> None:
    await garnir(hub, 300, 400)
    for actor in (AGENT, ANIMATEUR):
        page = await hub.get(actor, "/tableau", headers=HTML)
        liens = set(re.findall(r'<a href="/orientation(/orientations\?[^"]+)">([^<]+)</a>', page.text))
        assert len(liens) > 20
        for adresse, n in liens:
            liste = await hub.get(actor, unescape(adresse), headers=HTML)
            compte = re.search(r'<p class="relais-discret">([\d\s]+)orientations?</p>', unescape(liste.text))
            assert compte, adresse
            assert re.sub(r"\s", "", compte[1]) == re.sub(r"\s", "", unescape(n)), adresse


@pytest.mark.parametrize("actor", [None, DIRIGEANT, NATIONAL, AUDITEUR])
async def test_the_dashboard_is_closed_to_others(hub: Hub, actor: Actor | None) -> None:
    assert (await hub.get(actor, CHEMIN)).status_code == (401 if actor is None else 403)
    assert (await hub.get(actor, "/tableau", headers=HTML)).status_code == (303 if actor is None else 403)


async def test_everybody_counts_ones_own_only(hub: Hub) -> None:
    await hub.envoyee()
    comptes = {}
    for actor in (AGENT, MANAGER, MACHINE, ANIMATEUR, AGENT_APPUI, ANIMATEUR_EST):
        t = (await hub.get(actor, CHEMIN)).json()
        comptes[actor] = sum(a["dans_le_delai"] + a["depasse"] for a in t["attente"])
        assert "REL-2026-0001" not in str(t)
    assert comptes == {AGENT: 1, MANAGER: 1, MACHINE: 1, ANIMATEUR: 1, AGENT_APPUI: 0, ANIMATEUR_EST: 0}
    assert (await hub.get(MACHINE, "/tableau", headers=HTML)).status_code == 403
    vide = await hub.get(AGENT_APPUI, "/tableau", headers=HTML)
    assert "Aucune réponse n’est attendue en ce moment." in vide.text
    assert "Rien dans cette période" in vide.text


async def test_an_alert_names_the_partner(hub: Hub) -> None:
    await garnir(hub, 0, 500)
    async with hub.database.transaction() as session:
        refus = (
            "UPDATE orientations SET etat = 'declinee', close_at = NULL WHERE partenaire_id = :id AND repondue_at IS NOT NULL"
        )
        await session.execute(text(refus), {"id": ident("fonds")})
    t = (await hub.get(ANIMATEUR, CHEMIN)).json()
    assert {a["genre"] for a in t["alertes"] if a["partenaire_id"] == str(ident("fonds"))} == {"refus", "resultats"}
    assert not [a for a in t["alertes"] if a["partenaire_id"] == str(ident("appui"))]
    page = await hub.get(ANIMATEUR, "/tableau", headers=HTML)
    assert "Refus nombreux</strong>, Organisation fonds" in page.text


@pytest.mark.parametrize("actor", [AGENT, ANIMATEUR])
async def test_counting_reads_indexes_alone(hub: Hub, actor: Actor) -> None:
    await garnir(hub, 12_000, 8_000)
    with entendues(hub) as envoyees:
        assert (await hub.get(actor, CHEMIN)).status_code == 200
    comptages = [(sql, p) for sql, p in envoyees if "count(*)" in sql]
    assert len(comptages) == 3
    assert len(envoyees) <= 4
    bare = await connection(hub)
    for sql, parametres in comptages:
        lectures = [n for n in await plan(bare, sql, parametres) if n.get("Relation Name") == "orientations"]
        assert {n["Node Type"] for n in lectures} == {"Index Only Scan"}, sql
        assert sum(n["Heap Fetches"] for n in lectures) == 0
    await bare.close()
