"""The people of an association. Of one who was removed the name stays, to say who did what; the address goes."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes import Droit
from signalement.base import Base
from signalement.colonnes import codes_list, moment, only_codes


class Personne(Base, table=True):
    """One person in the space of a case. `responsable`: who answers for the association, one a case."""

    __tablename__: ClassVar[Any] = "personnes"
    __table_args__: ClassVar[Any] = (
        only_codes("droits", Droit),
        CheckConstraint("droits @> ARRAY['lire']::varchar[]", name="chacune_lit"),
        CheckConstraint("(retiree_le IS NULL) = (courriel IS NOT NULL)", name="adresse_tant_que_presente"),
        CheckConstraint("NOT responsable OR (retiree_le IS NULL AND cardinality(droits) = 3)", name="responsable_entiere"),
        Index("ux_personnes_responsable", "dossier_id", unique=True, postgresql_where=text("responsable")),
        Index("ux_personnes_courriel", "dossier_id", "courriel", unique=True),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    prenom: str = Field(max_length=100)
    nom: str = Field(max_length=100)
    fonction: str = Field(max_length=100)
    courriel: str | None = Field(default=None, max_length=254)
    droits: list[str] = Field(sa_column=codes_list("droits"))
    responsable: bool
    depuis: datetime = Field(sa_column=moment("depuis"))
    retiree_le: datetime | None = Field(default=None, sa_column=moment("retiree_le", nullable=True))
    # Since when mails do not arrive, and why, as the event of this version said.
    injoignable_depuis: datetime | None = Field(default=None, sa_column=moment("injoignable_depuis", nullable=True))
    injoignable_cause: str | None = Field(default=None, max_length=40)
    joignabilite: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
