"""The files that are delivered: each fact where its source says it, and nothing where it says nothing."""

import json

import jsonschema
import pytest
import yaml

from common.codes import Niveau
from common.territoires import departements, departements_of
from orientation.dispositifs.domain import (
    ESS,
    Bornes,
    Champ,
    Critere,
    Difficultes,
    Dispositif,
    EtatDispositif,
    Nombre,
    NonPrecise,
    OuiNon,
    Statut,
    UnDe,
)
from orientation.dispositifs.ecriture import empreinte, yaml_de, yaml_des_sources
from orientation.dispositifs.lecture import DOSSIER, SOURCES, catalogue_des_fichiers, lire_textes
from orientation.dispositifs.schema import document

CODES = {
    *("dla", "prevasso", "trajectoire", "sos-employeurs-ess", "dasess", "parcours-au-rebond", "fluctuations", "projection"),
    *("inspire", "oasis", "ronalpia-alterincub", "crp", "codefi", "ccsf", "mediation-entreprises", "mediation-credit"),
    *("procedures-amiables", "procedures-collectives", "cellule-occitanie", "guid-asso", "crib", "pava", "cress", "cip", "gpa"),
    *("reseaux", "contrat-apport-associatif", "pret-relais-solidaire"),
}
DISPOSITIFS = {d.code: d for d in catalogue_des_fichiers().dispositifs()}
OCCITANIE = frozenset(departements_of("76"))


def criteres(code: str) -> dict[str, list[Critere]]:
    trouves: dict[str, list[Critere]] = {}
    for critere in DISPOSITIFS[code].criteres:
        trouves.setdefault(critere.code, []).append(critere)
    return trouves


def test_the_codes_are_those_that_other_systems_use() -> None:
    assert set(DISPOSITIFS) == CODES


@pytest.mark.parametrize(
    ("code", "critere", "condition"),
    [
        # Avise, principaux programmes nationaux (3/3).
        ("dla", "employeur", Nombre(Champ.etp, Bornes(mini=0), Bornes(mini=0, mini_strict=True))),
        ("prevasso", "risque_cessation", OuiNon(Champ.risque_cessation, True)),
        ("trajectoire", "etp", Nombre(Champ.etp, Bornes(mini=3, mini_strict=True))),
        ("trajectoire", "budget", Nombre(Champ.budget, Bornes(mini=200_000, mini_strict=True))),
        ("trajectoire", "procedure_collective", OuiNon(Champ.procedure_collective, False)),
        ("trajectoire", "risque_cessation", OuiNon(Champ.risque_cessation, False)),
        # Avise, programmes sur des territoires spécifiques.
        ("dasess", "conditions", NonPrecise()),
        ("parcours-au-rebond", "horizon", Nombre(Champ.mois_avant_cessation, Bornes(maxi=12))),
        ("fluctuations", "effectif", Nombre(Champ.etp, Bornes(maxi=250, maxi_strict=True))),
        ("ronalpia-alterincub", "territoire", NonPrecise()),
        # Avise, dispositifs de droit commun (2/2).
        ("crp", "effectif", Nombre(Champ.etp, Bornes(mini=50, maxi=400))),
        ("codefi", "effectif", Nombre(Champ.etp, Bornes(maxi=400, maxi_strict=True))),
        ("ccsf", "conditions", NonPrecise()),
        ("mediation-credit", "cessation", Nombre(Champ.jours_en_cessation, Bornes(mini=0, maxi=0))),
        ("mediation-entreprises", "cessation", Nombre(Champ.jours_en_cessation, Bornes(mini=0, maxi=0))),
        ("procedures-amiables", "cessation", Nombre(Champ.jours_en_cessation, Bornes(maxi=45, maxi_strict=True))),
        (
            "procedures-collectives",
            "cessation",
            UnDe((Nombre(Champ.jours_en_cessation, Bornes(mini=0, mini_strict=True)), OuiNon(Champ.risque_cessation, True))),
        ),
        # Brochure of the Occitanie cell, « Repérer ».
        (
            "cellule-occitanie",
            "reperage",
            UnDe(
                (
                    Nombre(Champ.mois_avant_cessation, Bornes(maxi=12)),
                    Difficultes(frozenset({"rupture_tresorerie"}), 1),
                    Difficultes(frozenset({"deficit_recurrent", "fonds_propres_alteres", "gouvernance_fragilisee"}), 2),
                )
            ),
        ),
    ],
)
def test_a_criterion_is_bounded_as_its_source_words_it(code: str, critere: str, condition: object) -> None:
    assert [c.condition for c in criteres(code)[critere]] == [condition]


