"""What was typed, as the words that are looked for: numbers are written with spaces, references in many ways."""

import re
from uuid import UUID

from common.references import debuts
from signalement.signalements.domain import est_vide

MOTS_MAX = 8
_NUMERO = re.compile(r"[\d\s.]+")
SIREN, SIRET = 9, 14


def identifiant(texte: str) -> UUID | None:
    """The identifier that was typed, if it is one."""
    try:
        return UUID(texte)
    except ValueError:
        return None


def mots(texte: str) -> tuple[str, ...]:
    """The words of which each must be found. A SIREN or SIRET is one word however it is spaced, the latter by its SIREN."""
    chiffres = "".join(c for c in texte if c.isdigit())
    if _NUMERO.fullmatch(texte) and len(chiffres) in (SIREN, SIRET):
        return (chiffres[:SIREN],)
    tous = texte.split()
    # Names are compared without « de » and « les »: to look for these would find nothing.
    return tuple([mot for mot in tous if not est_vide(mot)] or tous)[:MOTS_MAX]


def references(texte: str) -> tuple[str, ...]:
    """What a reference may begin with, when one word was typed."""
    return debuts(texte) if len(texte.split()) == 1 else ()
