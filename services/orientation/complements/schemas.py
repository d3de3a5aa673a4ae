"""What the API of the thread takes and gives."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from common.codes_echanges import TypeQuestion
from common.traduction import _
from orientation.complements.domain import (
    CHIFFRES_MAX,
    CHOIX_LONGUEUR,
    CHOIX_MAX,
    NON,
    OUI,
    QUESTIONS_MAX,
    TEXTE_MAX,
    Question,
)
from orientation.complements.models import ComplementRow


def _lisible(texte: str) -> str:
    if any(c < " " and c not in "\n\r\t" for c in texte):
        raise PydanticCustomError("texte-illisible", _("Ce texte contient des caractères qui ne peuvent pas être enregistrés."))
    return texte


# No text needs control characters other than line ends and tabs, and PostgreSQL stores no NUL.
Texte = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXTE_MAX), AfterValidator(_lisible)]
Choix = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CHOIX_LONGUEUR), AfterValidator(_lisible)]
BORNE = 10**CHIFFRES_MAX
Entier = Annotated[StrictInt, Field(ge=-BORNE, le=BORNE)]
Reel = Annotated[StrictFloat, Field(ge=-BORNE, le=BORNE)]
Valeur = StrictBool | Entier | Reel | Texte


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuestionAPoser(_Strict):
    """One question; `choix` only for the kind « choix »."""

    intitule: Texte
    type: TypeQuestion = TypeQuestion.texte
    obligatoire: bool = True
    choix: Annotated[tuple[Choix, ...], Field(max_length=CHOIX_MAX)] = ()

    def valeur(self) -> Question:
        """As the rules take it."""
        return Question(self.intitule, self.type, self.obligatoire, self.choix)


class QuestionsAPoser(_Strict):
    """The questions of one round."""

    questions: Annotated[tuple[QuestionAPoser, ...], Field(min_length=1, max_length=QUESTIONS_MAX)]


class ReponseDonnee(_Strict):
    """The reply to one question: a text, a number, an ISO date, true or false, or one of the choices, by its kind."""

    question_id: UUID
    valeur: Valeur

    def saisie(self) -> str:
        """As somebody would have typed it."""
        if isinstance(self.valeur, bool):
            return OUI if self.valeur else NON
        return self.valeur if isinstance(self.valeur, str) else format(Decimal(str(self.valeur)), "f")


class ReponsesDonnees(_Strict):
    """The replies to all questions that wait; an optional one may be left out."""

    reponses: Annotated[tuple[ReponseDonnee, ...], Field(max_length=QUESTIONS_MAX)]


class Complement(BaseModel):
    """A question of the partner and the sender's reply, as it is kept: an ISO date, a number with a point, oui or non."""

    question_id: UUID
    type: TypeQuestion
    question: str
    obligatoire: bool
    choix: list[str]
    posee_at: datetime
    reponse: str | None
    repondue_at: datetime | None


class Fil(BaseModel):
    """The thread of a referral, in order: bounded by its own limit, so that it has no pages."""

    elements: list[Complement]


def complement(row: ComplementRow) -> Complement:
    """A question as the API gives it."""
    return Complement(question_id=row.id, **row.model_dump(include=Complement.model_fields.keys() - {"question_id"}))
