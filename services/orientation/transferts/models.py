"""Tables of who followed a referral, and of its passing on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes import Motif
from common.codes_echanges import EtatTransfert
from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code


class AffectationRow(Base, table=True):
    """Since when a member follows a referral (nobody when null), and who said so: the newest row is what holds."""

    __tablename__ = "affectations"
    __table_args__ = (Index("ix_affectations_orientation", "orientation_id", "id"),)

    id: UUID = Field(primary_key=True)
    orientation_id: UUID = Field(foreign_key="orientations.id")
    responsable_id: UUID | None = Field(default=None, foreign_key="membres.id")
    par: str = Field(max_length=200)
    at: datetime = moment()


class TransfertRow(Base, table=True):
    """A proposal to pass a referral on. `suivante_id` is the referral that was prepared when the sender accepted."""

    __tablename__ = "transferts"
    __table_args__ = (
        parmi("etat", EtatTransfert),
        parmi("motif", Motif),
        CheckConstraint("(etat = 'accepte') = (suivante_id IS NOT NULL)", name="suivante"),
        CheckConstraint("(etat = 'propose') = (decide_at IS NULL)", name="decide"),
        Index("ux_transferts_propose", "orientation_id", unique=True, postgresql_where=text("etat = 'propose'")),
        Index("ix_transferts_orientation", "orientation_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    orientation_id: UUID = Field(foreign_key="orientations.id")
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    dispositif: str = un_code()
    motif: str = un_code()
    etat: str = un_code(default=EtatTransfert.propose.value)
    propose_at: datetime = moment()
    decide_at: datetime | None = moment(nullable=True)
    suivante_id: UUID | None = None
    version: int = 1
