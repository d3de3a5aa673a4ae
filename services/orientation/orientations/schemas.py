"""What the API of the referrals takes and gives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.cas import EtatCas
from common.codes import Categorie, EtatOrientation, Motif, MotifRetour, Partie, ProchaineEtape
from orientation.complements.models import ComplementRow
from orientation.complements.schemas import Complement, Texte, complement
from orientation.etapes.domain import prochaine_etape
from orientation.orientations.domain import Action, Cote, possibles
from orientation.orientations.models import OrientationRow
from orientation.orientations.service import Projet
from orientation.orientations.store import Vue


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrientationACreer(_Strict):
    """A referral to prepare: for which case, to whom, for which dispositif, with which information."""

    dossier_id: UUID
    partenaire_id: UUID
    dispositif: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
    categories: Annotated[tuple[Categorie, ...], Field(min_length=1, max_length=8)]
    predecesseur_id: UUID | None = None
    apres_id: Annotated[
        UUID | None, Field(description="N’envoyer que si cette orientation du même dossier se termine sans aide.")
    ] = None

    def projet(self) -> Projet:
        """As the use case takes it."""
        return Projet(
            self.dossier_id, self.partenaire_id, self.dispositif, self.categories, self.predecesseur_id, self.apres_id
        )


class ActionAFaire(_Strict):
    """What goes with an action: the coded reason of a refusal, an end or a step back, the text of a question or an answer."""

    motif: Motif | MotifRetour | None = None
    texte: Texte | None = None


class OrientationCreee(BaseModel):
    """The referral that was prepared."""

    orientation_id: UUID
    etat: EtatOrientation
    version: int


class Etape(BaseModel):
    """Who must act next, what is expected, and by when (UTC); `avant` is null only once the referral is closed."""

    qui: Partie
    quoi: ProchaineEtape
    libelle: str
    avant: datetime | None
    en_retard: bool


class Suivi(OrientationCreee):
    """Where a referral stands, what the caller may do now, who must act next, and the deadline of the answer (UTC)."""

    actions: list[Action]
    due_at: datetime | None
    prochaine_etape: Etape


class OrientationResume(Suivi):
    """A referral in a list."""

    dossier_id: UUID
    reference: str
    departement: str
    etat_du_cas: Annotated[EtatCas | None, Field(description="Pour l’animateur ; null pour un partenaire.")]
    partenaire_id: UUID
    partenaire: str
    emetteur_id: UUID
    dispositif: str
    dispositif_version: Annotated[int | None, Field(description="Version du catalogue sur laquelle elle a été décidée.")]
    categories: list[Categorie]
    motif: Motif | None
    retour: MotifRetour | None
    predecesseur_id: UUID | None
    apres_id: UUID | None
    creee_at: datetime
    envoyee_at: datetime | None
    lire_at: datetime | None
    recue_at: datetime | None
    repondue_at: datetime | None
    demarree_at: datetime | None
    close_at: datetime | None
    relancee_at: datetime | None
    escaladee_at: datetime | None
    rouverte_at: datetime | None
    modifiee_at: datetime


class OrientationDetail(OrientationResume):
    """A referral with its questions and answers."""

    complements: list[Complement]


class Orientations(BaseModel):
    """A page of referrals; `suivant` is the next page's `apres`, null on the last one."""

    elements: list[OrientationResume]
    suivant: UUID | None


class Ouverture(Suivi):
    """What the association agreed to show, and nothing else: a category without consent is null."""

    reference: str
    consentement_id: UUID
    identite: dict[str, Any] | None
    contact: dict[str, Any] | None
    situation: dict[str, Any] | None
    finances: dict[str, Any] | None


def creee(row: OrientationRow) -> OrientationCreee:
    """The answer to a creation."""
    return OrientationCreee(orientation_id=row.id, etat=EtatOrientation(row.etat), version=row.version)


def suivi(row: OrientationRow, sides: Iterable[Cote], now: datetime) -> Suivi:
    """The answer to an action."""
    orientation = row.valeur()
    etape = prochaine_etape(orientation, now)
    return Suivi(
        orientation_id=row.id,
        etat=orientation.etat,
        version=row.version,
        actions=[action for side in sorted(sides) for action in possibles(orientation, side, now)],
        due_at=row.due_at,
        prochaine_etape=Etape(
            qui=etape.qui, quoi=etape.quoi, libelle=etape.quoi.libelle, avant=etape.avant, en_retard=etape.en_retard
        ),
    )


def resume(vue: Vue, sides: Iterable[Cote], now: datetime, cas: EtatCas | None) -> OrientationResume:
    """A referral in a list; `cas` is the state of its case, for who may know of the other referrals."""
    row = vue.orientation
    return OrientationResume(
        **suivi(row, sides, now).model_dump(),
        etat_du_cas=cas,
        **row.model_dump(include=OrientationResume.model_fields.keys() - Suivi.model_fields.keys()),
        reference=vue.dossier.reference,
        partenaire=vue.partenaire.libelle,
    )


def detail(
    vue: Vue, sides: Iterable[Cote], complements: Sequence[ComplementRow], now: datetime, cas: EtatCas | None
) -> OrientationDetail:
    """A referral in full."""
    return OrientationDetail(**resume(vue, sides, now, cas).model_dump(), complements=[complement(c) for c in complements])
