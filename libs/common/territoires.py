"""Régions, départements and overseas collectivités: names, belonging, time zones, postal codes.

The data, its source and its licence are in `donnees/` beside this file. Codes are Insee's, as text ("01", "2A", "974").
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from common.errors import DonneeInvalide
from common.traduction import N_, _

# Bas-Rhin, Haut-Rhin and Moselle live under local law: two more public holidays, and a register of associations of their own.
ALSACE_MOSELLE = frozenset({"57", "67", "68"})


class TerritoireInconnu(DonneeInvalide, ValueError):
    """No région, département or collectivité has this code."""

    slug, titre = "territoire-inconnu", N_("Ce territoire n’existe pas.")


class CodePostalInconnu(DonneeInvalide, ValueError):
    """The postal code is not five digits, or belongs to no French territory."""

    slug, titre = "code-postal-inconnu", N_("Ce code postal n’existe pas en France.")


class Zone(StrEnum):
    """Where a territory lies and what it is."""

    metropole = "metro"
    outre_mer = "drom"
    collectivite = "com"


@dataclass(frozen=True, slots=True)
class Region:
    """A région; an overseas collectivité counts as its own région, as in Insee's list."""

    code: str
    nom: str


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or an overseas collectivité. `feries` names its own public holidays in the `holidays` library, if any."""

    code: str
    nom: str
    region: str
    zone: Zone
    fuseau: str
    feries: str | None


@lru_cache(maxsize=1)
def _donnees() -> dict[str, Any]:
    chemin = Path(__file__).parent / "donnees" / "territoires.json"
    contenu: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8"))
    return contenu


@lru_cache(maxsize=1)
def _regions() -> dict[str, Region]:
    return {r["code"]: Region(**r) for r in _donnees()["regions"]}


@lru_cache(maxsize=1)
def _departements() -> dict[str, Departement]:
    return {d["code"]: Departement(**d | {"zone": Zone(d["zone"])}) for d in _donnees()["departements"]}


@lru_cache(maxsize=1)
def regions() -> tuple[Region, ...]:
    """The 18 régions, by code."""
    habituelles = {d.region for d in _departements().values() if d.zone is not Zone.collectivite}
    return tuple(r for r in _regions().values() if r.code in habituelles)


@lru_cache(maxsize=1)
def departements() -> tuple[Departement, ...]:
    """The 101 départements, by code, without the collectivités."""
    return tuple(d for d in _departements().values() if d.zone is not Zone.collectivite)


@lru_cache(maxsize=1)
def collectivites() -> tuple[Departement, ...]:
    """The inhabited overseas collectivités, by code."""
    return tuple(d for d in _departements().values() if d.zone is Zone.collectivite)


def departement(code: str) -> Departement:
    """The département or collectivité of this code. Raises TerritoireInconnu."""
    try:
        return _departements()[code]
    except KeyError:
        raise TerritoireInconnu(_("Choisissez un département de la liste.")) from None


def region(code: str) -> Region:
    """The région of this code. Raises TerritoireInconnu."""
    try:
        return _regions()[code]
    except KeyError:
        raise TerritoireInconnu(_("Choisissez une région de la liste.")) from None


def is_departement(code: str) -> bool:
    """Whether this is one of the 101 départements."""
    trouve = _departements().get(code)
    return trouve is not None and trouve.zone is not Zone.collectivite


def is_territoire(code: str) -> bool:
    """Whether this is a département or an overseas collectivité."""
    return code in _departements()


def region_of(code: str) -> str:
    """The code of the région that a département belongs to. Raises TerritoireInconnu."""
    return departement(code).region


@lru_cache(maxsize=64)
def departements_of(code: str) -> tuple[str, ...]:
    """The codes of a région's départements, in order. Raises TerritoireInconnu."""
    connue = region(code).code
    return tuple(d.code for d in _departements().values() if d.region == connue)


def nom_region(code: str) -> str:
    """A région's name, ready to be shown. Raises TerritoireInconnu."""
    return region(code).nom


def nom_departement(code: str) -> str:
    """A département's name, ready to be shown. Raises TerritoireInconnu."""
    return departement(code).nom


def fuseau(code: str) -> ZoneInfo:
    """The time zone of a département. Raises TerritoireInconnu."""
    return ZoneInfo(departement(code).fuseau)


def departements_of_code_postal(code_postal: str) -> tuple[str, ...]:
    """Every département that a postal code serves, the most populated first. Raises CodePostalInconnu.

    Nineteen codes cross a limit or hide a collectivité (97150 is Saint-Martin); Corsica parts at 20200.
    """
    if not (len(code_postal) == 5 and code_postal.isascii() and code_postal.isdigit()):
        raise CodePostalInconnu(_("Le code postal compte cinq chiffres."))
    if trompeur := _donnees()["codes_postaux_trompeurs"].get(code_postal):
        return tuple(trompeur)
    if code_postal.startswith("20"):
        return ("2A",) if code_postal < "20200" else ("2B",)
    prefixe = code_postal[: 3 if code_postal >= "97" else 2]
    if not is_territoire(prefixe):
        raise CodePostalInconnu(_("Vérifiez le code postal."))
    return (prefixe,)


def departement_of_code_postal(code_postal: str) -> str:
    """The département that a postal code serves, or serves most. Raises CodePostalInconnu."""
    return departements_of_code_postal(code_postal)[0]