def test_prevasso_has_a_threshold_of_its_own_in_occitanie_with_both_sources() -> None:
    partout, occitanie = criteres("prevasso")["horizon"]
    assert partout.departements is None
    sur = Bornes(maxi=6, maxi_strict=True)
    assert partout.condition == Nombre(Champ.mois_avant_cessation, Bornes(maxi=9, maxi_strict=True), sur)
    assert occitanie.departements == OCCITANIE
    assert occitanie.condition == Nombre(Champ.mois_avant_cessation, Bornes(maxi=12))
    assert [source.document.split(",")[0] for source in occitanie.sources] == [
        "France Active Occitanie et Le Mouvement associatif Occitanie",
        "Avise",
    ]


@pytest.mark.parametrize(
    ("code", "regions"),
    [
        ("prevasso", ("04", "11", "24", "27", "32", "75", "76", "93")),
        ("dasess", ("32", "52", "53")),
        ("parcours-au-rebond", ("93",)),
        ("inspire", ("84", "93")),
        ("fluctuations", ("11",)),
        ("cellule-occitanie", ("76",)),
    ],
)
def test_regions_are_expanded_from_the_official_list(code: str, regions: tuple[str, ...]) -> None:
    assert DISPOSITIFS[code].territoires.valeur == frozenset(d for r in regions for d in departements_of(r))


def test_national_includes_every_departement_overseas_too() -> None:
    assert DISPOSITIFS["dla"].territoires.valeur is not None
    assert DISPOSITIFS["dla"].territoires.valeur >= {d.code for d in departements()} | {"971", "976", "988"}


def test_statuses_levels_and_states_are_those_of_the_sources() -> None:
    assert DISPOSITIFS["dla"].statuts.valeur == ESS
    assert DISPOSITIFS["codefi"].statuts.valeur == frozenset(Statut)
    assert DISPOSITIFS["prevasso"].statuts.valeur == frozenset({Statut.association})
    assert DISPOSITIFS["dla"].niveaux.valeur == frozenset(Niveau)
    assert DISPOSITIFS["prevasso"].niveaux.valeur == frozenset({Niveau.gerer_crise})
    assert DISPOSITIFS["trajectoire"].niveaux.valeur == frozenset({Niveau.rebondir})
    assert DISPOSITIFS["mediation-credit"].niveaux.valeur is None
    assert DISPOSITIFS["trajectoire"].etat is EtatDispositif.en_projet
    assert DISPOSITIFS["trajectoire"].exclut.valeur == ("procedures-collectives",)


@pytest.mark.parametrize("dispositif", DISPOSITIFS.values(), ids=lambda d: d.code)
def test_every_fact_says_where_it_was_read(dispositif: Dispositif) -> None:
    for nom in ("porteurs", "specialite", "niveaux", "statuts", "territoires", "capacite", "duree", "gratuit", "financement"):
        fait = getattr(dispositif, nom)
        assert fait.valeur is None or (all(s.document and s.passage for s in fait.sources) and fait.sources), nom
    assert all(critere.sources for critere in dispositif.criteres)
    # Without a single criterion the engine would say yes to everybody.
    assert dispositif.criteres


def test_the_files_are_what_the_export_writes_and_read_back_the_same() -> None:
    catalogue = catalogue_des_fichiers()
    textes = {f"{code}.yaml": yaml_de(fiche) for code, fiche in catalogue.fiches.items()}
    textes[SOURCES] = yaml_des_sources(catalogue.documents)
    assert textes == {chemin.name: chemin.read_text() for chemin in DOSSIER.glob("*.yaml")}
    relu = lire_textes(textes)
    assert {c: empreinte(f) for c, f in relu.fiches.items()} == {c: empreinte(f) for c, f in catalogue.fiches.items()}


def test_the_schema_is_current_and_takes_every_file() -> None:
    schema = json.loads((DOSSIER.parent / "dispositif.schema.json").read_text())
    assert schema == document(), (
        "run: python -m orientation.dispositifs.schema > services/orientation/dispositifs/dispositif.schema.json"
    )
    for chemin in DOSSIER.glob("*.yaml"):
        if chemin.name != SOURCES:
            jsonschema.validate(yaml.safe_load(chemin.read_text()), schema)
