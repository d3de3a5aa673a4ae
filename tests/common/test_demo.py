"""The demonstration data: generated, consistent with the directory, the codes and the territories, and invented all through."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict

from common import identifiants as ids
from common.codes import Famille, Indicateur, Motif, Niveau, Origine, TypePartenaire
from common.territoires import ALSACE_MOSELLE, departements, departements_of, departements_of_code_postal, region_of, regions
from demo.generate import EXTRAIT, ICI, fichiers

ACCOMPAGNEMENTS = {"dla", "prevasso", "trajectoire", "sos-employeurs-ess", "dasess", "cellule-occitanie"}
DROIT_COMMUN = {
    "crp",
    "codefi",
    "ccsf",
    "mediation-entreprises",
    "mediation-credit",
    "procedures-amiables",
    "procedures-collectives",
}
CONSEIL = {"guid-asso", "crib", "pava", "cress", "cip", "gpa"}
DISPOSITIFS = ACCOMPAGNEMENTS | DROIT_COMMUN | CONSEIL
DE_FICTION = re.compile(r"(?:019900|026191|035301|046571|053649|063998)\d{4}")
CELLULES = {"cellule", "cellule_nationale"}


class Ferme(BaseModel):
    """A record that refuses unknown fields and does not repair types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Contact(Ferme):
    nom: str
    prenom: str
    fonction: str
    courriel: ids.Courriel
    telephone: ids.Telephone


class Etape(Ferme):
    dispositif: str
    partenaire: str
    issue: str
    motif: str | None = None
    apres_declin: bool = False


class Asso(Ferme):
    numero: int
    nom: str
    siren: ids.Siren
    siret: ids.Siret
    rna: ids.Rna | None
    departement: ids.CodeDepartement
    code_postal: ids.CodePostal
    commune: str
    contact: Contact
    etp: float
    budget: int
    horizon_mois: int
    indicateurs: list[str]
    niveau: str
    origine: str
    motif_tiers: str | None
    depose_par: str | None
    besoin: str
    diagnostic: bool
    parcours: list[Etape]


Partenaires = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def partenaires() -> Partenaires:
    liste = json.loads((ICI / "partenaires.json").read_text(encoding="utf-8"))
    assert len({p["code"] for p in liste}) == len(liste)
    return {p["code"]: p for p in liste}


