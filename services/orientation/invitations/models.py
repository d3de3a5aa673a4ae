"""The table of invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import des_codes, moment, un_code
from orientation.invitations.domain import LIENS_GARDES, Invitation


class InvitationRow(Base, table=True):
    """Somebody may become a member. `liens` are hashes of the tokens that were mailed: the tokens themselves are nowhere.

    The address is kept as long as it may be written to, and forgotten once the invitation was accepted or taken back.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("acceptee_at IS NULL OR retiree_at IS NULL", name="une_fin"),
        CheckConstraint("(acceptee_at IS NOT NULL) = (membre_id IS NOT NULL)", name="membre"),
        CheckConstraint("courriel = '' OR (acceptee_at IS NULL AND retiree_at IS NULL)", name="courriel_oublie"),
        CheckConstraint(f"cardinality(liens) <= {LIENS_GARDES}", name="liens"),
        Index("ix_invitations_partenaire", "partenaire_id", "cree_at"),
        Index("ix_invitations_liens", "liens", postgresql_using="gin"),
        Index(
            "ux_invitations_courriel",
            "partenaire_id",
            text("lower(courriel)"),
            unique=True,
            postgresql_where=text("courriel <> ''"),
        ),
    )

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    courriel: str = Field(max_length=254)
    roles: list[str] = des_codes()
    liens: list[bytes] = Field(default_factory=list, sa_column=Column(ARRAY(LargeBinary), nullable=False, server_default="{}"))
    # Who invited: the id of an actor, as in the log.
    par: str = Field(max_length=200)
    cree_at: datetime = moment()
    expire_at: datetime = moment()
    envois: int = 1
    acceptee_at: datetime | None = moment(nullable=True)
    retiree_at: datetime | None = moment(nullable=True)
    membre_id: UUID | None = Field(default=None, foreign_key="membres.id")
    version: int = 1
    # Since when mails do not arrive, and why, as the event of this version said.
    injoignable_depuis: datetime | None = moment(nullable=True)
    injoignable_cause: str | None = un_code(default=None, nullable=True)
    joignabilite: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})

    def valeur(self) -> Invitation:
        """The invitation as the rules see it."""
        return Invitation(self.expire_at, self.acceptee_at, self.retiree_at, self.envois)
