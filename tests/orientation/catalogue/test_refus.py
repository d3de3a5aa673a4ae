"""What is wrong in the catalogue's files is refused with the file, the line and the remedy, all of it at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orientation.dispositifs.ecriture import yaml_de, yaml_des_sources
from orientation.dispositifs.lecture import SOURCES, CatalogueInvalide, catalogue_des_fichiers, lire_fiche, lire_textes
from orientation.dispositifs.lignes import PROFONDEUR_MAX, TAILLE_MAX, ErreurFiche, lire_yaml

DOCUMENTS = catalogue_des_fichiers().documents
# Line 1 is the code; each case adds its lines from line 19 on.
DEBUT = """\
code: essai
libelle: Essai
etat: {valeur: actif, source: avise, passage: p}
porteurs:
  valeur: [Quelqu’un]
  source: avise
  passage: p
specialite:
  valeur: Appui
  source: avise
  passage: p
territoires:
  valeur:
    regions: ['76']
  source: avise
  passage: p
statuts: {valeur: [association], source: avise, passage: p}
# fin du début
"""


def erreurs(contenu: str, fichier: str = "essai.yaml") -> list[ErreurFiche]:
    return sorted(lire_fiche(fichier, contenu, DOCUMENTS)[0].erreurs)


def critere(condition: str, code: str = "essai", suite: str = "") -> str:
    return f"criteres:\n  - code: {code}\n    regle: r\n    source: avise\n    passage: p\n    condition: {condition}\n{suite}"


def deux(premiere: str, seconde: str, un: str = "un", autre: str = "autre", ou: str = "", la: str = "") -> str:
    """Two criteria; the second one's code is on line 25, its condition on line 29, territories after each."""
    ligne = "  - {{code: {}, regle: r, source: avise, passage: p, condition: {}{}}}\n"
    return "criteres:\n" + ligne.format(un, premiere, ou) + ligne.format(autre, seconde, la)


ETP_3 = "{nombre: {champ: etp, admis: {plus_de: 3}}}"
ETP_2 = "{nombre: {champ: etp, admis: {moins_de: 2}}}"
OCCITANIE, HERAULT = ", territoires: {regions: ['76']}", ", territoires: {departements: ['34']}"

