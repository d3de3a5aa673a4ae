"""How people type the reference of a case: in any case, with or without its R and its hyphens, often only its beginning."""

# R, a hyphen and two symbols: one symbol is not yet a search, and would find one case in thirty-two.
MINIMUM = 4


def debuts(saisie: str) -> tuple[str, ...]:
    """What a reference may begin with, for what was typed; nothing when that would be true of all of them."""
    brut = saisie.strip().upper()
    compact = "".join(c for c in brut if c.isalnum())
    possibles = [brut, _ecrite(compact)]
    if compact.startswith("R"):
        possibles.append(_ecrite(compact[1:]))
    return tuple(dict.fromkeys(debut for debut in possibles if len(debut) >= MINIMUM and compact))


def _ecrite(symboles: str) -> str:
    """A beginning with the R and the hyphens that a reference has."""
    return f"R-{symboles[:4]}" + (f"-{symboles[4:]}" if len(symboles) > 4 else "")
