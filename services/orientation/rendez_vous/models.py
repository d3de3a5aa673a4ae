"""Tables of the appointments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from orientation.base import Base
from orientation.colonnes import moment, parmi, un_code
from orientation.rendez_vous.domain import LIEU_MAX, MINUTES_MAX, MINUTES_MIN, Creneau, RendezVous


class RendezVousRow(Base, table=True):
    """An appointment. `creneau_id` is the slot that was confirmed last, `tour` the proposal that is under discussion."""

    __tablename__ = "rendez_vous"
    __table_args__ = (
        parmi("etat", EtatRendezVous),
        parmi("propose_par", Auteur),
        parmi("confirme_par", Auteur),
        parmi("annule_par", Auteur),
        parmi("motif", MotifAnnulation),
        CheckConstraint("(etat = 'annule') = (motif IS NOT NULL)", name="annule"),
        CheckConstraint("publie = (creneau_id IS NOT NULL) AND (etat = 'confirme') <= publie", name="publie"),
        Index("ux_rendez_vous_propose", "orientation_id", unique=True, postgresql_where=text("etat = 'propose'")),
        Index("ix_rendez_vous_orientation", "orientation_id"),
    )

    id: UUID = Field(primary_key=True)
    orientation_id: UUID = Field(foreign_key="orientations.id")
    etat: str = un_code()
    tour: int = 1
    propose_par: str = un_code()
    propose_at: datetime = moment()
    creneau_id: UUID | None = None
    confirme_par: str | None = un_code(default=None, nullable=True)
    pour_association: bool = False
    confirme_at: datetime | None = moment(nullable=True)
    motif: str | None = un_code(default=None, nullable=True)
    annule_par: str | None = un_code(default=None, nullable=True)
    annule_at: datetime | None = moment(nullable=True)
    publie: bool = False
    sequence: int = 0
    creee_at: datetime = moment()
    modifiee_at: datetime = moment()
    version: int = 1

    def valeur(self, creneaux: "list[CreneauRow]") -> RendezVous:
        """The appointment as the rules see it, given all its slots."""
        retenu = next((c for c in creneaux if c.id == self.creneau_id), None)
        return RendezVous(
            propose_par=Auteur(self.propose_par),
            creneaux={c.id: c.valeur() for c in creneaux if c.tour == self.tour},
            etat=EtatRendezVous(self.etat),
            tour=self.tour,
            retenu=self.creneau_id,
            debut=retenu.debut if retenu else None,
            publie=self.publie,
            sequence=self.sequence,
        )

    def prendre(self, apres: RendezVous, now: datetime) -> None:
        """Take what a rule made of the appointment."""
        self.etat, self.tour, self.propose_par = apres.etat.value, apres.tour, apres.propose_par.value
        self.creneau_id, self.publie, self.sequence = apres.retenu, apres.publie, apres.sequence
        self.modifiee_at, self.version = now, self.version + 1


class CreneauRow(Base, table=True):
    """A slot that was proposed. `lieu` is free text, an address or a link, that never leaves this database by itself."""

    __tablename__ = "creneaux"
    __table_args__ = (
        parmi("mode", ModeRendezVous),
        CheckConstraint(f"minutes BETWEEN {MINUTES_MIN} AND {MINUTES_MAX}", name="minutes"),
        CheckConstraint(f"char_length(lieu) <= {LIEU_MAX}", name="lieu"),
        # Whom one meets today: see `journee.store`.
        Index("ix_creneaux_debut", "debut"),
        Index("ux_creneaux_rang", "rendez_vous_id", "tour", "rang", unique=True),
    )

    id: UUID = Field(primary_key=True)
    rendez_vous_id: UUID = Field(foreign_key="rendez_vous.id")
    tour: int
    rang: int
    debut: datetime = moment()
    minutes: int
    mode: str = un_code()
    lieu: str = ""

    def valeur(self) -> Creneau:
        """The slot as the rules see it."""
        return Creneau(self.debut, self.minutes, ModeRendezVous(self.mode), self.lieu)