CAS: list[tuple[str, int, str, str]] = [
    # What the case adds; the line; words of what is wrong; words of the remedy.
    ("criteress: []\n", 19, "n’existe pas", "criteres"),
    ("gratuit: {valeur: peut-être, source: avise, passage: p}\n", 19, "gratuit.valeur", "oui ou par non"),
    ("gratuit: {valeur: oui, source: inconnue, passage: p}\n", 19, "« inconnue » est inconnue", "Sources connues : avise"),
    ("gratuit: {valeur: oui, source: avise}\n", 19, "« gratuit.passage » manque", "Ajoutez"),
    ("gratuit:\n  valeur:\n  source: avise\n  passage: p\n", 20, "vide", "non précisé"),
    ("niveaux: {valeur: [crise], source: avise, passage: p}\n", 19, "« crise » n’est pas un code", "gerer_crise"),
    ("niveaux: {valeur: [], source: avise, passage: p}\n", 19, "vide", "non précisé"),
    ("besoins:\n  - tresorerie\n  - argent\n", 21, "« argent » n’est pas un code", "tresorerie"),
    ("besoins: tresorerie\n", 19, "liste", "tiret"),
    ("duree: longue\n", 19, "clés", "clé: valeur"),
    ("code: essai\n", 19, "deux fois", "un seul"),
    ("liens: [ftp://ici]\n", 19, "forme", "https://"),
    ("capacite: {valeur: {mini: 5, maxi: 2, unite: u}, source: avise, passage: p}\n", 19, "capacité", "Échangez"),
    ("duree: {valeur: {texte: t, mini_mois: 5, maxi_mois: 2}, source: avise, passage: p}\n", 19, "durée", "Échangez"),
    ("capacite: {valeur: {mini: dix, maxi: 2, unite: u}, source: avise, passage: p}\n", 19, "valeur.mini", "nombre entier"),
    ("exclut: {valeur: [dla, essai], source: avise, passage: p}\n", 19, "lui-même", "Retirez"),
    (critere("{nombre: {champ: etp, admis: {plus_de: 400, moins_de: 50}}}"), 24, "Aucun nombre", "Vérifiez"),
    (critere("{nombre: {champ: etp, admis: {plus_de: 5, au_plus: 5}}}"), 24, "Aucun nombre", "compris"),
    (critere("{nombre: {champ: etp, admis: {moins_de: 0}}}"), 24, "Aucun nombre", "Vérifiez"),
    (critere("{nombre: {champ: etp, admis: {plus_de: 3, au_moins: 3}}}"), 24, "ensemble", "la source"),
    (critere("{nombre: {champ: etp, admis: {}}}"), 24, "aucune fin", "au_moins"),
    (critere("{nombre: {champ: etp, admis: {moins_de: 6}, sur: {moins_de: 9}}}"), 24, "« sur » sort", "resserrez"),
    (critere("{nombre: {champ: statut, admis: {plus_de: 3}}}"), 24, "pas un nombre", "etp"),
    (critere("{nombre: {champ: age, admis: {plus_de: 3}}}"), 24, "« age » n’est pas un code", "etp"),
    (critere("{reponse: {champ: etp, attendu: oui}}"), 24, "oui ou non", "risque_cessation"),
    (critere("{difficultes: {parmi: [deficit_recurrent], au_moins: 2}}"), 24, "plus de difficultés", "au plus 1"),
    (critere("{un_de: [{reponse: {champ: etp, attendu: oui}}, {statuts: [association]}]}"), 24, "oui ou non", "risque"),
    (critere("{}"), 24, "une seule sorte", "nombre, reponse"),
    (critere("{statuts: [association], reponse: {champ: risque_cessation, attendu: oui}}"), 24, "une seule sorte", "Gardez"),
    (critere(ETP_3, code="statut"), 20, "répète", "Retirez"),
    (critere(ETP_3, suite="    territoires: {regions: ['76', '93']}\n"), 25, "du dispositif : 04, 05", "Retirez"),
    (critere(ETP_3, suite="    territoires: {regions: ['99']}\n"), 25, "région « 99 » n’existe pas", "76 Occitanie"),
    (critere(ETP_3, suite="    territoires: {departements: ['20']}\n"), 25, "« 20 » n’existe pas", "2A"),
    (critere(ETP_3, suite="    territoires: {regions: ['76'], departements: ['34']}\n"), 25, "recouvrent : 34", "une fois"),
    (critere(ETP_3, suite="    territoires: {national: oui, regions: ['76']}\n"), 25, "deux fois", "national: oui"),
    (deux(ETP_3, ETP_3, "un", "un"), 21, "donné deux fois", "territoire"),
    (deux(ETP_3, ETP_3, "un", "un", OCCITANIE, HERAULT), 21, "recouvrent : 34", "une seule variante"),
    (deux(ETP_3, ETP_2), 21, "« un » et « autre » ne peuvent pas", "Corrigez"),
    (
        deux("{reponse: {champ: risque_cessation, attendu: oui}}", "{reponse: {champ: risque_cessation, attendu: non}}"),
        21,
        "ensemble",
        "Corrigez",
    ),
    ("notes: &a []\n", 19, "ancres", "toutes lettres"),
    ("notes: [un: deux: trois]\n", 19, "pas du YAML", "alignement"),
    ("---\ncode: essai\n", 19, "plusieurs documents", "un fichier par dispositif"),
]


@pytest.mark.parametrize(("ajout", "ligne", "quoi", "remede"), CAS)
def test_a_fault_is_told_with_its_line_and_its_remedy(ajout: str, ligne: int, quoi: str, remede: str) -> None:
    assert erreurs(DEBUT) == []
    (seule,) = erreurs(DEBUT + ajout)
    assert (seule.fichier, seule.ligne) == ("essai.yaml", ligne)
    assert quoi in seule.quoi
    assert remede in seule.remede


def test_all_faults_of_a_file_are_told_at_once() -> None:
    trouvees = erreurs(DEBUT.replace("actif", "ouvert") + "besoins: [argent]\nliens: [ici]\nautre: x\n")
    assert [e.ligne for e in trouvees] == [3, 19, 20, 21]


def test_a_file_is_called_as_its_code() -> None:
    (seule,) = erreurs(DEBUT, "autre.yaml")
    assert (seule.ligne, seule.remede) == (1, "Donnez au fichier le nom du code.")


def test_variants_that_do_not_overlap_and_criteria_that_meet_nowhere_are_fine() -> None:
    assert erreurs(DEBUT + deux(ETP_3, ETP_2, "un", "un", "", HERAULT)) == []
    assert erreurs(DEBUT + deux(ETP_3, ETP_2, "un", "autre", HERAULT, ", territoires: {departements: ['31']}")) == []


