"""The coverage matrix: what is covered, full, partly covered and blank, and that everybody may see the coarse form."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.calendrier import date_locale
from common.clock import utc_now
from common.codes import Niveau
from common.territoires import departements
from orientation.couverture import domain, service
from orientation.couverture.domain import Case, CaseRegionale, Couverture
from orientation.dispositifs.domain import Besoin
from orientation.dispositifs.lecture import catalogue_des_fichiers
from tests.orientation.monde import ANIMATEUR, ANNUAIRE, MANAGER, NATIONAL, Hub
from tests.orientation.test_fiches import annoncer_absence
from tests.orientation.test_offres import declarer
from tests.orientation.test_pages import page

codes = st.sampled_from(["dla", "crib", "prevasso"])
cles = st.tuples(st.sampled_from(Besoin), st.sampled_from(Niveau))
catalogues = st.dictionaries(cles, st.frozensets(codes), min_size=1)
lieux = st.sampled_from(["30", "34", "48"])


def du_catalogue(departement: str) -> dict[domain.Cle, frozenset[str]]:
    """The catalogue that is delivered with the hub, as a département has it."""
    return domain.par_cle(catalogue_des_fichiers().dispositifs(), departement)


@given(st.dictionaries(lieux, catalogues, min_size=1), st.dictionaries(codes, st.frozensets(lieux)))
def test_a_case_is_blank_exactly_where_nobody_carries_what_exists(
    connus: dict[str, dict[domain.Cle, frozenset[str]]], portes: dict[str, frozenset[str]]
) -> None:
    for cle, case in domain.regionale(connus, portes).items():
        existe = {d for d in connus if connus[d].get(cle)}
        couverts = {d for d in existe for code in connus[d][cle] if d in portes.get(code, ())}
        attendus = {
            Couverture.sans_objet: not existe,
            Couverture.blanc: bool(existe) and not couverts,
            Couverture.couvert: bool(existe) and couverts == existe,
            Couverture.partiel: bool(couverts) and couverts < existe,
        }
        assert attendus[case.etat]
        assert set(case.sans) | couverts == existe


@given(catalogues, st.dictionaries(codes, st.frozensets(lieux)))
def test_one_more_partner_never_takes_coverage_away(
    catalogue: dict[domain.Cle, frozenset[str]], presents: dict[str, frozenset[str]]
) -> None:
    avant = domain.locale(catalogue, presents, presents)
    apres = domain.locale(catalogue, presents | {"dla": frozenset({"neuf"})}, presents)
    for cle, case in apres.items():
        if "dla" in catalogue[cle]:
            assert case.presents
        else:
            assert case == avant[cle]


def test_full_is_no_blank_and_says_so() -> None:
    assert Case(True, frozenset("a"), frozenset()).etat is Couverture.complet
    assert Case(True).etat is Couverture.blanc
    assert Case(False).etat is Couverture.sans_objet
    assert CaseRegionale(True, ("30",), 2).etat is Couverture.partiel


def test_every_need_at_every_level_has_its_case_and_no_dispositif_is_lost() -> None:
    assert du_catalogue("34").keys() == {(besoin, niveau) for besoin in (*Besoin, None) for niveau in (*Niveau, None)}
    trouves = {code for d in departements() for codes in du_catalogue(d.code).values() for code in codes}
    assert trouves == set(catalogue_des_fichiers().fiches)


def test_what_exists_elsewhere_only_is_no_blank_here() -> None:
    def existe(code: str, departement: str) -> bool:
        return any(code in codes for codes in du_catalogue(departement).values())

    assert existe("cellule-occitanie", "34")
    assert not existe("cellule-occitanie", "67")


async def test_a_departement_says_who_is_there_and_who_has_places(hub: Hub) -> None:
    (besoin, niveau), _ = next((cle, c) for cle, c in du_catalogue("34").items() if "trajectoire" in c and "dla" not in c)

    async def case() -> Case:
        async with hub.database.transaction() as session:
            return (await service.de_departement(session, "34", utc_now()))[besoin, niveau]

    assert (await case()).etat is Couverture.couvert
    await declarer(hub.database, [ANNUAIRE[0] | {"offres": [{"dispositif": "trajectoire", "capacite": 0, "periode": "mois"}]}])
    assert (await case()).etat is Couverture.complet
    assert (await case()).presents == {"Organisation fonds"}
    await declarer(hub.database, [ANNUAIRE[0] | {"offres": [{"dispositif": "trajectoire"}]}])
    jour = date_locale(utc_now(), "34")
    await annoncer_absence(hub, jour - timedelta(1), jour + timedelta(1))
    assert (await case()).etat is Couverture.complet
    await declarer(hub.database, [ANNUAIRE[0] | {"dispositifs": []}])
    assert (await case()).etat is Couverture.blanc
    vu = await page(hub, ANIMATEUR, "/couverture/detail?departement=34")
    assert "Zone blanche" in vu
    assert "Organisation appui" in vu
    assert "Hérault" in await page(hub, NATIONAL, "/couverture/detail?departement=34")
    assert "Gard" in await page(hub, ANIMATEUR, "/couverture/detail")


async def test_everybody_sees_a_region_without_names_or_numbers(hub: Hub) -> None:
    for actor in (None, MANAGER):
        vu = await page(hub, actor, "/couverture?region=76")
        assert "En partie" in vu
        assert "Personne : " in vu
        assert "Organisation" not in vu
    assert "Choisissez une région" in await page(hub, None, "/couverture?region=zz")
