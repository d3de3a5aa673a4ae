"""The words that the invented associations, people and situations are made of; mots.json holds them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Secteur:
    """A field of activity: patterns of names and sentences that describe the work."""

    noms: list[str]
    activites: list[str]


@dataclass(frozen=True)
class Mots:
    """All the vocabulary. Patterns hold `{du_lieu}`, `{horizon}`, `{equipe}` and `{budget}`."""

    prenoms_f: list[str]
    prenoms_m: list[str]
    noms: list[str]
    lieux: list[str]
    secteurs: list[Secteur]
    indicateurs: dict[str, list[str]]
    effectif: list[str]
    demandes: dict[str, list[str]]
    motifs_tiers: list[str]


@lru_cache(maxsize=1)
def mots() -> Mots:
    """Read the vocabulary."""
    contenu = json.loads(Path(__file__).with_name("mots.json").read_text(encoding="utf-8"))
    return Mots(**contenu | {"secteurs": [Secteur(**secteur) for secteur in contenu["secteurs"].values()]})
