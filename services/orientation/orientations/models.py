"""Tables of the referrals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.codes import Categorie, EtatOrientation, Motif
from orientation.base import Base
from orientation.colonnes import des_codes, moment, parmi, un_code
from orientation.echeances.domain import Echeances
from orientation.orientations.domain import Action, Orientation

# The moments that the row keeps as facts, by the action that makes them.
FAITS: dict[Action, str] = {
    Action.envoyer: "envoyee_at",
    Action.recevoir: "recue_at",
    Action.accepter: "repondue_at",
    Action.decliner: "repondue_at",
    Action.demarrer: "demarree_at",
    Action.relancer: "relancee_at",
    Action.escalader: "escaladee_at",
    Action.aboutir: "close_at",
    Action.ne_pas_aboutir: "close_at",
    Action.annuler: "close_at",
    Action.retirer: "close_at",
    Action.expirer: "close_at",
}
ECHEANCES = ("relance_at", "due_at", "escalade_at", "expire_at", "reste")


class OrientationRow(Base, table=True):
    """A referral. `jours` is the partner's delay and `departement` the dossier's, as they were when it was sent."""

    __tablename__ = "orientations"
    __table_args__ = (
        parmi("etat", EtatOrientation),
        parmi("motif", Motif),
        CheckConstraint("cardinality(categories) > 0", name="categories"),
        CheckConstraint("(etat = 'brouillon') <= (envoyee_at IS NULL)", name="brouillon"),
        Index("ix_orientations_partenaire", "partenaire_id", "id", postgresql_where=text("envoyee_at IS NOT NULL")),
        Index("ix_orientations_departement", "departement", "id"),
        Index("ix_orientations_dossier", "dossier_id", "partenaire_id"),
        # Places taken and response times: see `partenaires.offres_store`.
        Index(
            "ix_orientations_repondues",
            "partenaire_id",
            "dispositif",
            "repondue_at",
            postgresql_where=text("repondue_at IS NOT NULL"),
        ),
        Index("ix_orientations_prochaine", "prochaine_at", postgresql_where=text("prochaine_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    emetteur_id: UUID
    dispositif: str = un_code()
    departement: str = Field(max_length=3)
    jours: int
    categories: list[str] = des_codes()
    predecesseur_id: UUID | None = Field(default=None, foreign_key="orientations.id", index=True)
    consentement_id: UUID | None = None
    etat: str = un_code()
    motif: str | None = un_code(default=None, nullable=True)
    relance_at: datetime | None = moment(nullable=True)
    due_at: datetime | None = moment(nullable=True)
    escalade_at: datetime | None = moment(nullable=True)
    expire_at: datetime | None = moment(nullable=True)
    reste: int | None = None
    prochaine_at: datetime | None = moment(nullable=True)
    creee_at: datetime = moment()
    envoyee_at: datetime | None = moment(nullable=True)
    recue_at: datetime | None = moment(nullable=True)
    repondue_at: datetime | None = moment(nullable=True)
    demarree_at: datetime | None = moment(nullable=True)
    close_at: datetime | None = moment(nullable=True)
    relancee_at: datetime | None = moment(nullable=True)
    escaladee_at: datetime | None = moment(nullable=True)
    modifiee_at: datetime = moment()
    version: int = 1

    @classmethod
    def preparee(cls, orientation: Orientation, now: datetime) -> "OrientationRow":
        """The row of a referral that was just prepared."""
        return cls(
            id=orientation.id,
            dossier_id=orientation.dossier_id,
            partenaire_id=orientation.partenaire_id,
            emetteur_id=orientation.emetteur_id,
            dispositif=orientation.dispositif,
            departement=orientation.departement,
            jours=orientation.jours,
            categories=[c.value for c in orientation.categories],
            predecesseur_id=orientation.predecesseur_id,
            etat=orientation.etat.value,
            creee_at=now,
            modifiee_at=now,
        )

    def valeur(self) -> Orientation:
        """The referral as the rules see it."""
        return Orientation(
            id=self.id,
            dossier_id=self.dossier_id,
            partenaire_id=self.partenaire_id,
            emetteur_id=self.emetteur_id,
            dispositif=self.dispositif,
            departement=self.departement,
            jours=self.jours,
            categories=tuple(Categorie(c) for c in self.categories),
            predecesseur_id=self.predecesseur_id,
            etat=EtatOrientation(self.etat),
            motif=Motif(self.motif) if self.motif else None,
            echeances=Echeances(**{nom: getattr(self, nom) for nom in ECHEANCES}),
        )

    def prendre(self, apres: Orientation, action: Action, now: datetime) -> None:
        """Take what a decision made of the referral."""
        valeurs: dict[str, Any] = {nom: getattr(apres.echeances, nom) for nom in ECHEANCES}
        valeurs |= {"prochaine_at": apres.echeances.prochaine_at, "jours": apres.jours, "modifiee_at": now}
        if action in FAITS:
            valeurs[FAITS[action]] = now
        for nom, valeur in valeurs.items():
            setattr(self, nom, valeur)
        self.etat, self.motif = apres.etat.value, apres.motif and apres.motif.value
        self.version += 1
