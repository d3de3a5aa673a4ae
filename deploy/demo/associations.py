"""The invented associations: who they are, where, and what they go through."""

import math
from random import Random
from typing import Any

from stdnum import luhn

from common.territoires import ALSACE_MOSELLE, departements, region_of
from demo.annuaire import GRAINE, slug
from demo.modeles import OUTRE_MER, ZONES_TELEPHONE
from demo.mots import Mots, Secteur

NOMBRE = 200
PART_SANS_RNA = 0.06
PARTENAIRES, TIERS = 60, 30

# First letters of the RNA numbers that the overseas greffes give.
GREFFES_OUTRE_MER = {"971": "9G1", "972": "9M1", "973": "9C1", "974": "9R1", "976": "9T1"}

# Level of difficulty: its share, months ahead (shortest, longest), indicators that are always there, how many others.
NIVEAUX: dict[str, tuple[int, tuple[int, int], list[str], int]] = {
    "anticiper": (26, (10, 18), [], 1),
    "faire_face": (35, (6, 12), [], 2),
    "gerer_crise": (27, (1, 5), ["rupture_tresorerie"], 2),
    "rebondir": (12, (4, 12), ["fonds_propres_alteres"], 1),
}

FONCTIONS = (
    ("présidente", "président"),
    ("trésorière", "trésorier"),
    ("directrice", "directeur"),
    ("coprésidente", "coprésident"),
)


def _territoires(rng: Random, communes: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every département once, Alsace-Moselle and overseas twice more, the rest by population; shuffled."""
    codes = [d.code for d in departements()]
    particuliers = sorted(ALSACE_MOSELLE) + [code for code in codes if region_of(code) in OUTRE_MER]
    tirage = codes + particuliers * 2
    poids = [sum(c["population"] for c in communes[code]) for code in codes]
    tirage += rng.choices(codes, poids, k=NOMBRE - len(tirage))
    rng.shuffle(tirage)
    return tirage


def _numeros(rng: Random) -> list[tuple[str, str]]:
    """Distinct SIREN and SIRET with their check digits; they begin with 0000, far from what associations are given."""
    resultat = []
    for corps in rng.sample(range(1000, 10_000), NOMBRE):
        siren = f"0000{corps}" + luhn.calc_check_digit(f"0000{corps}")
        siege = f"{siren}{rng.choice((1, 1, 1, 2, 3)):04d}"
        resultat.append((siren, siege + luhn.calc_check_digit(siege)))
    return resultat


def _rna(rng: Random, code: str, numero: int) -> str | None:
    """A number far beyond those a greffe has reached; none in Alsace-Moselle, and a few people do not know theirs."""
    if code in ALSACE_MOSELLE or rng.random() < PART_SANS_RNA:
        return None
    return f"W{GREFFES_OUTRE_MER.get(code, f'{code}1')}99{numero:04d}"


def _contact(rng: Random, mots: Mots, nom: str, code: str, numero: int) -> dict[str, str]:
    feminin = rng.random() < 0.5
    fonction = rng.choices(FONCTIONS, (5, 2, 3, 1))[0][0 if feminin else 1]
    return {
        "nom": rng.choice(mots.noms),
        "prenom": rng.choice(mots.prenoms_f if feminin else mots.prenoms_m),
        "fonction": fonction,
        "courriel": f"{slug(nom)[:60].rstrip('-')}@asso.example",
        "telephone": f"{ZONES_TELEPHONE[region_of(code)]} {numero // 100 + 10:02d} {numero % 100:02d}",
    }


def _nom(rng: Random, secteur: Secteur, mots: Mots, pris: set[str]) -> str:
    """A name that no other has, even once accents and capitals are dropped."""
    while True:
        nom = rng.choice(secteur.noms).format(du_lieu=rng.choice(mots.lieux))
        if slug(nom) not in pris:
            pris.add(slug(nom))
            return nom


def _situation(rng: Random) -> dict[str, Any]:
    niveau = rng.choices(list(NIVEAUX), [part for part, *_ in NIVEAUX.values()])[0]
    _, (court, long), toujours, autres = NIVEAUX[niveau]
    horizon = rng.randint(court, long)
    possibles = ["deficit_recurrent", "fonds_propres_alteres", "gouvernance_fragilisee", "perte_financement", "autre"]
    possibles += ["rupture_tresorerie"] if horizon <= 12 else []
    choisis = toujours + rng.sample([i for i in possibles if i not in toujours], autres)
    etp = min(90.0, max(1.0, round(rng.lognormvariate(1.7, 0.9) * 2) / 2))
    budget = int(etp * rng.randint(38, 56) + rng.randint(5, 40)) * 1000
    return {"etp": etp, "budget": budget, "horizon_mois": horizon, "indicateurs": choisis, "niveau": niveau}


def _besoin(rng: Random, mots: Mots, secteur: Secteur, s: dict[str, Any]) -> str:
    tetes = math.ceil(s["etp"] * 1.3)
    equipe = "une seule personne" if s["etp"] <= 1 else f"une équipe de {tetes} personnes"
    budget = f"{s['budget']:,} €".replace(",", "\u202f").replace(" €", "\u00a0€")
    phrases = [rng.choice(secteur.activites), rng.choice(mots.effectif)]
    phrases += [rng.choice(mots.indicateurs[indicateur]) for indicateur in s["indicateurs"]]
    phrases.append(rng.choice(mots.demandes[s["niveau"]]))
    return " ".join(phrases).format(equipe=equipe, budget=budget, horizon=s["horizon_mois"])


def associations(mots: Mots, communes: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Draw the associations, always the same ones."""
    rng = Random(f"{GRAINE}:associations")  # noqa: S311 - invented data, drawn the same each time.
    territoires, numeros = _territoires(rng, communes), _numeros(rng)
    origines = ["partenaire"] * PARTENAIRES + ["tiers"] * TIERS + ["self"] * (NOMBRE - PARTENAIRES - TIERS)
    rng.shuffle(origines)
    pris: set[str] = set()
    resultat = []
    for i, (code, (siren, siret), origine) in enumerate(zip(territoires, numeros, origines, strict=True)):
        secteur, commune, situation = rng.choice(mots.secteurs), rng.choice(communes[code]), _situation(rng)
        nom = _nom(rng, secteur, mots, pris)
        resultat.append(
            {
                "numero": i + 1,
                "nom": nom,
                "siren": siren,
                "siret": siret,
                "rna": _rna(rng, code, 1000 + i),
                "departement": code,
                "code_postal": rng.choice(commune["codes_postaux"]),
                "commune": commune["nom"],
                "contact": _contact(rng, mots, nom, code, i),
                **situation,
                "origine": origine,
                "motif_tiers": rng.choice(mots.motifs_tiers) if origine == "tiers" else None,
                "besoin": _besoin(rng, mots, secteur, situation),
            }
        )
    return resultat
