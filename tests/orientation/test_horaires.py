"""Opening hours: read as people type them, kept in OpenStreetMap's notation, shown in French."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orientation.fiches.horaires import HorairesIllisibles, de_osm, ecrire_journee, en_clair, en_osm, lire_journee

journees = st.lists(st.integers(0, 96), unique=True, max_size=8).map(
    lambda bornes: tuple(zip(*[iter(sorted(15 * b for b in bornes[: len(bornes) // 2 * 2]))] * 2, strict=True))
)
semaines = st.tuples(*[journees] * 7)


@given(semaines)
def test_a_week_is_the_same_after_any_notation(semaine: Any) -> None:
    assert de_osm(en_osm(semaine)) == semaine
    assert tuple(lire_journee(ecrire_journee(journee)) for journee in semaine) == semaine
    assert bool(en_clair(semaine)) == any(semaine)


@pytest.mark.parametrize(
    ("saisi", "compris"),
    [
        ("", ()),
        ("fermé", ()),
        ("9h-12h30, 14h-17h", ((540, 750), (840, 1020))),
        ("9 h 15 – 12 h et 13:30-18:00", ((555, 720), (810, 1080))),
        ("0h à 24h", ((0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(saisi: str, compris: Any) -> None:
    assert lire_journee(saisi) == compris


@pytest.mark.parametrize("saisi", ["le matin", "12h-9h", "9h-12h, 11h-14h", "9h-25h", "9h60-10h", "9-12", "9h-9h"])
def test_hours_that_mean_nothing_are_refused(saisi: str) -> None:
    with pytest.raises(HorairesIllisibles):
        lire_journee(saisi)


@pytest.mark.parametrize("saisi", ["Mo-Fr", "Lu-Ve 09:00-12:00", "Mo[1] 09:00-12:00", "24/7", "sunrise-sunset"])
def test_more_than_a_plain_week_is_refused(saisi: str) -> None:
    with pytest.raises(HorairesIllisibles):
        de_osm(saisi)


def test_a_week_is_shown_in_french() -> None:
    semaine = de_osm("Mo-We 09:00-12:00,14:00-17:30; Th,Fr 10:00-12:00; Su 09:00-10:00; PH off")
    lignes = [(jours, heures.replace("\u00a0", " ")) for jours, heures in en_clair(semaine)]
    assert lignes == [
        ("Du lundi au mercredi", "9 h – 12 h, 14 h – 17 h 30"),
        ("Jeudi et vendredi", "10 h – 12 h"),
        ("Dimanche", "9 h – 10 h"),
    ]
