"""What the invented organisations declare: places for about half of what they carry, a sheet for some, one absence."""

import json
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from common.territoires import departements_of
from demo.modeles import ZONES_TELEPHONE

GRAINE = "relais:declarations"
SIEGE_NATIONAL = "11"

# How many associations a partner takes for each dispositif, and over how long.
CAPACITES = {
    "trajectoire": ("annee", 8, 20),
    "dasess": ("annee", 10, 24),
    "cellule-occitanie": ("trimestre", 6, 12),
    "prevasso": ("trimestre", 4, 10),
    "dla": ("annee", 15, 40),
    "guid-asso": ("mois", 10, 30),
    "crib": ("mois", 12, 30),
    "pava": ("mois", 12, 30),
    "cress": ("trimestre", 6, 15),
    "sos-employeurs-ess": ("mois", 20, 40),
    "cip": ("mois", 10, 20),
    "gpa": ("annee", 20, 60),
}
PART_DECLAREE, PART_DELAIS = 0.5, 0.3
# The demonstration shows what full and nearly full look like, side by side with places left.
REMARQUABLES = {
    ("cress-occitanie", "dla"): {"capacite": 0, "periode": "mois"},
    ("dla-occitanie", "dla"): {"capacite": 24, "periode": "annee"},
    ("france-active-occitanie", "trajectoire"): {"capacite": 1, "periode": "trimestre"},
}
# Away from yesterday on; counted in days from the loading, so that the demonstration does not age.
ABSENCES = {"crib-occitanie": [{"dans": -1, "jours": 21, "remplacant": "mouvement-associatif-occitanie"}]}

OCCITANIE = "76"
AILLEURS = {"04": ("dla", "crib"), "11": ("dla", "mouvement-associatif", "urssaf"), "32": ("france-active", "crib", "cress")}
RUES = ("rue des Tilleuls", "avenue de la République", "place du Marché", "boulevard de la Gare", "rue de l’Écluse")


def declarer(prefixe: str, region: str, partenaire: dict[str, Any]) -> dict[str, Any]:
    """The partner with what it declares; `region` is empty for a national one."""
    code = partenaire["code"]
    declare = partenaire | {"offres": _offres(code, partenaire["dispositifs"])}
    if region in ("", OCCITANIE) or prefixe in AILLEURS.get(region, ()):
        declare["fiche"] = _fiche(prefixe, region or SIEGE_NATIONAL, code)
    if code in ABSENCES:
        declare["absences"] = ABSENCES[code]
    return declare


def _offres(code: str, dispositifs: list[str]) -> list[dict[str, Any]]:
    offres = []
    for dispositif in dispositifs:
        tirage = Random(f"{GRAINE}:{code}:{dispositif}")  # noqa: S311 - invented, drawn the same each time.
        periode, mini, maxi = CAPACITES.get(dispositif, ("trimestre", 8, 20))
        offre: dict[str, Any] = {}
        if tirage.random() < PART_DECLAREE:
            offre = {"capacite": tirage.randint(mini, maxi), "periode": periode}
        offre |= REMARQUABLES.get((code, dispositif), {})
        if tirage.random() < PART_DELAIS:
            offre |= {"delai_lecture": tirage.randint(1, 2), "delai_reponse": tirage.randint(3, 8)}
        if offre:
            offres.append({"dispositif": dispositif} | offre)
    return offres


def _fiche(prefixe: str, region: str, code: str) -> dict[str, str]:
    tirage = Random(f"{GRAINE}:{code}:fiche")  # noqa: S311 - the same.
    fiches, communes = _textes()
    siege = max((c for d in departements_of(region) for c in communes[d]), key=lambda c: int(c["population"]))
    return {
        **{nom: texte.replace(" ;", "\u00a0;").replace(" :", "\u00a0:") for nom, texte in fiches[prefixe].items()},
        "adresse": f"{tirage.randint(2, 98)} {tirage.choice(RUES)}",
        "code_postal": siege["codes_postaux"][0],
        "commune": siege["nom"],
        "telephone": f"{ZONES_TELEPHONE[region]} 9{tirage.randint(0, 9)} {tirage.randint(0, 99):02d}",
        "courriel": f"accueil.{code}@relais.example",
        "site_web": f"https://{code}.relais.example/",
    }


@lru_cache(maxsize=1)
def _textes() -> tuple[dict[str, dict[str, str]], dict[str, list[dict[str, Any]]]]:
    ici = Path(__file__).parent
    fiches, communes = (json.loads((ici / nom).read_text(encoding="utf-8")) for nom in ("fiches.json", "communes.json"))
    return fiches, communes
