"""What changed between two texts, word by word where the lines differ."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

MOTS = re.compile(r"\s+|[^\s]+")
# Comparing words costs the square of their number: a longer passage is shown as replaced as a whole.
MOTS_MAX = 600


class Morceau(NamedTuple):
    """A piece of text that stayed, came or went."""

    genre: Literal["egal", "ajoute", "retire"]
    texte: str


def comparer(avant: str, apres: str) -> list[Morceau]:
    """The pieces that lead from one text to the other: those that stayed and came make `apres`."""
    lignes = avant.splitlines(keepends=True), apres.splitlines(keepends=True)
    morceaux: list[Morceau] = []
    for genre, i, j, k, fin in SequenceMatcher(None, *lignes, autojunk=False).get_opcodes():
        vieux, neuf = "".join(lignes[0][i:j]), "".join(lignes[1][k:fin])
        morceaux += [Morceau("egal", vieux)] if genre == "equal" else _mots(vieux, neuf)
    return morceaux


def _mots(vieux: str, neuf: str) -> Iterator[Morceau]:
    mots = MOTS.findall(vieux), MOTS.findall(neuf)
    if max(map(len, mots)) > MOTS_MAX:
        mots = [vieux], [neuf]
    for genre, i, j, k, fin in SequenceMatcher(None, *mots, autojunk=False).get_opcodes():
        if genre == "equal":
            yield Morceau("egal", "".join(mots[0][i:j]))
            continue
        if i < j:
            yield Morceau("retire", "".join(mots[0][i:j]))
        if k < fin:
            yield Morceau("ajoute", "".join(mots[1][k:fin]))
