"""Identifiers and addresses: what is accepted, what is refused and how, whatever the spelling."""

from collections.abc import Callable
from random import Random
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from stdnum import luhn

from common import identifiants as ids

NBSP, FINE = "\u00a0", "\u202f"
chiffres = st.text("0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("normaliser", "saisie", "attendu"),
    [
        (ids.siren, "732829320", "732829320"),
        (ids.siren, " 732 829 320 ", "732829320"),
        (ids.siren, f"732{NBSP}829{FINE}320", "732829320"),
        (ids.siren, "732.829-320", "732829320"),
        (ids.siret, "732 829 320 00074", "73282932000074"),
        (ids.siret, "35600000000048", "35600000000048"),  # The head office of La Poste passes the usual check,
        (ids.siret, "356 000 000 49837", "35600000049837"),  # this post office only the sum of its digits.
        (ids.rna, "w341234567", "W341234567"),
        (ids.rna, "W 2A1 000 123", "W2A1000123"),
        (ids.rna, "W9R1001234", "W9R1001234"),
        (ids.code_departement, "1", "01"),
        (ids.code_departement, "2a", "2A"),
        (ids.code_departement, "974", "974"),
        (ids.code_departement, "978", "978"),
        (ids.code_postal, "34 000", "34000"),
        (ids.code_postal, "20200", "20200"),
        (ids.telephone, "01 99 00 12 34", "0199001234"),
        (ids.telephone, "06.39.98.12.34", "0639981234"),
        (ids.telephone, "+33 6 39 98 12 34", "0639981234"),
        (ids.telephone, "0033639981234", "0639981234"),
        (ids.telephone, "+33 (0)1 99 00 12 34", "0199001234"),
        (ids.telephone, "+262 262 12 34 56", "0262123456"),
        (ids.telephone, "+262 (0)639 12 34 56", "0639123456"),
        (ids.telephone, "+590 690-12-34-56", "0690123456"),
        (ids.telephone, "+508 508 41 23 45", "0508412345"),
        (ids.telephone, "+687 27 12 34", "+687271234"),
        (ids.courriel, " Contact@Asso.Example ", "contact@asso.example"),
        (ids.courriel, "nom.prenom+suivi@été.fr", "nom.prenom+suivi@xn--t-9fab.fr"),
        (ids.lire_reference, "R-7F3K-9QX8", "R-7F3K-9QX8"),
        (ids.lire_reference, "r 7f3k 9qx8", "R-7F3K-9QX8"),
        (ids.lire_reference, "7f3k9qx8", "R-7F3K-9QX8"),
    ],
)
def test_accepted_and_normalised(normaliser: Callable[[str], str], saisie: str, attendu: str) -> None:
    assert normaliser(saisie) == attendu
    assert normaliser(attendu) == attendu


@pytest.mark.parametrize(
    ("normaliser", "refus", "saisies"),
    [
        (ids.siren, ids.SirenInvalide, ["", "732829321", "73282932", "7328293200", "000000000", "73282932O", "٧٣٢٨٢٩٣٢٠"]),
        (ids.siret, ids.SiretInvalide, ["73282932000079", "732829320", "00000000000000", "35600000049838", "W3412345670000"]),
        (ids.rna, ids.RnaInvalide, ["W34123456", "W3412345678", "341234567", "WA41234567", "W34É234567", "W341 23456O"]),
        (ids.code_departement, ids.DepartementInvalide, ["", "20", "96", "2C", "975000", "Hérault"]),
        (ids.code_postal, ids.CodePostalInvalide, ["", "3400", "98000", "00000", "F-34000"]),
        (
            ids.telephone,
            ids.TelephoneInvalide,
            ["", "199001234", "0099001234", "01990012345", "+44 20 7946 0000", "+262 590 12 34 56", "3949", "poste 12"],
        ),
        (
            ids.courriel,
            ids.CourrielInvalide,
            ["", "asso", "asso@localhost", "a b@asso.fr", "é@asso.fr", "a@b@c.fr", "a@asso..fr"],
        ),
        (
            ids.lire_reference,
            ids.ReferenceInvalide,
            ["", "R-7F3K-9QX9", "R-7F3K-9QX", "R-7F3K-9QX88", "U-7F3K-9QX8", "R-7F3U-9QX8"],
        ),
    ],
)
def test_refused_by_name(normaliser: Callable[[str], str], refus: type[ids.IdentifiantInvalide], saisies: list[str]) -> None:
    for saisie in saisies:
        with pytest.raises(refus) as info:
            normaliser(saisie)
        assert isinstance(info.value, ValueError)
        # The answer is the same for every value: nothing that was typed is in it.
        assert info.value.problem() == {"type": f"urn:relais:erreur:{refus.slug}", "title": refus.titre, "status": 422}


