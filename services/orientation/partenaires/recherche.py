"""The public directory of a territory: search, with accents and capitals folded, and the order in which partners stand."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.codes import Famille
from orientation.fiches.store import Absent
from orientation.partenaires.domain import Places
from orientation.partenaires.libelles import libelle_dispositif
from orientation.partenaires.models import PartenaireRow

FAMILLES = tuple(Famille)


@dataclass(frozen=True, slots=True)
class Trouve:
    """A partner of the directory, with its places by dispositif, and its absence if it is away today."""

    partenaire: PartenaireRow
    places: Sequence[tuple[str, Places | None]]
    absent: Absent | None

    @property
    def rang(self) -> int:
        """Those who can answer now come first, then those that are full everywhere, then those that are away."""
        if self.absent:
            return 2
        return 1 if self.places and all(p and p.is_atteinte for _, p in self.places) else 0


def plier(texte: str) -> str:
    """A text as it is compared: without accents, capitals and typographic apostrophes."""
    decompose = unicodedata.normalize("NFKD", texte.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    return " ".join("".join(c for c in decompose if not unicodedata.combining(c)).split())


def correspond(partenaire: PartenaireRow, recherche: str) -> bool:
    """Whether each word that was typed is in the partner's name or in what it carries."""
    libelles = (f"{code} {libelle_dispositif(code)}" for code in partenaire.dispositifs)
    contenu = plier(" ".join((partenaire.libelle, *libelles)))
    return all(mot in contenu for mot in plier(recherche).split())


def ordonner(
    partenaires: Sequence[PartenaireRow],
    places: Mapping[tuple[UUID, str], Places | None],
    absents: Mapping[UUID, Absent],
) -> list[Trouve]:
    """By family, then those who can answer now first, then by name. Nobody is left out."""
    trouves = [Trouve(p, [(code, places.get((p.id, code))) for code in p.dispositifs], absents.get(p.id)) for p in partenaires]
    return sorted(trouves, key=_place)


def _place(trouve: Trouve) -> tuple[int, int, str, UUID]:
    partenaire = trouve.partenaire
    return FAMILLES.index(Famille(partenaire.famille)), trouve.rang, plier(partenaire.libelle), partenaire.id