def catalogue(**relations: str) -> dict[str, str]:
    textes = {f"{c}.yaml": DEBUT.replace("essai", c) + relations.get(c, "") for c in ("a", "b", "c")}
    return textes | {SOURCES: yaml_des_sources(DOCUMENTS)}


def relation(nom: str, *codes: str) -> str:
    return f"{nom}:\n  source: avise\n  passage: p\n  valeur:\n" + "".join(f"    - {code}\n" for code in codes)


@pytest.mark.parametrize(
    ("relations", "fichier", "ligne", "quoi"),
    [
        ({"b": relation("exclut", "a", "nulle-part")}, "b.yaml", 24, "« nulle-part »"),
        (
            {"a": relation("apres", "b"), "b": relation("apres", "c"), "c": relation("apres", "a")},
            "a.yaml",
            23,
            "a → b → c → a",
        ),
        ({"a": relation("apres", "b") + relation("avant", "b")}, "a.yaml", 23, "a → b → a"),
        ({"b": relation("apres", "c"), "c": relation("apres", "b")}, "b.yaml", 23, "b → c → b"),
    ],
)
def test_files_that_contradict_each_other_are_refused(relations: dict[str, str], fichier: str, ligne: int, quoi: str) -> None:
    with pytest.raises(CatalogueInvalide) as refus:
        lire_textes(catalogue(**relations))
    (seule,) = refus.value.erreurs
    assert (seule.fichier, seule.ligne) == (fichier, ligne)
    assert quoi in seule.quoi
    assert seule.remede


def test_an_order_that_goes_one_way_is_fine() -> None:
    textes = catalogue(a=relation("apres", "b", "c"), c=relation("avant", "a", "b"))
    assert sorted(lire_textes(textes).fiches) == ["a", "b", "c"]


def test_a_bad_source_and_a_bad_file_are_told_together_and_as_a_problem() -> None:
    textes = catalogue(a="autre: x\n") | {SOURCES: "avise:\n  document: Avise\n  date: hier\n"}
    with pytest.raises(CatalogueInvalide) as refus:
        lire_textes(textes)
    assert ("sources.yaml", 3) in {(e.fichier, e.ligne) for e in refus.value.erreurs}
    assert ("a.yaml", 19) in {(e.fichier, e.ligne) for e in refus.value.erreurs}
    assert refus.value.problem()["erreurs"][0].keys() == {"fichier", "ligne", "quoi", "remede"}
    assert "a.yaml, ligne 19" in str(refus.value)


def test_a_catalogue_without_sources_is_refused() -> None:
    with pytest.raises(CatalogueInvalide, match=r"sources\.yaml, ligne 1"):
        lire_textes({"a.yaml": DEBUT.replace("essai", "a")})


def test_texts_made_to_hurt_are_refused() -> None:
    assert "trop long" in lire_yaml("f", "a: " + "x" * TAILLE_MAX).erreurs[0].quoi
    assert "trop nombreux" in lire_yaml("f", "[" * (PROFONDEUR_MAX + 1)).erreurs[0].quoi
    assert "vide" in lire_yaml("f", "").erreurs[0].quoi
    assert "mot" in lire_yaml("f", "? [a]\n: b\n").erreurs[0].quoi
    assert lire_yaml("f", "a: !!python/object/apply:os.system [x]").donnees == {"a": ["x"]}


@given(st.text(max_size=200) | st.text(alphabet="a:-[]{}'\"#&*!|>%@\n ,?", max_size=80))
def test_no_text_whatever_breaks_the_reader(contenu: str) -> None:
    texte, fiche = lire_fiche("essai.yaml", contenu, DOCUMENTS)
    assert fiche is None
    assert texte.erreurs
    assert all(e.ligne >= 1 and e.remede for e in texte.erreurs)


@given(st.sampled_from(sorted(catalogue_des_fichiers().fiches)), st.data())
def test_a_file_with_one_line_less_is_read_or_refused_never_broken(code: str, data: st.DataObject) -> None:
    lignes = yaml_de(catalogue_des_fichiers().fiches[code]).splitlines(keepends=True)
    sans = data.draw(st.integers(0, len(lignes) - 1))
    texte, fiche = lire_fiche(f"{code}.yaml", "".join(lignes[:sans] + lignes[sans + 1 :]), DOCUMENTS)
    assert bool(fiche) is not bool(texte.erreurs)
