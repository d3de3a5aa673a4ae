"""What is typed into a thread."""

from typing import Annotated

from pydantic import BaseModel, Field

from common.traduction import N_
from signalement.messages.domain import MAX_LONGUEUR
from signalement.signalements.schemas import Texte


class Ecrit(BaseModel):
    """A message, and whether its author waits for an answer."""

    texte: Annotated[Texte, Field(min_length=1, max_length=MAX_LONGUEUR, title=N_("Message"))]
    attend_reponse: bool = False