class Formulaire(BaseModel):
    siren: ids.Siren
    siret: ids.Siret
    rna: ids.Rna
    departement: ids.CodeDepartement
    code_postal: ids.CodePostal
    telephone: ids.Telephone
    courriel: ids.Courriel
    reference: ids.Reference


def test_a_model_normalises_each_field() -> None:
    saisie = {
        "siren": "732 829 320",
        "siret": "732 829 320 00074",
        "rna": "w341234567",
        "departement": "2b",
        "code_postal": "20 200",
        "telephone": "+33 4 65 71 00 01",
        "courriel": "A@Asso.Example",
        "reference": "r-7f3k-9qx8",
    }
    assert Formulaire(**saisie).model_dump() == {
        "siren": "732829320",
        "siret": "73282932000074",
        "rna": "W341234567",
        "departement": "2B",
        "code_postal": "20200",
        "telephone": "0465710001",
        "courriel": "a@asso.example",
        "reference": "R-7F3K-9QX8",
    }


def test_a_model_refuses_each_field_with_its_french_sentence_alone() -> None:
    with pytest.raises(ValidationError) as info:
        Formulaire(**dict.fromkeys(Formulaire.model_fields, "faux"))
    refus = [
        ids.SirenInvalide,
        ids.SiretInvalide,
        ids.RnaInvalide,
        ids.DepartementInvalide,
        ids.CodePostalInvalide,
        ids.TelephoneInvalide,
        ids.CourrielInvalide,
        ids.ReferenceInvalide,
    ]
    assert [(e["type"], e["msg"]) for e in info.value.errors()] == [(r.slug, r.titre) for r in refus]


def test_the_examples_in_the_schemas_are_valid() -> None:
    proprietes = Formulaire.model_json_schema()["properties"]
    for nom, annotation in get_type_hints(Formulaire, include_extras=True).items():
        for exemple in proprietes[nom]["examples"]:
            assert TypeAdapter(annotation).validate_python(exemple) == exemple


@given(st.text())
def test_any_text_is_normalised_or_refused_by_name(saisie: str) -> None:
    for normaliser in (
        ids.siren,
        ids.siret,
        ids.rna,
        ids.code_departement,
        ids.code_postal,
        ids.telephone,
        ids.courriel,
        ids.lire_reference,
    ):
        try:
            attendu = normaliser(saisie)
        except ids.IdentifiantInvalide:
            continue
        assert attendu.isascii()
        assert normaliser(attendu) == attendu


@given(chiffres.filter(lambda s: s.strip("0")), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_in_a_siren_is_always_seen(corps: str, place: int, ecart: int) -> None:
    numero = corps + luhn.calc_check_digit(corps)
    assert ids.siren(numero) == numero
    faux = numero[:place] + str((int(numero[place]) + ecart) % 10) + numero[place + 1 :]
    with pytest.raises(ids.SirenInvalide):
        ids.siren(faux)


def test_a_siret_begins_with_the_siren_of_its_organisation() -> None:
    assert ids.siren(ids.siren_of(ids.siret("732 829 320 00074"))) == "732829320"


def test_no_rna_is_expected_in_alsace_moselle() -> None:
    assert [code for code in ("57", "67", "68", "54", "88", "974", "2A") if not ids.rna_attendu(code)] == ["57", "67", "68"]


@given(st.integers())
def test_a_reference_is_read_back_however_it_is_typed(graine: int) -> None:
    reference = ids.reference(Random(graine))
    assert ids.lire_reference(reference) == reference
    confondue = reference[2:].replace("0", "o").replace("1", "l")
    for saisie in (reference.lower(), reference.replace("-", ""), reference.replace("-", " "), confondue, f"R{confondue}"):
        assert ids.lire_reference(saisie) == reference


@given(st.integers(), st.sampled_from([2, 3, 4, 5, 7, 8, 9, 10]), st.sampled_from(ids.ALPHABET))
def test_one_wrong_letter_in_a_reference_is_always_seen(graine: int, place: int, lettre: str) -> None:
    reference = ids.reference(Random(graine))
    fausse = reference[:place] + lettre + reference[place + 1 :]
    if fausse != reference:
        with pytest.raises(ids.ReferenceInvalide):
            ids.lire_reference(fausse)


def test_references_differ_and_follow_their_source_of_chance() -> None:
    tirages = [ids.reference(Random(graine)) for graine in range(2000)]
    assert len(set(tirages)) == 2000
    assert ids.reference(Random(7)) == ids.reference(Random(7))
    assert not set("".join(tirages)) - set(ids.ALPHABET + "R-")
