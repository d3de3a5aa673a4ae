"""The table of links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from orientation.base import Base
from orientation.colonnes import moment
from orientation.liens.domain import ESSAIS_MAX, LIENS_GARDES, Lien


class LienRow(Base, table=True):
    """The link of one referral, for a partner without an account. Hashes alone are kept, of the link and of its code.

    `empreintes` are of the last links that were mailed. `vu_at` is when a code was last right.
    """

    __tablename__ = "liens"
    __table_args__ = (
        CheckConstraint(f"essais BETWEEN 0 AND {ESSAIS_MAX}", name="essais"),
        CheckConstraint("(code IS NULL) = (code_expire_at IS NULL)", name="code"),
        CheckConstraint(f"cardinality(empreintes) <= {LIENS_GARDES}", name="empreintes"),
        CheckConstraint(
            "(retire_at IS NULL AND clos_at IS NULL) OR (empreintes = '{}' AND code IS NULL)", name="oublie_une_fois_clos"
        ),
        Index("ix_liens_empreintes", "empreintes", postgresql_using="gin"),
    )

    id: UUID = Field(primary_key=True)
    orientation_id: UUID = Field(foreign_key="orientations.id", unique=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    empreintes: list[bytes] = Field(
        default_factory=list, sa_column=Column(ARRAY(LargeBinary), nullable=False, server_default="{}")
    )
    cree_at: datetime = moment()
    expire_at: datetime = moment()
    retire_at: datetime | None = moment(nullable=True)
    clos_at: datetime | None = moment(nullable=True)
    vu_at: datetime | None = moment(nullable=True)
    code: bytes | None = None
    code_expire_at: datetime | None = moment(nullable=True)
    essais: int = 0
    codes: int = 0
    codes_depuis: datetime | None = moment(nullable=True)
    version: int = 1

    def valeur(self) -> Lien:
        """The link as the rules see it."""
        return Lien(
            self.id,
            self.expire_at,
            self.retire_at,
            self.clos_at,
            self.essais,
            self.code,
            self.code_expire_at,
            self.codes,
            self.codes_depuis,
        )

    def oublier(self) -> None:
        """Nothing that was mailed opens any more."""
        self.empreintes, self.code, self.code_expire_at = [], None, None
