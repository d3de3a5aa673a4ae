"""The place in the feed of changes: how it is written, and what is refused."""

import re
from dataclasses import dataclass
from uuid import UUID

from common.errors import Conflit, DonneeInvalide
from common.traduction import N_

ZERO = UUID(int=0)
_FORME = re.compile(r"(\d{1,18})\.([0-9a-f]{32})")


class CurseurPerime(Conflit):
    """The database was restored from a copy: what was read of it may have been undone."""

    slug, titre = "curseur-perime", N_("Ce curseur n’a plus cours.")


@dataclass(frozen=True, slots=True, order=True)
class Curseur:
    """A place in the order of changes: the transaction that wrote a referral, then the referral's id."""

    ecriture: int = 0
    id: UUID = ZERO

    @classmethod
    def lire(cls, texte: str) -> "Curseur":
        """The place that this text names. Raises DonneeInvalide on any other text."""
        trouve = _FORME.fullmatch(texte)
        if trouve is None:
            raise DonneeInvalide(N_("Donnez le « suivant » de la page précédente, ou rien pour tout lire."), champ="apres")
        return cls(int(trouve[1]), UUID(trouve[2]))

    def verifier(self, horizon: int) -> None:
        """Raises CurseurPerime when it lies beyond everything that is written."""
        if self.ecriture >= horizon:
            raise CurseurPerime(N_("Relisez tout depuis le début, sans « apres »."))

    def __str__(self) -> str:
        """As it is given out."""
        return f"{self.ecriture}.{self.id.hex}"
