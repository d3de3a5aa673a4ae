"""Territories: the counts of Insee's list, the belonging, the time zones, and the postal codes that mislead."""

import holidays
import pytest

from common.territoires import (
    ALSACE_MOSELLE,
    CodePostalInconnu,
    TerritoireInconnu,
    Zone,
    collectivites,
    departement,
    departement_of_code_postal,
    departements,
    departements_of,
    departements_of_code_postal,
    fuseau,
    is_departement,
    is_territoire,
    nom_departement,
    nom_region,
    region_of,
    regions,
)


def test_eighteen_regions_and_a_hundred_and_one_departements() -> None:
    assert len(regions()) == 18
    assert len(departements()) == 101
    assert [d.code for d in collectivites()] == ["975", "977", "978", "984", "986", "987", "988"]


def test_regions_partition_the_departements() -> None:
    parts = [code for region in regions() for code in departements_of(region.code)]
    assert sorted(parts) == sorted(d.code for d in departements())
    assert all(region_of(code) == region.code for region in regions() for code in departements_of(region.code))


@pytest.mark.parametrize(
    ("code", "nom", "region", "nom_de_region", "zone"),
    [
        ("01", "Ain", "84", "Auvergne-Rhône-Alpes", Zone.metropole),
        ("2A", "Corse-du-Sud", "94", "Corse", Zone.metropole),
        ("2B", "Haute-Corse", "94", "Corse", Zone.metropole),
        ("21", "Côte-d’Or", "27", "Bourgogne-Franche-Comté", Zone.metropole),
        ("34", "Hérault", "76", "Occitanie", Zone.metropole),
        ("06", "Alpes-Maritimes", "93", "Provence-Alpes-Côte d’Azur", Zone.metropole),
        ("974", "La Réunion", "04", "La Réunion", Zone.outre_mer),
        ("978", "Saint-Martin", "978", "Saint-Martin", Zone.collectivite),
    ],
)
def test_names_and_belonging(code: str, nom: str, region: str, nom_de_region: str, zone: Zone) -> None:
    assert nom_departement(code) == nom
    assert region_of(code) == region
    assert nom_region(region) == nom_de_region
    assert departement(code).zone is zone
    assert is_departement(code) is (zone is not Zone.collectivite)


@pytest.mark.parametrize("code", ["20", "96", "985", "989", "", "1", "2a", "FR"])
def test_unknown_codes_are_named_errors(code: str) -> None:
    assert not is_departement(code)
    assert not is_territoire(code)
    for ask in (departement, region_of, nom_departement, fuseau):
        with pytest.raises(TerritoireInconnu):
            ask(code)


def test_unknown_regions_are_named_errors() -> None:
    for ask in (nom_region, departements_of):
        with pytest.raises(TerritoireInconnu):
            ask("83")


@pytest.mark.parametrize(
    ("code", "nom"),
    [
        ("75", "Europe/Paris"),
        ("2B", "Europe/Paris"),
        ("971", "America/Guadeloupe"),
        ("973", "America/Cayenne"),
        ("974", "Indian/Reunion"),
        ("975", "America/Miquelon"),
        ("976", "Indian/Mayotte"),
        ("988", "Pacific/Noumea"),
    ],
)
def test_time_zones(code: str, nom: str) -> None:
    assert fuseau(code).key == nom


def test_every_territory_has_a_time_zone_and_a_calendar_that_exist() -> None:
    known = holidays.country_holidays("FR").subdivisions
    for territoire in departements() + collectivites():
        assert fuseau(territoire.code)
        assert territoire.feries is None or territoire.feries in known
    assert {d.code for d in departements() if d.zone is Zone.metropole and d.feries} == ALSACE_MOSELLE


@pytest.mark.parametrize(
    ("code_postal", "attendus"),
    [
        ("34000", ("34",)),
        ("01000", ("01",)),
        ("20000", ("2A",)),
        ("20190", ("2A",)),
        ("20200", ("2B",)),
        ("20600", ("2B",)),
        ("97110", ("971",)),
        ("97133", ("977",)),
        ("97150", ("978",)),
        ("97410", ("974",)),
        ("97500", ("975",)),
        ("98713", ("987",)),
        ("98800", ("988",)),
        ("13780", ("13", "83")),
        ("01200", ("01", "74")),
        ("94390", ("91",)),
        ("34961", ("34",)),
    ],
)
def test_postal_codes(code_postal: str, attendus: tuple[str, ...]) -> None:
    assert departements_of_code_postal(code_postal) == attendus
    assert departement_of_code_postal(code_postal) == attendus[0]


@pytest.mark.parametrize("code_postal", ["", "3400", "340000", "00100", "96000", "98000", "99138", "3400O", "٣٤٠٠٠", "²²²²²"])
def test_bad_postal_codes_are_named_errors(code_postal: str) -> None:
    with pytest.raises(CodePostalInconnu):
        departement_of_code_postal(code_postal)
