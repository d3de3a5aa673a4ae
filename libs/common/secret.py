"""What is too small to be shown: below five, a number in a breakdown could point at somebody (« secret statistique »)."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import TypeVar

SEUIL_SECRET = 5

N = TypeVar("N", bound=Hashable)
Croisement = tuple[N, N]


def masquer(n: int) -> int | None:
    """A number fit for a breakdown: None from 1 to 4."""
    return None if 0 < n < SEUIL_SECRET else n


def masquer_croise(comptes: Mapping[Croisement[N], int]) -> dict[Croisement[N], int | None]:
    """The numbers of a crossed table, safe also for whoever knows the sum of a line or of a column from elsewhere.

    The small ones are withheld, then the next smallest of a line or column as long as what is withheld there is a single
    number or less than five together: else a difference would give it back. Where all of a line is withheld, nothing is.
    """
    montres = {cle: masquer(n) for cle, n in comptes.items()}
    lignes: dict[tuple[int, N], list[Croisement[N]]] = defaultdict(list)
    for cle in comptes:
        for cote in (0, 1):
            lignes[cote, cle[cote]].append(cle)
    encore = True
    while encore:
        encore = False
        for ligne in lignes.values():
            caches = [comptes[cle] for cle in ligne if montres[cle] is None]
            visibles = [cle for cle in ligne if montres[cle] is not None]
            if caches and visibles and (len(caches) < 2 or sum(caches) < SEUIL_SECRET):
                montres[min(visibles, key=lambda cle: (comptes[cle], str(cle)))] = None
                encore = True
    return montres
