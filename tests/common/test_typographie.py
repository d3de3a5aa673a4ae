"""French forms of texts, dates and numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from markupsafe import Markup

from common.filtres import date_fr, delai, euros, moment_fr, nombre, pluriel
from common.typographie import typo

I = "\u00a0"  # noqa: E741 - the no-break space, one letter so that the expected texts stay readable.
F = "\u202f"


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("Pourquoi ?", f"Pourquoi{F}?"),
        ("Pourquoi?", f"Pourquoi{F}?"),
        ("Accord : donné ; merci !", f"Accord{I}: donné{F}; merci{F}!"),
        ("Qui aide ?, « Les CRIB »", f"Qui aide{F}?, «{I}Les CRIB{I}»"),
        ("«Relais»", f"«{I}Relais{I}»"),
        ("à 14:30, voir https://exemple.fr/a?b=c", "à 14:30, voir https://exemple.fr/a?b=c"),
        (f"Déjà{F}!", f"Déjà{F}!"),
        ("", ""),
    ],
)
def test_typo_spaces_punctuation_and_leaves_addresses_alone(saisi: str, attendu: str) -> None:
    assert typo(saisi) == attendu
    assert typo(typo(saisi)) == attendu


def test_typo_leaves_tags_and_entities_of_markup_untouched() -> None:
    assert typo(Markup('<a title="a ?">Oui ?</a> &amp; non !')) == f'<a title="a ?">Oui{F}?</a> &amp; non{F}!'


def test_typo_keeps_plain_text_unsafe() -> None:
    assert not isinstance(typo("<b> ?"), Markup)


def test_dates_as_written_in_french() -> None:
    assert date_fr(date(2026, 3, 3)) == f"mardi 3{I}mars 2026"
    assert date_fr(date(2026, 8, 1), semaine=False) == f"1er{I}août 2026"
    with pytest.raises(TypeError):
        date_fr(datetime(2026, 3, 3, tzinfo=UTC))


def test_a_moment_is_read_in_its_time_zone() -> None:
    minuit_passe = datetime(2026, 7, 14, 23, 5, tzinfo=UTC)
    assert moment_fr(minuit_passe) == f"15{I}juillet 2026 à 1{I}h{I}05"
    assert moment_fr(minuit_passe, "America/Cayenne") == f"14{I}juillet 2026 à 20{I}h{I}05"
    with pytest.raises(ValueError, match="naive"):
        moment_fr(datetime(2026, 7, 14))  # noqa: DTZ001 - the refusal of a naive datetime is what is tested.


def test_numbers_amounts_and_plurals() -> None:
    assert nombre(1234567) == f"1{F}234{F}567"
    assert nombre(12.345, 2) in {"12,34", "12,35"}
    assert euros(480000) == f"480{F}000{I}€"
    assert euros(Decimal("12.5")) == f"12,50{I}€"
    assert [pluriel(n, "dossier") for n in (0, 1, 2)] == [f"0{I}dossier", f"1{I}dossier", f"2{I}dossiers"]
    assert pluriel(3, "travail", "travaux") == f"3{I}travaux"


def test_delays_in_words() -> None:
    assert delai(0) == "aujourd’hui"
    assert delai(2) == f"dans 2{I}jours{I}ouvrés"
    assert delai(-1) == f"en retard de 1{I}jour{I}ouvré"
    assert delai(-1, ouvres=False) == f"en retard de 1{I}jour"
