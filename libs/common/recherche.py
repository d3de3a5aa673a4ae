"""The one field that looks for anything: what it takes, how much it gives, how often. See decision 28.

What is looked for is sent in the body of a form and nowhere else: a name or a number in an address would stay in histories,
in the logs of whatever stands between, and in the address that the next page is told.
"""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from common.actor import Actor
from common.auth import require_actor
from common.clock import utc_now
from common.limites import Limite

RESULTATS_MAX = 20
SAISIE_MAX = 100


class Saisie(BaseModel):
    """What somebody typed."""

    recherche: str = Field(default="", title="Chercher", max_length=SAISIE_MAX)

    @property
    def texte(self) -> str:
        """Without what cannot be seen, nor spaces around."""
        return " ".join("".join(c if c.isprintable() else " " for c in self.recherche).split())


async def _compter(request: Request, actor: Annotated[Actor, Depends(require_actor)]) -> None:
    limite: Limite = request.app.state.limite_recherche
    limite.exiger(request, actor.id, utc_now())


compter = Depends(_compter)
"""The dependency of a route that looks for something: each person so often in a minute. Raises TropDeDemandes."""
