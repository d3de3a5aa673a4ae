"""Forms: what a browser posts becomes a model, or French messages beside what was typed."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData, UploadFile

from common.formulaires import analyser, traduire, vierge
from common.messages import PAR_DEFAUT


class Origine(StrEnum):
    association = "association"
    tiers = "tiers"


def _pair(valeur: int) -> int:
    if valeur % 2:
        raise PydanticCustomError("impair", "Choisissez un nombre pair.")
    return valeur


def _connue(valeur: str) -> str:
    if valeur != "34":
        raise ValueError("Ce département n’est pas dans votre territoire.")
    return valeur


class Depot(BaseModel):
    siren: str = Field(title="Numéro SIREN", min_length=9)
    origine: Origine
    budget: Decimal | None = Field(default=None, ge=0)
    indicateurs: set[str] = Field(min_length=1)
    rupture: date | None = None
    pair: Annotated[int, AfterValidator(_pair)] = 2
    departement: Annotated[str, AfterValidator(_connue)] = "34"


BON: list[tuple[str, str | UploadFile]] = [
    ("siren", " 123456789 "),
    ("origine", "tiers"),
    ("indicateurs", "tresorerie"),
    ("indicateurs", "deficit"),
]


def test_reads_french_numbers_dates_in_three_boxes_and_several_answers() -> None:
    dates = [("rupture-jour", "3"), ("rupture-mois", "12"), ("rupture-annee", "2026")]
    forme = analyser(Depot, FormData([*BON, ("budget", "1\u202f480 000,50"), *dates]))
    assert forme.objet == Depot(
        siren="123456789",
        origine=Origine.tiers,
        budget=Decimal("1480000.50"),
        indicateurs={"tresorerie", "deficit"},
        rupture=date(2026, 12, 3),
    )
    assert not forme.resume


def test_empty_fields_are_missing_ones_and_typed_values_are_kept() -> None:
    forme = analyser(Depot, FormData([("siren", ""), ("origine", ""), ("budget", "beaucoup")]))
    assert forme.objet is None
    assert forme.erreurs == {
        "siren": "Cette information est nécessaire.",
        "origine": "Cette information est nécessaire.",
        "budget": "Saisissez un nombre, par exemple 12,50.",
        "indicateurs": "Cette information est nécessaire.",
    }
    assert forme.valeur("budget") == "beaucoup"
    assert forme.resume[0] == {"texte": "Numéro SIREN : cette information est nécessaire.", "href": "#siren"}


@pytest.mark.parametrize("parties", [("31", "2", "2026"), ("3", "", "2026"), ("3", "mars", "2026")])
def test_a_date_that_is_none_says_so_and_points_to_its_first_box(parties: tuple[str, str, str]) -> None:
    boites: list[tuple[str, str | UploadFile]] = list(
        zip(("rupture-jour", "rupture-mois", "rupture-annee"), parties, strict=True)
    )
    forme = analyser(Depot, FormData(BON + boites))
    assert forme.resume == [{"texte": "Saisissez une date qui existe, par exemple 27 3 2026.", "href": "#rupture-jour"}]


def test_our_own_rules_keep_their_words() -> None:
    forme = analyser(Depot, FormData([*BON, ("pair", "3"), ("departement", "75")]))
    assert forme.erreurs == {
        "pair": "Choisissez un nombre pair.",
        "departement": "Ce département n’est pas dans votre territoire.",
    }


def test_better_words_may_be_given_per_field_and_error() -> None:
    messages = {"siren.missing": "Donnez le numéro SIREN.", "origine": "Dites qui signale."}
    forme = analyser(Depot, FormData([("indicateurs", "deficit"), ("origine", "voisin")]), messages)
    assert forme.erreurs == {"siren": "Donnez le numéro SIREN.", "origine": "Dites qui signale."}


def test_a_rule_of_the_use_case_adds_its_error() -> None:
    forme = analyser(Depot, FormData(BON)).avec_erreur("siren", "Déjà signalé.").avec_erreur("", "Trop tard.")
    assert forme.objet is None
    assert [ligne["href"] for ligne in forme.resume] == ["#siren", ""]


def test_no_english_message_of_pydantic_is_shown() -> None:
    class Rare(BaseModel):
        duree: bytes

    with pytest.raises(ValidationError) as refus:
        Rare.model_validate({"duree": object()})
    assert traduire(refus.value) == {"duree": PAR_DEFAUT}


def test_a_blank_form_shows_what_is_known() -> None:
    forme = vierge({"rupture": date(2026, 3, 1), "indicateurs": ["a", "b"], "siren": None, "accord": True, "etp": 12})
    assert forme.valeur("rupture-jour") == "1"
    assert forme.valeurs("indicateurs") == ("a", "b")
    assert forme.valeur("accord") == "true"
    assert (forme.valeur("siren"), forme.valeur("etp")) == ("", "12")
