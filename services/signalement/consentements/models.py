"""The ledger: one row a request for consent, from the question to its end. Nothing here is ever deleted or reused."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes import Categorie, EtatConsentement, Finalite, ModeConsentement
from signalement.base import Base
from signalement.colonnes import code, codes_list, moment, only_codes


class Consentement(Base, table=True):
    """What the association was asked and answered. `texte` is word for word what it was shown; moments are UTC."""

    __tablename__: ClassVar[Any] = "consentements"
    __table_args__: ClassVar[Any] = (
        only_codes("categories", Categorie),
        CheckConstraint("cardinality(categories) > 0", name="au_moins_une_categorie"),
        CheckConstraint("(etat IN ('donne', 'retire', 'expire')) = (expire_le IS NOT NULL)", name="echeance_quand_donne"),
        CheckConstraint("(expire_le IS NULL) = (mode IS NULL)", name="mode_quand_donne"),
        # At most one open question and one consent in force for the same thing.
        Index(
            "ux_consentements_en_cours",
            "dossier_id",
            "destinataire_id",
            "finalite",
            "categories",
            unique=True,
            postgresql_where=text("etat IN ('demande', 'donne')"),
        ),
        Index("ix_consentements_dossier", "dossier_id", "destinataire_id"),
        Index("ix_consentements_echeance", "expire_le", postgresql_where=text("etat = 'donne'")),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    destinataire_id: UUID
    finalite: Finalite = Field(sa_column=code("finalite", Finalite))
    categories: list[str] = Field(sa_column=codes_list("categories"))
    etat: EtatConsentement = Field(sa_column=code("etat", EtatConsentement))
    texte: str
    texte_version: str = Field(max_length=20)
    texte_empreinte: str = Field(max_length=64)
    mode: ModeConsentement | None = Field(default=None, sa_column=code("mode", ModeConsentement, nullable=True))
    demande_le: datetime = Field(sa_column=moment("demande_le"))
    repondu_le: datetime | None = Field(default=None, sa_column=moment("repondu_le", nullable=True))
    expire_le: datetime | None = Field(default=None, sa_column=moment("expire_le", nullable=True))
    fini_le: datetime | None = Field(default=None, sa_column=moment("fini_le", nullable=True))
    version: int
