"""What comes in and goes out: validated shapes of a filing, of its answer, of a case as an animateur reads it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.codes import EtatDossier, Horizon, Indicateur, IssueDossier, Niveau, Origine
from common.identifiants import CodeDepartement, CodePostal, Courriel, Rna, Siren, Siret, Telephone
from common.traduction import N_


def _printable(texte: str) -> str:
    """Refuse control characters other than line ends and tabs: no text needs them, and PostgreSQL stores no NUL."""
    if any(c < " " and c not in "\n\r\t" for c in texte):
        raise PydanticCustomError(
            "texte-illisible", N_("Ce texte contient des caractères qui ne peuvent pas être enregistrés.")
        )
    return texte


Texte = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_printable)]
Ligne = Annotated[Texte, Field(min_length=1, max_length=100)]
Long = Annotated[Texte, Field(max_length=5000)]
Mois = Annotated[int, Field(ge=0, le=120, description="Mois avant la rupture de trésorerie", examples=[4])]


class _Envoye(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeclarantEnvoye(_Envoye):
    """Who files, when it is not the association."""

    nom: Ligne
    courriel: Courriel
    organisation: Annotated[Texte, Field(max_length=200)] | None = None


class AssociationEnvoyee(_Envoye):
    """Identity of the association. In Alsace-Moselle there is no RNA number."""

    nom: Annotated[Texte, Field(min_length=1, max_length=200)]
    siren: Siren | None = None
    siret: Siret | None = None
    rna: Rna | None = None
    departement: CodeDepartement
    code_postal: CodePostal
    commune: Ligne


class ContactEnvoye(_Envoye):
    """The dirigeant, whom the hub writes to."""

    nom: Ligne
    prenom: Ligne
    fonction: Ligne
    courriel: Courriel
    telephone: Telephone


class Depot(_Envoye):
    """A signalement as it is filed."""

    origine: Origine
    motif_tiers: Long | None = None
    declarant: DeclarantEnvoye | None = None
    association: AssociationEnvoyee
    contact: ContactEnvoye
    etp: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False, description="Équivalents temps plein")] | None = None
    budget: Annotated[int, Field(ge=0, le=2_000_000_000, description="Budget annuel en euros")] | None = None
    mois_avant_rupture: Mois | None = None
    indicateurs: list[Indicateur] = Field(default=[], max_length=20)
    besoin: Annotated[Long, Field(min_length=1)]


class Depose(BaseModel):
    """The case that a filing opened. It never says whether another case exists."""

    dossier_id: UUID
    reference: str


class Qualification(_Envoye):
    """An animateur's reading of the situation."""

    niveau: Niveau
    horizon_mois: Mois | None = None
    indicateurs: list[Indicateur] | None = Field(default=None, max_length=20)
    note: Long | None = None


class Cloture(_Envoye):
    """How a case ended."""

    issue: IssueDossier


class EtatApres(BaseModel):
    """Where a case stands after an action."""

    etat: EtatDossier
    version: int


class LigneDossier(BaseModel):
    """A case in the animateur's list."""

    dossier_id: UUID
    reference: str
    etat: EtatDossier
    nom: str
    siren: str | None
    departement: str
    commune: str
    niveau: Niveau | None
    horizon: Horizon
    mois_avant_rupture: int | None
    depose_le: datetime
    premier_echange_le: datetime | None


class RechercheDossiers(BaseModel):
    """What cases are looked for: words of which each is in the reference, the name or the SIREN."""

    recherche: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")
    etat: EtatDossier | None = None
    apres: UUID | None = None
    limite: int = Field(default=20, ge=1, le=20)


class PageDossiers(BaseModel):
    """A page of cases, most urgent first; `suivant` is what to send as `apres`."""

    elements: list[LigneDossier]
    suivant: UUID | None


class Doublon(BaseModel):
    """Another open case that may be of the same association; `nom` only when it is in the reader's territory."""

    dossier_id: UUID
    reference: str
    departement: str
    etat: EtatDossier
    nom: str | None
    raison: str


class Identite(BaseModel):
    """Category « identite »."""

    nom: str
    siren: str | None
    siret: str | None
    rna: str | None
    departement: str
    code_postal: str
    commune: str


class Coordonnees(BaseModel):
    """Category « contact »."""

    nom: str
    prenom: str
    fonction: str
    courriel: str
    telephone: str


class Situation(BaseModel):
    """Category « situation »."""

    indicateurs: list[Indicateur]
    mois_avant_rupture: int | None
    niveau: Niveau | None
    besoin: str


class Finances(BaseModel):
    """Category « finances »: yearly budget in euros, full-time equivalents."""

    budget: int | None
    etp: float | None
    mois_avant_rupture: int | None
