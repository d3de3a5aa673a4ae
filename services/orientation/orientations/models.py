"""Tables of the referrals."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field

from common.codes import Categorie, EtatConsentement, EtatOrientation, Motif, MotifRetour
from orientation.base import Base
from orientation.colonnes import des_codes, moment, parmi, un_code
from orientation.echeances.domain import Echeances, jours_pris
from orientation.orientations.domain import OUVERTES, RETOURS, Action, Orientation

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
    **dict.fromkeys(RETOURS, "rouverte_at"),
}
# A referral that is brought back to a state has not come to these moments yet.
PAS_ENCORE: dict[EtatOrientation, tuple[str, ...]] = {
    EtatOrientation.envoyee: ("recue_at", "repondue_at", "demarree_at", "close_at"),
    EtatOrientation.recue: ("repondue_at", "demarree_at", "close_at"),
    EtatOrientation.acceptee: ("demarree_at", "close_at"),
    EtatOrientation.demarree: ("close_at",),
}
ECHEANCES = tuple(champ.name for champ in fields(Echeances))
# What has no deadline comes last, and is compared all the same.
TERME = text("COALESCE(due_at, 'infinity'::timestamp with time zone)")


class OrientationRow(Base, table=True):
    """A referral. `jours` and `lecture` are the partner's delays, `departement` the dossier's, as they were when it was sent.

    `accord` is what was last heard of the association's consent as long as it is a draft; `retour` is why something was
    last taken back, at `rouverte_at`.
    """

    __tablename__ = "orientations"
    __table_args__ = (
        parmi("etat", EtatOrientation),
        parmi("motif", Motif),
        parmi("accord", EtatConsentement),
        parmi("retour", MotifRetour),
        CheckConstraint("cardinality(categories) > 0", name="categories"),
        CheckConstraint("(etat = 'brouillon') <= (envoyee_at IS NULL)", name="brouillon"),
        Index("ix_orientations_partenaire", "partenaire_id", "id", postgresql_where=text("envoyee_at IS NOT NULL")),
        Index("ix_orientations_departement", "departement", "id"),
        Index("ix_orientations_dossier", "dossier_id", "partenaire_id"),
        # The feed of changes: see `changements.store`.
        Index(
            "ix_orientations_ecriture_partenaire",
            "partenaire_id",
            "ecriture",
            "id",
            postgresql_where=text("envoyee_at IS NOT NULL"),
        ),
        Index("ix_orientations_ecriture_departement", "departement", "ecriture", "id"),
        # The lists, in their order, and what dashboards count: see `listes.store` and `tableaux.store`. They hold the columns
        # that the policy of the table reads, too, or they could not be read alone.
        Index(
            "ix_orientations_liste_partenaire",
            "partenaire_id",
            "etat",
            TERME,
            "id",
            postgresql_include=["due_at", "envoyee_at", "departement"],
            postgresql_where=text("envoyee_at IS NOT NULL"),
        ),
        Index(
            "ix_orientations_liste_departement",
            "departement",
            "etat",
            TERME,
            "id",
            postgresql_include=["due_at", "envoyee_at", "partenaire_id"],
        ),
        *(
            Index(
                f"ix_orientations_{nom}_{cle}",
                f"{cle}{suite}",
                moment_du_fait,
                "id",
                postgresql_include=["etat", "motif", "reponse_jours", "jours", *autre],
                postgresql_where=text(f"{moment_du_fait} IS NOT NULL AND envoyee_at IS NOT NULL"),
            )
            for nom, moment_du_fait in (("reponses", "repondue_at"), ("fins", "close_at"))
            for cle, suite, autre in (
                ("partenaire", "_id", ["departement", "envoyee_at"]),
                ("departement", "", ["partenaire_id", "envoyee_at"]),
            )
        ),
        # Places taken and response times: see `partenaires.offres_store`.
        Index(
            "ix_orientations_repondues",
            "partenaire_id",
            "dispositif",
            "repondue_at",
            postgresql_where=text("repondue_at IS NOT NULL"),
        ),
        parmi("apres_etat", EtatOrientation),
        Index("ix_orientations_suites", "apres_id", postgresql_where=text("etat = 'brouillon'")),
        Index(
            "ux_orientations_exclusive",
            "dossier_id",
            "dispositif",
            unique=True,
            postgresql_where=text(f"exclusif AND etat IN ({', '.join(repr(e.value) for e in OUVERTES)})"),
        ),
        Index("ix_orientations_responsable", "responsable_id", "id", postgresql_where=text("responsable_id IS NOT NULL")),
        Index("ix_orientations_prochaine", "prochaine_at", postgresql_where=text("prochaine_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossiers.id")
    partenaire_id: UUID = Field(foreign_key="partenaires.id")
    emetteur_id: UUID
    dispositif: str = un_code()
    # The version of the catalogue's rules that it was decided on; None for a code that the catalogue did not know.
    dispositif_version: int | None = None
    departement: str = Field(max_length=3)
    jours: int
    lecture: int = Field(default=2, sa_column_kwargs={"server_default": text("2")})
    categories: list[str] = des_codes()
    predecesseur_id: UUID | None = Field(default=None, foreign_key="orientations.id", index=True)
    # The referral that must end without help before this one may be sent, and where it stands.
    apres_id: UUID | None = Field(default=None, foreign_key="orientations.id")
    apres_etat: str | None = un_code(default=None, nullable=True)
    exclusif: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    consentement_id: UUID | None = None
    # The member of the partner who follows it: see `transferts`.
    responsable_id: UUID | None = Field(default=None, foreign_key="membres.id")
    etat: str = un_code()
    motif: str | None = un_code(default=None, nullable=True)
    accord: str = un_code(sa_column_kwargs={"server_default": EtatConsentement.demande.value})
    retour: str | None = un_code(default=None, nullable=True)
    lire_at: datetime | None = moment(nullable=True)
    relance_lire_at: datetime | None = moment(nullable=True)
    relance_at: datetime | None = moment(nullable=True)
    due_at: datetime | None = moment(nullable=True)
    escalade_at: datetime | None = moment(nullable=True)
    expire_at: datetime | None = moment(nullable=True)
    reste: int | None = None
    a_rappeler: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    prochaine_at: datetime | None = moment(nullable=True)
    creee_at: datetime = moment()
    envoyee_at: datetime | None = moment(nullable=True)
    recue_at: datetime | None = moment(nullable=True)
    repondue_at: datetime | None = moment(nullable=True)
    # The working days that the partner took of its own time to answer.
    reponse_jours: int | None = None
    demarree_at: datetime | None = moment(nullable=True)
    close_at: datetime | None = moment(nullable=True)
    relancee_at: datetime | None = moment(nullable=True)
    escaladee_at: datetime | None = moment(nullable=True)
    rouverte_at: datetime | None = moment(nullable=True)
    modifiee_at: datetime = moment()
    version: int = 1
    # The number of the transaction that last wrote it, which a trigger gives.
    ecriture: int | None = Field(
        default=None, sa_column=Column("ecriture", BigInteger, server_default=text("0"), nullable=False)
    )

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
            lecture=orientation.lecture,
            categories=[c.value for c in orientation.categories],
            predecesseur_id=orientation.predecesseur_id,
            apres_id=orientation.apres_id,
            apres_etat=orientation.apres_etat and orientation.apres_etat.value,
            etat=orientation.etat.value,
            accord=orientation.accord.value,
            creee_at=now,
            modifiee_at=now,
            **_moments(orientation.echeances),
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
            lecture=self.lecture,
            predecesseur_id=self.predecesseur_id,
            apres_id=self.apres_id,
            apres_etat=EtatOrientation(self.apres_etat) if self.apres_etat else None,
            etat=EtatOrientation(self.etat),
            motif=Motif(self.motif) if self.motif else None,
            accord=EtatConsentement(self.accord),
            depuis=self.modifiee_at,
            echeances=Echeances(**{nom: getattr(self, nom) for nom in ECHEANCES}),
        )

    def prendre(self, apres: Orientation, action: Action, now: datetime, retour: MotifRetour | None = None) -> None:
        """Take what a decision made of the referral."""
        valeurs: dict[str, Any] = dict.fromkeys(PAS_ENCORE.get(apres.etat, ()))
        valeurs |= _moments(apres.echeances) | {"jours": apres.jours, "lecture": apres.lecture, "modifiee_at": now}
        if retour:
            valeurs["retour"] = retour.value
        if action in FAITS:
            valeurs[FAITS[action]] = now
        if apres.etat is EtatOrientation.envoyee and self.envoyee_at is None:
            valeurs["envoyee_at"] = now
        # The first answer counts, or a way back would make a late one look quick.
        if FAITS.get(action) == "repondue_at" and self.reponse_jours is None:
            valeurs["reponse_jours"] = jours_pris(self.valeur().echeances, self.jours, now, self.departement)
        for nom, valeur in valeurs.items():
            setattr(self, nom, valeur)
        self.etat, self.motif = apres.etat.value, apres.motif and apres.motif.value
        self.version += 1

    def entendre(self, brouillon: Orientation) -> None:
        """Take what was heard of a draft's consent: nothing that anybody did to the referral."""
        self.accord, self.due_at = brouillon.accord.value, brouillon.echeances.due_at


def _moments(echeances: Echeances) -> dict[str, Any]:
    return {nom: getattr(echeances, nom) for nom in ECHEANCES} | {"prochaine_at": echeances.prochaine_at}
