"""The public directory of a territory: search, with accents and capitals folded, and the order in which partners stand."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.codes import Famille
from orientation.fiches.service import Disponibilites
from orientation.fiches.store import Absent
from orientation.partenaires.domain import Places
from orientation.partenaires.libelles import libelle_dispositif
from orientation.partenaires.models import PartenaireRow

FAMILLES = tuple(Famille)


@dataclass(frozen=True, slots=True)
class Trouve:
    """A partner of the directory: its places by dispositif, its absence if it is away today, its rank among the others."""

    partenaire: PartenaireRow
    places: Sequence[tuple[str, Places | None]]
    absent: Absent | None
    rang: int


def plier(texte: str) -> str:
    """A text as it is compared: without accents, capitals and typographic apostrophes."""
    decompose = unicodedata.normalize("NFKD", texte.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    return " ".join("".join(c for c in decompose if not unicodedata.combining(c)).split())


def correspond(partenaire: PartenaireRow, recherche: str) -> bool:
    """Whether each word that was typed is in the partner's name or in what it carries."""
    libelles = (f"{code} {libelle_dispositif(code)}" for code in partenaire.dispositifs)
    contenu = plier(" ".join((partenaire.libelle, *libelles)))
    return all(mot in contenu for mot in plier(recherche).split())


def ordonner(partenaires: Sequence[PartenaireRow], libres: Disponibilites) -> list[Trouve]:
    """By family, then those who can answer now first, then by name. Nobody is left out."""
    trouves = []
    for p in partenaires:
        places = [(code, libres.places.get((p.id, code))) for code in p.dispositifs]
        trouves.append(Trouve(p, places, libres.absents.get(p.id), _rang(p, libres)))
    return sorted(trouves, key=_place)


def _rang(partenaire: PartenaireRow, libres: Disponibilites) -> int:
    """The best rank among what it carries: it is full only when all of it is."""
    return min(libres.rang(partenaire.id, code) for code in partenaire.dispositifs or [""])


def _place(trouve: Trouve) -> tuple[int, int, str, UUID]:
    partenaire = trouve.partenaire
    return FAMILLES.index(Famille(partenaire.famille)), trouve.rang, plier(partenaire.libelle), partenaire.id
