"""What partners declare about a dispositif: delays, periods, places left, and the response times that are measured."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from common.clock import utc_now
from common.codes import Motif, Periode
from common.database import Database
from orientation.partenaires import domain, offres_store
from orientation.partenaires.domain import Delais, Places, debut_periode, ensemble, ouverture_periode
from orientation.partenaires.service import Partenaire, charger
from tests.orientation.monde import AGENT, ANNUAIRE, ISSUER, Hub, ident, organisation

FONDS, APPUI = ident("fonds"), ident("appui")
jours = st.dates(date(2020, 1, 1), date(2040, 12, 31))
periodes = st.sampled_from(Periode)
declarees = st.none() | st.builds(Places, st.integers(0, 20), periodes, st.integers(0, 30))
delai = st.none() | st.integers(1, 60)


@given(periodes, jours)
def test_a_period_begins_before_its_days_and_they_share_it(periode: Periode, jour: date) -> None:
    debut = debut_periode(periode, jour)
    assert debut <= jour
    assert debut.day == 1
    assert debut_periode(periode, debut) == debut
    # The day before the beginning belongs to another period: none is longer than it says.
    assert debut_periode(periode, debut - timedelta(days=1)) < debut
    assert (jour - debut).days < {Periode.annee: 366, Periode.trimestre: 92, Periode.mois: 31}[periode]


@given(jours)
def test_periods_are_nested(jour: date) -> None:
    annee, trimestre, mois = (debut_periode(p, jour) for p in Periode)
    assert annee <= trimestre <= mois
    assert trimestre.month in (1, 4, 7, 10)


def test_a_period_begins_on_the_clocks_of_the_territory() -> None:
    # Ten in the evening of 31 December in UTC: the new year has come in La Réunion, not in Hérault.
    now = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert ouverture_periode(Periode.annee, now, "34").isoformat() == "2026-01-01T00:00:00+01:00"
    assert ouverture_periode(Periode.annee, now, "974").isoformat() == "2027-01-01T00:00:00+04:00"


@given(st.lists(declarees, max_size=6))
def test_none_left_is_only_said_when_all_say_so(places: list[Places | None]) -> None:
    reste = ensemble(places)
    assert reste == (sum(p.reste for p in places if p) or (0 if places and all(places) else None))
    assert (reste == 0) == (bool(places) and all(p is not None and p.is_atteinte for p in places))
    assert ensemble(places[::-1]) == reste


@given(st.integers(0, 50), periodes, st.integers(0, 100))
def test_places_left_are_never_negative_and_go_down_with_each_taken(capacite: int, periode: Periode, prises: int) -> None:
    avant, apres = Places(capacite, periode, prises), Places(capacite, periode, prises + 1)
    assert 0 <= apres.reste <= avant.reste <= capacite
    assert avant.is_atteinte <= apres.is_atteinte


@given(delai, delai, delai, delai)
def test_delays_go_from_the_offer_to_the_partner_to_the_rule(
    lo: int | None, ro: int | None, lp: int | None, rp: int | None
) -> None:
    trouves = domain.delais(lo, ro, lp, rp)
    assert trouves.reponse == (ro or rp or 5)
    assert 1 <= trouves.lecture == min(lo or lp or 2, trouves.reponse)


async def declarer(database: Database, entries: list[dict[str, Any]]) -> None:
    async with database.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(entries), ISSUER, utc_now())


async def places(database: Database, departement: str = "34", now: datetime | None = None) -> dict[str, int | None]:
    async with database.transaction() as session:
        return await offres_store.places(session, departement, now or utc_now())


async def test_delays_are_found_per_partner_and_dispositif(orientation_db: Database) -> None:
    offres = [{"dispositif": "dla", "delai_reponse": 3}, {"dispositif": "crib", "delai_lecture": 4, "delai_reponse": 15}]
    appui = organisation("appui", "dla", ["34"], ["dla", "crib", "pava"], []) | {"delai_jours_ouvres": 10}
    await declarer(orientation_db, [appui | {"delai_lecture": 3, "offres": offres}])
    async with orientation_db.transaction() as session:
        trouves = [await offres_store.delais(session, APPUI, d) for d in ("dla", "crib", "pava")]
        inconnu = await offres_store.delais(session, FONDS, "dla")
    assert trouves == [Delais(3, 3), Delais(4, 15), Delais(3, 10)]
    assert inconnu == Delais(2, 5)


async def test_a_dispositif_that_is_no_longer_carried_says_nothing(orientation_db: Database) -> None:
    appui = organisation("appui", "dla", ["34"], ["dla"], [])
    offre = {"dispositif": "dla", "delai_reponse": 30, "capacite": 4, "periode": "mois"}
    await declarer(orientation_db, [appui | {"offres": [offre]}])
    assert await places(orientation_db) == {"dla": 4}
    await declarer(orientation_db, [appui | {"dispositifs": ["crib"]}])
    assert await places(orientation_db) == {"crib": None}
    async with orientation_db.transaction() as session:
        assert await offres_store.delais(session, APPUI, "dla") == Delais(2, 5)


@pytest.mark.parametrize(
    "offre",
    [
        {"dispositif": "dla", "capacite": 4},
        {"dispositif": "dla", "periode": "mois"},
        {"dispositif": "crib", "delai_reponse": 4},
        {"dispositif": "dla", "delai_reponse": 0},
        {"dispositif": "dla", "capacite": -1, "periode": "mois"},
    ],
)
def test_a_false_offer_is_refused(offre: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Partenaire.model_validate(organisation("appui", "dla", ["34"], ["dla"], []) | {"offres": [offre]})


async def test_an_accepted_referral_consumes_a_place_and_a_declined_one_none(hub: Hub) -> None:
    await declarer(hub.database, [ANNUAIRE[0] | {"offres": [{"dispositif": "trajectoire", "capacite": 1, "periode": "annee"}]}])
    assert await places(hub.database) == {"trajectoire": 1, "dla": None}
    refusee = await hub.envoyee()
    await hub.agir(AGENT, refusee, "recevoir")
    await hub.agir(AGENT, refusee, "decliner", motif=Motif.sans_capacite.value)
    assert (await places(hub.database))["trajectoire"] == 1
    for reste in (0, 0):
        orientation_id = await hub.envoyee()
        await hub.agir(AGENT, orientation_id, "recevoir")
        await hub.agir(AGENT, orientation_id, "accepter")
        assert (await places(hub.database))["trajectoire"] == reste
    async with hub.database.transaction() as session:
        par_offre = await offres_store.places_par_offre(session, utc_now(), partenaires=[FONDS])
    assert par_offre == {(FONDS, "trajectoire"): Places(1, Periode.annee, 2)}
    # With the new year the places are there again.
    assert (await places(hub.database, now=utc_now() + timedelta(days=366)))["trajectoire"] == 1


async def test_response_times_are_the_median_of_the_last_year(hub: Hub) -> None:
    heures = [1, 5, 100]
    now = utc_now()
    for duree in heures:
        orientation_id = await hub.envoyee()
        await hub.agir(AGENT, orientation_id, "recevoir")
        await hub.agir(AGENT, orientation_id, "accepter")
        async with hub.database.transaction() as session:
            envoyee = now - timedelta(days=30)
            await session.execute(
                text("UPDATE orientations SET envoyee_at = :envoyee, repondue_at = :repondue WHERE id = :id"),
                {"id": orientation_id, "envoyee": envoyee, "repondue": envoyee + timedelta(hours=duree)},
            )
    async with hub.database.transaction() as session:
        trouves = await offres_store.temps_de_reponse(session, now, departement="34")
        ailleurs = await offres_store.temps_de_reponse(session, now, departement="67")
        plus_tard = await offres_store.temps_de_reponse(session, now + timedelta(days=400), partenaires=[FONDS])
    assert trouves == {(FONDS, "trajectoire"): offres_store.TempsDeReponse(timedelta(hours=5), 3)}
    assert ailleurs == plus_tard == {}
