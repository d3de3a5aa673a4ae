"""Who refers to whom: which months are counted, what may be shown, and where each line of the drawing goes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.codes import Famille
from common.secret import masquer_croise

MOIS = 12
LARGEUR, COLONNE, HAUTEUR_LIGNE, MARGE = 1050, 355, 44, 30
LIBELLE_MAX = 42
FAMILLES = tuple(Famille)


@dataclass(frozen=True, slots=True)
class Acteur:
    """An organisation of the map."""

    id: UUID
    libelle: str
    famille: Famille


@dataclass(frozen=True, slots=True)
class Lien:
    """Referrals from one organisation to another; `n` is None where the number must not be known."""

    de: Acteur
    vers: Acteur
    n: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation on the drawing, by the middle of its line."""

    acteur: Acteur
    x: float
    y: float
    texte: str
    gauche: bool


@dataclass(frozen=True, slots=True)
class Trait:
    """A line of the drawing, with the place of its number."""

    lien: Lien
    trace: str
    epaisseur: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Dessin:
    """The whole drawing."""

    hauteur: int
    places: tuple[Place, ...]
    traits: tuple[Trait, ...]


def periode(jour: date) -> tuple[date, date]:
    """The twelve whole months before the one that runs, as a first day and the day after the last.

    Whole months, so that no two pages of following days give away by their difference what happened on one of them.
    """
    fin = jour.replace(day=1)
    return fin.replace(year=fin.year - MOIS // 12), fin


def liens(comptes: Mapping[tuple[UUID, UUID], int], acteurs: Mapping[UUID, Acteur]) -> list[Lien]:
    """The lines of the map with the numbers that may be shown, the strongest first, the withheld ones last by name."""
    montres = masquer_croise(comptes)
    tous = [Lien(acteurs[de], acteurs[vers], n) for (de, vers), n in montres.items() if de in acteurs and vers in acteurs]
    return sorted(tous, key=lambda lien: (-(lien.n or 0), lien.de.libelle, lien.vers.libelle, lien.de.id.int, lien.vers.id.int))


def dessiner(tous: list[Lien]) -> Dessin:
    """Those who refer on the left, those who receive on the right, by family, each on a line of its own."""
    gauche = _colonne({lien.de for lien in tous}, gauche=True)
    droite = _colonne({lien.vers for lien in tous}, gauche=False)
    lignes = max(len(gauche), len(droite))
    traits, recus = [], Counter[UUID]()
    for lien in tous:
        traits.append(_trait(lien, gauche[lien.de.id], droite[lien.vers.id], recus[lien.vers.id]))
        recus[lien.vers.id] += 1
    return Dessin(MARGE * 2 + lignes * HAUTEUR_LIGNE, (*gauche.values(), *droite.values()), tuple(traits))


def _colonne(acteurs: set[Acteur], *, gauche: bool) -> dict[UUID, Place]:
    ordre = sorted(acteurs, key=lambda a: (FAMILLES.index(a.famille), a.libelle, a.id.int))
    x = COLONNE if gauche else LARGEUR - COLONNE
    return {
        a.id: Place(a, x, MARGE + HAUTEUR_LIGNE * (rang + 0.5), _abreger(a.libelle), gauche) for rang, a in enumerate(ordre)
    }


def _abreger(libelle: str) -> str:
    return libelle if len(libelle) <= LIBELLE_MAX else f"{libelle[: LIBELLE_MAX - 1].rstrip()}…"


def _trait(lien: Lien, de: Place, vers: Place, rang: int) -> Trait:
    x1, x2 = de.x + 10, vers.x - 10
    milieu = (x1 + x2) / 2
    trace = f"M{x1:g} {de.y:g}C{milieu:g} {de.y:g} {milieu:g} {vers.y:g} {x2:g} {vers.y:g}"
    # The number stands near the receiver, where lines have parted; those of one receiver at other places of their curves.
    t = 0.82 - 0.14 * (rang % 5)
    poids = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x = sum(p * v for p, v in zip(poids, (x1, milieu, milieu, x2), strict=True))
    y = sum(p * v for p, v in zip(poids, (de.y, de.y, vers.y, vers.y), strict=True))
    return Trait(lien, trace, min(12.0, 1.5 + (lien.n or 0) / 10), round(x, 1), round(y, 1))
