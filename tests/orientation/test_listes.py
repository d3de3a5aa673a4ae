"""The lists: their order, their pages, their filters, and that a page reads what it shows and not what is there."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from common.actor import Actor
from common.calendrier import jours_ouvres_between
from common.clock import utc_now
from common.codes import EtatOrientation
from common.references import debuts
from common.territoires import departements
from orientation.listes.domain import (
    AGES,
    BORNES,
    Age,
    Echeance,
    Filtre,
    Position,
    calendriers,
    reperes,
    tranches,
)
from orientation.listes.store import COMPTE_MAX, compter, page
from orientation.orientations.domain import Cote
from orientation.orientations.store import lock_due
from tests.bench.remplir import Paire, remplir
from tests.isolation import entered
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, Hub, ident

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CODES = st.sampled_from([d.code for d in departements()])
PAIRES = [
    Paire(ident("fonds"), "trajectoire", "34"),
    Paire(ident("fonds"), "trajectoire", "30"),
    Paire(ident("appui"), "dla", "34"),
    Paire(ident("appui"), "dla", "67"),
]

# Where these people are few among many, an index is worth its while.
AILLEURS = [Paire(ident("appui"), "dla", f"{code}") for code in range(50, 64)]


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)), CODES)
def test_the_bands_of_age_are_working_days(now: datetime, ecart: timedelta, departement: str) -> None:
    jours = jours_ouvres_between(now - ecart, now, departement)
    attendu = next((AGES[i] for i, borne in enumerate(BORNES) if jours <= borne), Age.plus_10)
    assert reperes(now, departement).age(now - ecart) is attendu


@given(MOMENTS, st.timedeltas(timedelta(days=-10), timedelta(days=20)), CODES)
def test_bands_follow_each_other_without_gap(now: datetime, ecart: timedelta, departement: str) -> None:
    moments, at = reperes(now, departement), now + ecart
    bandes: list[tuple[Any, tuple[datetime | None, datetime | None]]] = [(age, moments.envoi(age)) for age in Age]
    bandes += [(echeance, moments.terme(echeance)) for echeance in Echeance]
    dedans = [bande for bande, (de, a) in bandes if (de is None or de <= at) and (a is None or at < a)]
    assert dedans == [moments.age(at), moments.echeance(at)]


def test_every_departement_has_its_calendar_once() -> None:
    codes = [code for groupe, _ in calendriers(utc_now()) for code in groupe]
    assert len(codes) == len(set(codes)) > 101


@given(st.integers(0, 9), st.none() | MOMENTS, st.uuids())
def test_a_position_survives_its_address(rang: int, at: datetime | None, ident: Any) -> None:
    position = Position(rang, at, ident)
    assert Position.lue(str(position)) == position


@pytest.mark.parametrize("cote", [Cote.emetteur, Cote.partenaire])
@given(now=MOMENTS, at=MOMENTS)
def test_every_state_has_one_place(cote: Cote, now: datetime, at: datetime) -> None:
    for etat in EtatOrientation:
        places = [
            t for t in tranches(cote, now) if t.etat is etat and (t.de is None or t.de <= at) and (t.a is None or at < t.a)
        ]
        assert len(places) == (0 if cote is Cote.partenaire and etat is EtatOrientation.brouillon else 1)


def test_what_is_typed_of_a_reference() -> None:
    assert debuts("r-7f3k-9") == ("R-7F3K-9", "R-R7F3-K9")
    assert "R-7F3K-9Q" in debuts("7f3k9q")
    assert "R-7F3K-9Q" in debuts("R7F3K9Q")
    assert debuts("%") == debuts("R-")[1:] == debuts("") == ()


async def connection(hub: Hub) -> asyncpg.Connection:
    return await hub.database.connect()


async def garnir(hub: Hub, ouvertes: int, closes: int, dues: int = 0) -> datetime:
    now = utc_now()
    bare = await connection(hub)
    paires = PAIRES + AILLEURS if ouvertes > 1000 else PAIRES
    await remplir(bare, paires, now, ouvertes=ouvertes, closes=closes, dues=dues)
    await bare.close()
    return now


@pytest.mark.parametrize(("actor", "cote"), [(AGENT, Cote.partenaire), (ANIMATEUR, Cote.emetteur)])
async def test_pages_show_each_referral_once_and_in_order(hub: Hub, actor: Actor, cote: Cote) -> None:
    now = await garnir(hub, 150, 50)
    ordre = tranches(cote, now)
    async with hub.database.transaction() as session:
        entiere, reste = await page(session, actor, ordre, Filtre(), None, now, 1000)
        assert reste is None
        assert len(entiere) == await compter(session, actor, ordre, Filtre(), now) > 60
        vus, apres = [], None
        for _ in range(40):
            vues, apres = await page(session, actor, ordre, Filtre(), apres, now, 7)
            vus += [vue.orientation.id for vue in vues]
            if apres is None:
                break
    assert vus == [vue.orientation.id for vue in entiere]
    assert len(set(vus)) == len(vus)

    def place(row: Any) -> tuple[int, datetime, Any]:
        at = row.due_at or datetime.max.replace(tzinfo=UTC)
        rang = next(t.rang for t in ordre if t.etat == row.etat and (t.de is None or t.de <= at) and (t.a is None or at < t.a))
        return rang, at, row.id

    assert vus == [row.id for row in sorted((vue.orientation for vue in entiere), key=place)]


async def test_filters_by_band_count_as_the_rules_do(hub: Hub) -> None:
    now = await garnir(hub, 400, 0)
    attendues = (EtatOrientation.envoyee, EtatOrientation.recue)
    for actor, cote in ((ANIMATEUR, Cote.emetteur), (AGENT_APPUI, Cote.partenaire)):
        ordre = tranches(cote, now, attendues)
        async with hub.database.transaction() as session:
            toutes = [v.orientation for v in (await page(session, actor, ordre, Filtre(), None, now, 1000))[0]]
            for filtre, bande in [
                *((Filtre(age=age), age) for age in Age),
                *((Filtre(echeance=echeance), echeance) for echeance in Echeance),
            ]:
                vues, _ = await page(session, actor, ordre, filtre, None, now, 1000)
                attendu = {
                    row.id
                    for row in toutes
                    if bande
                    in (
                        reperes(now, row.departement).age(row.envoyee_at or now),
                        reperes(now, row.departement).echeance(row.due_at or now),
                    )
                }
                assert {vue.orientation.id for vue in vues} == attendu, bande
                assert await compter(session, actor, ordre, filtre, now) == len(attendu)


@contextmanager
def entendues(hub: Hub) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """The statements that the application sends meanwhile, with their parameters."""
    engine = hub.app.state.database.engine.sync_engine
    vues: list[tuple[str, tuple[Any, ...]]] = []

    def noter(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        vues.append((statement, tuple(parameters)))

    event.listen(engine, "before_cursor_execute", noter)
    try:
        yield vues
    finally:
        event.remove(engine, "before_cursor_execute", noter)


async def plan(bare: asyncpg.Connection, statement: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    """What the database did for this statement, step by step."""
    rendu = await bare.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", *parameters)

    def pas(noeud: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield noeud
        for enfant in noeud.get("Plans", ()):
            yield from pas(enfant)

    return list(pas(json.loads(rendu)[0]["Plan"]))


def lues(noeuds: list[dict[str, Any]]) -> float:
    """How many rows of referrals were read, those thrown away included."""
    nombres = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    des_orientations = [n for n in noeuds if n.get("Relation Name") == "orientations"]
    return sum(float(n["Actual Loops"]) * sum(float(n.get(nombre, 0)) for nombre in nombres) for n in des_orientations)


@pytest.mark.parametrize("actor", [AGENT, ANIMATEUR])
@pytest.mark.parametrize(
    "adresse", ["/orientations", "/orientations?recherche=R-A7", "/orientations?etat=toutes", "/orientations?fait=reponse"]
)
async def test_a_page_reads_little_of_many(hub: Hub, actor: Actor, adresse: str) -> None:
    await garnir(hub, 12_000, 8_000)
    with entendues(hub) as envoyees:
        reponse = await hub.get(actor, adresse, headers={"Accept": "text/html"})
    assert reponse.status_code == 200
    assert 1 <= reponse.text.count("relais-carte__titre") <= 20
    assert "recherche" in adresse or "fait" in adresse or f"Plus de {COMPTE_MAX // 1000}" in reponse.text
    # An animateur is also told the states of the cases of the page, and whom to call.
    assert len(envoyees) <= (5 if actor is ANIMATEUR else 3)
    # What the policies ask of this actor is part of every plan.
    async with entered(hub.database, actor) as bare:
        for statement, parameters in envoyees:
            noeuds = await plan(bare, statement, parameters)
            entieres = {n.get("Relation Name") for n in noeuds if n["Node Type"] == "Seq Scan"}
            assert not entieres & {"orientations", "dossiers"}, statement
            assert lues(noeuds) <= 2 * COMPTE_MAX, (statement, noeuds)


async def test_the_sweep_reads_what_is_due_and_nothing_else(hub: Hub) -> None:
    now = await garnir(hub, 12_000, 8_000, dues=40)
    engine = hub.database.engine.sync_engine
    envoyees: list[tuple[str, tuple[Any, ...]]] = []
    event.listen(engine, "before_cursor_execute", lambda _, __, sql, p, *___: envoyees.append((sql, tuple(p))))
    async with hub.database.transaction() as session:
        dues = await lock_due(session, now, 100)
    assert 0 < len(dues) <= 40
    bare = await connection(hub)
    noeuds = await plan(bare, *envoyees[0])
    await bare.close()
    assert {n["Index Name"] for n in noeuds if "Index Name" in n} == {"ix_orientations_prochaine"}
    assert lues(noeuds) == len(dues)


async def test_the_page_keeps_its_filter_and_refuses_nonsense(hub: Hub) -> None:
    await garnir(hub, 300, 100)
    html = {"Accept": "text/html"}
    premiere = await hub.get(ANIMATEUR, "/orientations?echeance=retard&etat=attendues", headers=html)
    suite = re.search(r'href="/orientation(/orientations\?[^"]*apres=[^"]*)"', premiere.text)
    assert suite
    assert 'name="echeance" value="retard"' in premiere.text
    seconde = await hub.get(ANIMATEUR, suite[1].replace("&amp;", "&"), headers=html)
    assert "echeance=retard" in suite[1]
    assert "Revenir au début" in seconde.text
    assert not set(re.findall(r"orientations/([0-9a-f-]{36})", premiere.text)) & set(
        re.findall(r"orientations/([0-9a-f-]{36})", seconde.text)
    )
    for faux in (
        "age=vieux",
        "apres=x",
        "depuis=hier",
        "fait=fin&depuis=2026-02-01&jusque=2026-01-01",
        "fait=fin&depuis=0001-01-01",
    ):
        assert (await hub.get(ANIMATEUR, f"/orientations?{faux}", headers=html)).status_code == 422, faux
    vide = await hub.get(ANIMATEUR_EST, "/orientations?age=&etat=&recherche=&partenaire=", headers=html)
    assert vide.status_code == 200
