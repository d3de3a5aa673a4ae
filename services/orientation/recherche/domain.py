"""What was typed, as what may be looked for here: references, identifiers and organisations, no name of an association."""

import re
from dataclasses import dataclass
from uuid import UUID

from common.references import debuts

# An identifier, also inside an address that somebody pastes.
_IDENTIFIANT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
MOT_MIN = 3


@dataclass(frozen=True, slots=True)
class Requete:
    """`reference` is what a case's reference may begin like, `identifiants` those that were pasted, `mots` the rest."""

    reference: str = ""
    identifiants: tuple[UUID, ...] = ()
    mots: str = ""

    @property
    def vide(self) -> bool:
        """Whether nothing of it can be looked for."""
        return not (self.reference or self.identifiants or self.mots)


def lire(texte: str) -> Requete:
    """What to look for."""
    trouves = tuple(dict.fromkeys(UUID(trouve) for trouve in _IDENTIFIANT.findall(texte)))[:5]
    if trouves:
        return Requete(identifiants=trouves)
    return Requete(reference=texte if debuts(texte) else "", mots=texte if len(texte) >= MOT_MIN else "")
