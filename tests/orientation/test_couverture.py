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


def du_catalogue(departement: str, *, en_projet: bool = False) -> dict[domain.Cle, frozenset[str]]:
    """The catalogue that is delivered with the hub, as a département has it."""
    return domain.par_cle(catalogue_des_fichiers().dispositifs(), departement, en_projet=en_projet)


@given(st.dictionaries(lieux, catalogues, min_size=1), st.dictionaries(codes, st.frozensets(lieux)))
def test_a_case_is_blank_exactly_where_nobody_carries_what_exists(
    connus: dict[str, dict[domain.Cle, frozenset[str]]], portes: dict[str, frozenset[str]]
) -> None:
    for cle, case in domain.regionale(connus, portes, {}).items():
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
    avant = domain.locale(catalogue, presents, presents, {})
    apres = domain.locale(catalogue, presents | {"dla": frozenset({"neuf"})}, presents, {})
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
    trouves, projets = (
        {code for d in departements() for codes in du_catalogue(d.code, en_projet=p).values() for code in codes}
        for p in (False, True)
    )
    assert projets == {"trajectoire"}
    assert trouves == set(catalogue_des_fichiers().fiches) - projets


def test_what_exists_elsewhere_only_is_no_blank_here() -> None:
    def existe(code: str, departement: str) -> bool:
        return any(code in codes for codes in du_catalogue(departement).values())

    assert existe("cellule-occitanie", "34")
    assert not existe("cellule-occitanie", "67")


async def test_a_departement_says_who_is_there_and_who_has_places(hub: Hub) -> None:
    (besoin, niveau), _ = next((cle, c) for cle, c in du_catalogue("34").items() if "mediation-credit" in c and "dla" not in c)
    fonds = ANNUAIRE[0] | {"dispositifs": ["mediation-credit"]}
    await declarer(hub.database, [fonds])

    async def case() -> Case:
        async with hub.database.transaction() as session:
            return (await service.de_departement(session, "34", utc_now()))[besoin, niveau]

    assert (await case()).etat is Couverture.couvert
    await declarer(hub.database, [fonds | {"offres": [{"dispositif": "mediation-credit", "capacite": 0, "periode": "mois"}]}])
    assert (await case()).etat is Couverture.complet
    assert (await case()).presents == {"Organisation fonds"}
    await declarer(hub.database, [fonds | {"offres": [{"dispositif": "mediation-credit"}]}])
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


async def test_what_is_en_projet_is_shown_and_counts_for_nothing(hub: Hub) -> None:
    projets = du_catalogue("34", en_projet=True)
    cle = next(cle for cle, codes in projets.items() if "trajectoire" in codes)
    async with hub.database.transaction() as session:
        case = (await service.de_departement(session, "34", utc_now()))[cle]
    assert "trajectoire" in case.projets
    assert "Organisation fonds" not in case.presents
    assert Case(False, projets=frozenset({"x"})).etat is Couverture.en_projet
    assert CaseRegionale(False, (), 0, frozenset({"x"})).etat is Couverture.en_projet
    assert CaseRegionale(True, ("30",), 1, frozenset({"x"})).etat is Couverture.blanc
    for adresse in ("/couverture?region=76", "/couverture/detail?departement=34"):
        assert "En projet : Trajectoire (France Active)" in await page(hub, ANIMATEUR, adresse)


@given(st.dictionaries(lieux, catalogues, min_size=1), st.dictionaries(codes, st.frozensets(lieux)))
def test_a_region_is_covered_or_blank_only_when_every_level_is(
    connus: dict[str, dict[domain.Cle, frozenset[str]]], portes: dict[str, frozenset[str]]
) -> None:
    matrice = domain.regionale(connus, portes, {})
    for besoin, resume in domain.nationale(matrice).items():
        etats = {matrice[besoin, niveau].etat for niveau in domain.NIVEAUX} - {Couverture.sans_objet}
        attendu = Couverture.partiel if etats else Couverture.sans_objet
        assert resume.etat is (etats.pop() if len(etats) == 1 else attendu)
        assert set(resume.blancs) == {n for n in domain.NIVEAUX if matrice[besoin, n].etat is Couverture.blanc}


def test_a_need_that_is_only_planned_is_no_blank_of_the_region() -> None:
    prevu: dict[str, dict[domain.Cle, frozenset[str]]] = {"34": {(Besoin.emploi, Niveau.anticiper): frozenset({"x"})}}
    ligne = domain.nationale(domain.regionale({"34": {}}, {}, prevu))
    assert ligne[Besoin.emploi].etat is Couverture.en_projet
    assert ligne[Besoin.conseil].etat is Couverture.sans_objet


async def test_without_a_region_everybody_sees_france_with_a_link_into_each(hub: Hub) -> None:
    for adresse in ("/couverture", "/couverture?region=zz", "/couverture?region="):
        vu = await page(hub, None, adresse)
        assert vu.count('<a href="/orientation/couverture?region=') == 18
        assert "Zone blanche" in vu
        assert "Organisation" not in vu


async def test_an_animateur_begins_in_its_own_region_and_may_see_france(hub: Hub) -> None:
    sienne = await page(hub, ANIMATEUR, "/couverture")
    assert "Occitanie</p>" in sienne
    assert 'href="/orientation/couverture?region="' in sienne
    for actor, adresse in ((ANIMATEUR, "/couverture?region="), (NATIONAL, "/couverture"), (MANAGER, "/couverture")):
        assert "Couverture par région et par besoin" in await page(hub, actor, adresse)
