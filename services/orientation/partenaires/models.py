"""Tables of the directory."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, func, text
from sqlmodel import Field

from common.codes import Famille, Periode, TypePartenaire
from orientation.base import Base
from orientation.colonnes import des_codes, moment, parmi, un_code


class PartenaireRow(Base, table=True):
    """A partner or a cell. `delai_jours_ouvres` is what it has to answer a referral; `departements` are Insee's codes.

    `dispositifs` says what it carries; what it declares about one of them is its offre.
    """

    __tablename__ = "partenaires"
    __table_args__ = (
        parmi("type", TypePartenaire),
        parmi("famille", Famille),
        CheckConstraint("delai_jours_ouvres BETWEEN 1 AND 60", name="delai"),
        CheckConstraint("delai_lecture BETWEEN 1 AND 60", name="lecture"),
        Index("ix_partenaires_departements", "departements", postgresql_using="gin"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(max_length=80, unique=True)
    libelle: str = Field(max_length=200)
    type: str = un_code()
    famille: str = un_code()
    departements: list[str] = des_codes()
    dispositifs: list[str] = des_codes()
    delai_jours_ouvres: int
    delai_lecture: int | None = None
    actif: bool = True
    # The default stands in where a release that does not know the column still writes.
    modifie_at: datetime = Field(
        sa_type=DateTime(timezone=True), nullable=False, sa_column_kwargs={"server_default": func.now()}
    )
    version: int = 1
    # When a manager last set the delays in the portal: from then on a file leaves them alone.
    saisi_at: datetime | None = moment(nullable=True)


class OffreRow(Base, table=True):
    """What a partner declares about a dispositif that it carries; without a row, or where null, nothing is declared.

    A row of a dispositif that left `partenaires.dispositifs` says nothing. Delays are working days from the sending.
    `saisie_at` is when a manager last set it in the portal: from then on a file leaves it alone.
    """

    __tablename__ = "offres"
    __table_args__ = (
        parmi("periode", Periode),
        CheckConstraint("delai_lecture BETWEEN 1 AND 60 AND delai_reponse BETWEEN 1 AND 60", name="delais"),
        CheckConstraint("capacite BETWEEN 0 AND 100000", name="capacite"),
        CheckConstraint("(capacite IS NULL) = (periode IS NULL)", name="par_periode"),
    )

    partenaire_id: UUID = Field(foreign_key="partenaires.id", primary_key=True)
    dispositif: str = un_code(primary_key=True)
    delai_lecture: int | None = None
    delai_reponse: int | None = None
    capacite: int | None = None
    periode: str | None = un_code(default=None, nullable=True)
    saisie_at: datetime | None = moment(nullable=True)


class MembreRow(Base, table=True):
    """A person in an organisation, known by the identity provider's (issuer, sub); one person may be in several.

    The address is for mail only, and forgotten a day after the person left (`retire_at`), as long as that may be undone; the
    row stays for what it did. `saisi_at` is when somebody last decided about it in the portal: from then on a file leaves it
    alone. `vu_le` is the day of the last sign-in.
    """

    __tablename__ = "membres"
    __table_args__ = (
        Index("ux_membres_identite", "issuer", "sub", "partenaire_id", unique=True),
        CheckConstraint("actif OR courriel = '' OR saisi_at IS NULL OR retire_at IS NOT NULL", name="courriel_oublie"),
        CheckConstraint("retire_at IS NULL OR NOT actif", name="retrait"),
        Index("ix_membres_retires", "retire_at", postgresql_where=text("retire_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id", index=True)
    issuer: str = Field(max_length=300)
    sub: str = Field(max_length=200)
    nom: str = Field(max_length=100)
    prenom: str = Field(max_length=100)
    courriel: str = Field(max_length=254)
    roles: list[str] = des_codes()
    actif: bool = True
    vu_le: date | None = None
    saisi_at: datetime | None = moment(nullable=True)
    # Since when mails do not arrive, and why, as the event of this version said.
    injoignable_depuis: datetime | None = moment(nullable=True)
    injoignable_cause: str | None = un_code(default=None, nullable=True)
    joignabilite: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    retire_at: datetime | None = moment(nullable=True)


class ClientRow(Base, table=True):
    """A system of a partner: an OAuth client, known by (issuer, client_id); a revoked one stays for what it did.

    `vu_at` and `portees` are of its last request, written once a minute at most. `saisi_at` is as for members.
    """

    __tablename__ = "clients"
    __table_args__ = (Index("ux_clients_identite", "issuer", "client_id", unique=True, postgresql_where=text("actif")),)

    id: UUID = Field(primary_key=True)
    partenaire_id: UUID = Field(foreign_key="partenaires.id", index=True)
    issuer: str = Field(max_length=300)
    client_id: str = Field(max_length=200)
    actif: bool = True
    portees: list[str] = des_codes(sa_column_kwargs={"server_default": "{}"}, default_factory=list)
    vu_at: datetime | None = moment(nullable=True)
    saisi_at: datetime | None = moment(nullable=True)
