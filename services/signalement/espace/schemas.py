"""What the association's page says, as data: the page and the API show the same."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.codes import Categorie, EtatDossier, EtatOrientation, Motif
from common.codes_espace import CoteMessage, TypeDocument
from signalement.consentements.schemas import ConsentementVu
from signalement.signalements.lecture import Suivi


class Attendu(BaseModel):
    """Something that the association alone can do; the first of the list is the next one."""

    genre: str = Field(description="adresse, consentement, diagnostic ou message")
    titre: str
    texte: str
    action: str = Field(description="Ce que dit le bouton ; vide quand cette personne n’en a pas le droit")
    lien: str = Field(description="La page où cela se fait")
    objet_id: UUID | None


class PhaseVue(BaseModel):
    """One phase of the path."""

    titre: str
    etat: str = Field(description="faite, ici ou suite")
    quand: str
    texte: str


class Semaines(BaseModel):
    """The six weeks from the filing to the shared diagnostic. `numero` is the running one, from 1; past `total`, all are."""

    numero: int
    total: int
    limite: date
    validees: bool = Field(description="Le diagnostic est validé : le délai est tenu")


class Appui(BaseModel):
    """A partner that was asked for help."""

    orientation_id: UUID
    partenaire: str
    dispositif: str
    dispositif_libelle: str | None
    etat: EtatOrientation
    phrase: str
    motif: Motif | None
    suite: str
    avant: datetime | None = Field(description="Pour quand la suite est attendue")
    change_le: datetime


class DocumentDepose(BaseModel):
    """A document that the association has put into its case."""

    document_id: UUID
    nom: str
    genre: TypeDocument
    taille: int = Field(description="En octets")
    ajoute_par: str
    ajoute_le: datetime


class Fil(BaseModel):
    """Where the thread of messages stands."""

    tour: CoteMessage | None = Field(description="Qui doit répondre")
    dernier_de: str | None
    dernier_le: datetime | None


class Membre(BaseModel):
    """Somebody who comes into the association's space."""

    prenom: str
    nom: str
    fonction: str
    responsable: bool


class Signalant(BaseModel):
    """Who filed, when it was not the association, and why."""

    nom: str
    organisation: str | None
    motif: str


class Espace(Suivi):
    """What concerns the association: what is awaited of it, its case, its consents, who opened its file, who helps."""

    dossier_id: UUID
    reference: str
    etat: EtatDossier
    association: str
    departement: str
    depose_le: datetime
    premier_echange_le: datetime | None = Field(description="Le premier échange de deux heures, quand il est fixé")
    signalant: Signalant | None
    attendus: list[Attendu]
    phases: list[PhaseVue]
    semaines: Semaines
    appuis: list[Appui]
    documents: list[DocumentDepose]
    fil: Fil
    personnes: list[Membre]


class Champ(BaseModel):
    """One piece of information, as the recipient reads it; None when it is not known."""

    nom: str
    libelle: str
    valeur: str | None


class Partie(BaseModel):
    """A category of a consent, field by field; a diagnostic has no field here, it is another service's."""

    categorie: Categorie
    champs: list[Champ]


class ConsentementDetaille(ConsentementVu):
    """A consent with exactly what its recipient would read, or reads; nothing once it has ended."""

    montre: list[Partie]
    actions: list[str] = Field(description="Ce que cette personne peut faire maintenant")
