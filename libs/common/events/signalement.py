"""What the signalement service announces: cases, consents, and access requests of dirigeants."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.codes import BandeBudget, Categorie, Finalite, Horizon, Indicateur, IssueDossier, Niveau, Origine
from common.events.base import Event


class _Signalement(Event):
    service: ClassVar[str] = "signalement"


class SignalementDepose(_Signalement):
    """A case opened. Facts as codes and bands; `emplois` is rounded (see `common.codes.emplois_arrondis`).

    `acteur_id` is the opaque id of who filed, when it was signed in.
    """

    capability, fact, aggregate = "signalement", "depose", "dossier_id"

    dossier_id: UUID
    reference: str
    origine: Origine
    departement: str
    region: str
    indicateurs: tuple[Indicateur, ...]
    horizon: Horizon
    emplois: int
    budget: BandeBudget
    acteur_id: str | None = None


class SignalementQualifie(_Signalement):
    """An animateur qualified the case: from now on referrals may be prepared."""

    capability, fact, aggregate = "signalement", "qualifie", "dossier_id"

    dossier_id: UUID
    niveau: Niveau
    horizon: Horizon
    indicateurs: tuple[Indicateur, ...]


class SignalementClos(_Signalement):
    """The case ended."""

    capability, fact, aggregate = "signalement", "clos", "dossier_id"

    dossier_id: UUID
    issue: IssueDossier


class _Consentement(_Signalement):
    capability: ClassVar[str] = "consentement"
    aggregate: ClassVar[str] = "consentement_id"

    consentement_id: UUID
    dossier_id: UUID
    destinataire_id: UUID
    finalite: Finalite
    categories: tuple[Categorie, ...]


class ConsentementDonne(_Consentement):
    """The association agrees, until `expire_le`, that this recipient gets these categories for this purpose."""

    fact = "donne"

    expire_le: datetime


class ConsentementRefuse(_Consentement):
    """The association was asked and said no."""

    fact = "refuse"


class ConsentementRetire(_Consentement):
    """The association took its consent back; never the reason."""

    fact = "retire"


class ConsentementExpire(_Consentement):
    """The consent came to its end."""

    fact = "expire"


class MessageEcrit(_Signalement):
    """An association wrote to its cell; what it wrote stays in the thread.

    `suite` when it had written within the hour and the cell has not answered since: one call for attention is enough.
    """

    capability, fact, aggregate = "message", "ecrit", "message_id"

    message_id: UUID
    dossier_id: UUID
    suite: bool


ADRESSE_CHANGEE = "adresse_changee"


class CourrielDirigeantDemande(_Signalement):
    """The dirigeant is to be written to. Address, link and code are asked for at sending time, never carried here.

    `ADRESSE_CHANGEE` tells a person's old address that mails go to another one from now on; `personne_id` is that person.
    """

    capability, fact, aggregate = "courriel", "demande", "envoi_id"

    envoi_id: UUID
    dossier_id: UUID
    modele: str
    personne_id: UUID | None = None


class BrouillonMisDeCote(_Signalement):
    """Somebody set the form aside and is to be written to. Address, link and code are asked for at sending time, as above."""

    capability, fact, aggregate = "brouillon", "mis_de_cote", "envoi_id"

    envoi_id: UUID
    expire_le: datetime
