"""The table of the thread."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from common.codes_echanges import TypeQuestion
from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code
from orientation.complements.domain import CHOIX_LONGUEUR, CHOIX_MAX, QUESTIONS_MAX, TEXTE_MAX, Question


class ComplementRow(Base, table=True):
    """A question of the partner and its reply: free text that never leaves this database by itself.

    Questions asked at once share their moment, `rang` is their order, and they are all replied to at once: an optional
    one may then have a moment and no reply. At most one such round waits for each referral.
    """

    __tablename__ = "complements"
    __table_args__ = (
        parmi("type", TypeQuestion),
        CheckConstraint(f"char_length(question) <= {TEXTE_MAX} AND char_length(reponse) <= {TEXTE_MAX}", name="taille"),
        CheckConstraint(f"rang BETWEEN 1 AND {QUESTIONS_MAX}", name="rang"),
        CheckConstraint(f"(type = 'choix') = (cardinality(choix) BETWEEN 2 AND {CHOIX_MAX})", name="choix"),
        CheckConstraint("reponse IS NULL OR repondue_at IS NOT NULL", name="reponse"),
        Index("ux_complements_en_attente", "orientation_id", "rang", unique=True, postgresql_where=text("repondue_at IS NULL")),
        Index("ix_complements_orientation", "orientation_id"),
    )

    id: UUID = Field(primary_key=True)
    orientation_id: UUID = Field(foreign_key="orientations.id")
    rang: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    type: str = un_code(default=TypeQuestion.texte.value, sa_column_kwargs={"server_default": TypeQuestion.texte.value})
    question: str
    obligatoire: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    choix: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String(CHOIX_LONGUEUR)), sa_column_kwargs={"server_default": text("'{}'")}
    )
    posee_at: datetime = moment()
    reponse: str | None = None
    repondue_at: datetime | None = moment(nullable=True)

    def valeur(self) -> Question:
        """The question as the rules see it."""
        return Question(self.question, TypeQuestion(self.type), self.obligatoire, tuple(self.choix))
