"""Intervals of numbers: whether one lies in another. A fact known only as a band is an interval too."""

from math import inf

from orientation.dispositifs.domain import Bornes

Nombre = float | Bornes
PLUS_DE_ZERO = Bornes(mini=0, mini_strict=True)


def contient(bornes: Bornes, valeur: float) -> bool:
    """Whether the number lies within, each end as it is worded."""
    bas, haut = bornes.mini, bornes.maxi
    if bas is not None and (valeur < bas or (valeur == bas and bornes.mini_strict)):
        return False
    return haut is None or valeur < haut or (valeur == haut and not bornes.maxi_strict)


def _bas(bornes: Bornes) -> tuple[float, bool]:
    return (-inf, False) if bornes.mini is None else (bornes.mini, bornes.mini_strict)


def _haut(bornes: Bornes) -> tuple[float, bool]:
    # An excluded end comes before an included one, so that pairs compare as ends do.
    return (inf, True) if bornes.maxi is None else (bornes.maxi, not bornes.maxi_strict)


def inclus(dedans: Bornes, dehors: Bornes) -> bool:
    """Whether every number of the first lies in the second."""
    return _bas(dehors) <= _bas(dedans) and _haut(dedans) <= _haut(dehors)


def disjoints(une: Bornes, autre: Bornes) -> bool:
    """Whether no number lies in both."""
    return _apres(une, autre) or _apres(autre, une)


def _apres(une: Bornes, autre: Bornes) -> bool:
    """Whether the first begins after the second has ended."""
    if une.mini is None or autre.maxi is None:
        return False
    return une.mini > autre.maxi or (une.mini == autre.maxi and (une.mini_strict or autre.maxi_strict))


def dans(valeur: Nombre, bornes: Bornes) -> bool:
    """Whether the number, or every number that it may be, lies within."""
    return inclus(valeur, bornes) if isinstance(valeur, Bornes) else contient(bornes, valeur)