def lire(chemin: Path) -> list[Asso]:
    return [Asso.model_validate_json(ligne) for ligne in chemin.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def journal() -> list[Asso]:
    return lire(ICI / "journey.jsonl")


def test_the_files_are_what_the_generator_writes() -> None:
    for chemin, contenu in fichiers().items():
        assert chemin.read_text(encoding="utf-8") == contenu, f"run python -m demo.generate: {chemin.name} is out of date"


def test_each_region_has_a_cell_that_covers_it(partenaires: Partenaires) -> None:
    cellules = [p for p in partenaires.values() if p["type"] == "cellule"]
    assert {tuple(p["departements"]) for p in cellules} == {departements_of(r.code) for r in regions()}
    assert len(cellules) == 18
    for cellule in cellules:
        droits = ["catalogue"] if cellule["code"] == "cellule-occitanie" else []
        assert [m["roles"] for m in cellule["membres"]] == [["animateur", *droits]]
        assert set(partenaires[cellule["animee_par"]]["departements"]) == set(cellule["departements"])


def test_one_national_cell_with_an_auditor(partenaires: Partenaires) -> None:
    (nationale,) = (p for p in partenaires.values() if p["type"] == "cellule_nationale")
    assert [m["roles"] for m in nationale["membres"]] == [["national"], ["auditeur"], ["administrateur"]]
    assert len(nationale["departements"]) == 101


def test_partners_have_people_a_client_and_known_codes(partenaires: Partenaires) -> None:
    connus = {d.code for d in departements()}
    for partenaire in partenaires.values():
        assert partenaire["type"] in set(TypePartenaire)
        assert partenaire["famille"] in set(Famille)
        assert set(partenaire["departements"]) <= connus
        assert set(partenaire["dispositifs"]) <= DISPOSITIFS
        assert 3 <= partenaire["delai_jours_ouvres"] <= 10
        UUID(partenaire["id"])
        if partenaire["type"] not in CELLULES:
            assert sorted(m["roles"][0] for m in partenaire["membres"]) == ["agent", "manager"]
            assert len(partenaire["clients"]) == 1
            assert partenaire["dispositifs"]
        else:
            assert partenaire["clients"] == partenaire["dispositifs"] == []


def test_every_departement_has_each_kind_of_partner(partenaires: Partenaires) -> None:
    for departement in departements():
        genres = {p["type"] for p in partenaires.values() if departement.code in p["departements"]}
        assert genres == set(TypePartenaire), departement.nom


def test_every_dispositif_is_carried_where_it_exists(partenaires: Partenaires) -> None:
    def regions_de(dispositif: str) -> set[str]:
        return {region_of(d) for p in partenaires.values() if dispositif in p["dispositifs"] for d in p["departements"]}

    partiels = {
        "prevasso": {"04", "11", "24", "27", "32", "75", "76", "93"},
        "dasess": {"32", "52", "53"},
        "cellule-occitanie": {"76"},
    }
    partout = {r.code for r in regions()}
    for dispositif in DISPOSITIFS:
        assert regions_de(dispositif) == partiels.get(dispositif, partout), dispositif


def test_people_and_clients_are_distinct_and_in_a_reserved_domain(partenaires: Partenaires) -> None:
    membres = [m for p in partenaires.values() for m in p["membres"]]
    clients = [c["client_id"] for p in partenaires.values() for c in p["clients"]]
    for champ in ("sub", "courriel"):
        assert len({m[champ] for m in membres}) == len(membres)
    assert len(set(clients)) == len(clients)
    for membre in membres:
        assert ids.courriel(membre["courriel"]) == membre["courriel"]
        assert membre["courriel"].endswith("@relais.example")
        assert str(UUID(membre["sub"])) == membre["sub"]


def test_two_hundred_associations_everywhere(journal: list[Asso]) -> None:
    assert [asso.numero for asso in journal] == list(range(1, 201))
    assert {asso.departement for asso in journal} == {d.code for d in departements()}
    assert sum(asso.departement in ALSACE_MOSELLE for asso in journal) >= 9
    assert sum(len(asso.departement) == 3 for asso in journal) >= 15


def test_identifiers_are_normal_distinct_and_invented(journal: list[Asso]) -> None:
    bruts = [json.loads(ligne) for ligne in (ICI / "journey.jsonl").read_text(encoding="utf-8").splitlines()]
    for asso, brut in zip(journal, bruts, strict=True):
        # Reading normalises: equal values show that the file already holds the normal form.
        assert (asso.siren, asso.siret, asso.rna, asso.code_postal) == tuple(
            brut[champ] for champ in ("siren", "siret", "rna", "code_postal")
        )
        assert asso.siren.startswith("0000")
        assert ids.siren_of(asso.siret) == asso.siren
        assert asso.departement in departements_of_code_postal(asso.code_postal)
        assert asso.contact.courriel.endswith("@asso.example")
        assert DE_FICTION.fullmatch(asso.contact.telephone)
        assert asso.rna is None or ids.rna_attendu(asso.departement)
    for valeurs in (
        [asso.nom for asso in journal],
        [asso.siren for asso in journal],
        [asso.siret for asso in journal],
        [asso.rna for asso in journal if asso.rna],
        [asso.contact.courriel for asso in journal],
        [asso.contact.telephone for asso in journal],
    ):
        assert len(set(valeurs)) == len(valeurs)
    assert sum(asso.rna is not None for asso in journal) >= 150


def test_situations_hold_together(journal: list[Asso]) -> None:
    for asso in journal:
        assert asso.niveau in set(Niveau)
        assert asso.indicateurs
        assert set(asso.indicateurs) <= set(Indicateur)
        assert len(set(asso.indicateurs)) == len(asso.indicateurs)
        assert 1 <= asso.etp <= 90
        assert 20_000 <= asso.budget <= 6_000_000
        assert 1 <= asso.horizon_mois <= 18
        assert "rupture_tresorerie" not in asso.indicateurs or asso.horizon_mois <= 12
        assert not re.search(r"[{}]| [;:!?%€]", asso.besoin), asso.besoin
        assert len(asso.besoin) > 150
    assert {i for asso in journal for i in asso.indicateurs} == set(Indicateur)
    assert {asso.niveau for asso in journal} == set(Niveau)
    assert any("’" in asso.nom for asso in journal)
    assert any(re.search("[éèêîôœÉÎ]", asso.nom) for asso in journal)


def test_the_one_who_files_is_told(journal: list[Asso], partenaires: Partenaires) -> None:
    assert {asso.origine for asso in journal} == set(Origine)
    for asso in journal:
        assert (asso.motif_tiers is not None) is (asso.origine == "tiers")
        assert (asso.depose_par is not None) is (asso.origine == "partenaire")
        if asso.depose_par:
            assert asso.departement in partenaires[asso.depose_par]["departements"]
            assert partenaires[asso.depose_par]["clients"]


def test_every_referral_goes_to_a_partner_that_carries_and_covers(journal: list[Asso], partenaires: Partenaires) -> None:
    for asso in journal:
        assert 1 <= len(asso.parcours) <= 3
        assert len({etape.partenaire for etape in asso.parcours}) == len(asso.parcours)
        for etape in asso.parcours:
            partenaire = partenaires[etape.partenaire]
            assert etape.dispositif in partenaire["dispositifs"]
            assert asso.departement in partenaire["departements"]
            assert partenaire["clients"]


def test_referrals_end_as_the_format_says(journal: list[Asso]) -> None:
    for asso in journal:
        precedente = None
        for etape in asso.parcours:
            assert (etape.motif is not None) is (etape.issue in {"declinee", "non_aboutie"})
            assert etape.motif is None or etape.motif in set(Motif)
            # A declined referral has its successor right behind it, and only such a one is a successor.
            assert etape.apres_declin is (precedente is not None and precedente.issue == "declinee")
            precedente = etape
        assert asso.parcours[-1].issue != "declinee"
        issues = [etape.issue for etape in asso.parcours]
        assert "retiree_consentement" not in issues[:-1]
        assert not (asso.diagnostic and "retiree_consentement" in issues)


def test_the_spread_is_the_one_the_readme_gives(journal: list[Asso]) -> None:
    issues = Counter(etape.issue for asso in journal for etape in asso.parcours)
    assert sum(asso.diagnostic for asso in journal) == 120
    assert {i: n for i, n in issues.items() if i != "aboutie"} == {
        "declinee": 52,
        "non_aboutie": 24,
        "retiree_consentement": 10,
        "complement_puis_aboutie": 40,
    }
    assert issues["aboutie"] > sum(issues.values()) / 2
    assert {len(asso.parcours) for asso in journal} == {1, 2, 3}


def test_the_sample_is_taken_from_the_journal_and_meets_everything(journal: list[Asso]) -> None:
    extrait = lire(EXTRAIT)
    entier = {asso.numero: asso for asso in journal}
    assert len(extrait) == 12
    assert all(entier[asso.numero] == asso for asso in extrait)
    assert {etape.issue for asso in extrait for etape in asso.parcours} == {e.issue for a in journal for e in a.parcours}
    assert {asso.origine for asso in extrait} == set(Origine)
    assert {len(asso.parcours) for asso in extrait} == {1, 2, 3}
    assert any(asso.departement in ALSACE_MOSELLE for asso in extrait)
    assert any(asso.departement == "974" for asso in extrait)
