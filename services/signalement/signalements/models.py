"""Tables of the cases. What a consent covers apart lies apart: identity, contact, and the person who filed."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes import EtatDossier, Indicateur, IssueDossier, Niveau, Origine
from signalement.base import Base
from signalement.colonnes import code, codes_list, moment, only_codes


class Dossier(Base, table=True):
    """A case, with the facts of the situation. `rupture_le` is when the cash would run out, from what was last said."""

    __tablename__: ClassVar[Any] = "dossiers"
    __table_args__: ClassVar[Any] = (
        only_codes("indicateurs", Indicateur),
        CheckConstraint("(etat = 'clos') = (issue IS NOT NULL)", name="issue_quand_clos"),
        CheckConstraint("(origine = 'tiers') <= (motif_tiers <> '')", name="motif_du_tiers"),
        Index("ix_dossiers_territoire", "departement", text("COALESCE(rupture_le, 'infinity'::date)"), "id"),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(max_length=11, unique=True)
    origine: Origine = Field(sa_column=code("origine", Origine))
    motif_tiers: str = ""
    etat: EtatDossier = Field(sa_column=code("etat", EtatDossier))
    departement: str = Field(max_length=3)
    region: str = Field(max_length=3)
    indicateurs: list[str] = Field(sa_column=codes_list("indicateurs"))
    etp: float | None = None
    budget: int | None = None
    mois_avant_rupture: int | None = None
    rupture_le: date | None = None
    besoin: str = ""
    niveau: Niveau | None = Field(default=None, sa_column=code("niveau", Niveau, nullable=True))
    note: str = ""
    issue: IssueDossier | None = Field(default=None, sa_column=code("issue", IssueDossier, nullable=True))
    depose_le: datetime = Field(sa_column=moment("depose_le"))
    premier_echange_le: datetime | None = Field(default=None, sa_column=moment("premier_echange_le", nullable=True))
    version: int


class Association(Base, table=True):
    """Identity of the association of a case. `nom_compare` is the name as duplicates are looked for."""

    __tablename__: ClassVar[Any] = "associations"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_associations_nom_compare", "nom_compare", postgresql_using="gin", postgresql_ops={"nom_compare": "gin_trgm_ops"}
        ),
    )

    dossier_id: UUID = Field(primary_key=True, foreign_key="dossiers.id")
    nom: str = Field(max_length=200)
    nom_compare: str = Field(max_length=200)
    siren: str | None = Field(default=None, max_length=9, index=True)
    siret: str | None = Field(default=None, max_length=14)
    rna: str | None = Field(default=None, max_length=10, index=True)
    code_postal: str = Field(max_length=5)
    commune: str = Field(max_length=100)


class Contact(Base, table=True):
    """Whom to reach in the association: its dirigeant."""

    __tablename__: ClassVar[Any] = "contacts"

    dossier_id: UUID = Field(primary_key=True, foreign_key="dossiers.id")
    nom: str = Field(max_length=100)
    prenom: str = Field(max_length=100)
    fonction: str = Field(max_length=100)
    courriel: str = Field(max_length=254, index=True)
    telephone: str = Field(max_length=20)


class Declarant(Base, table=True):
    """Who filed, when it was not the association."""

    __tablename__: ClassVar[Any] = "declarants"

    dossier_id: UUID = Field(primary_key=True, foreign_key="dossiers.id")
    nom: str = Field(max_length=100)
    courriel: str = Field(max_length=254)
    organisation: str | None = Field(default=None, max_length=200)
