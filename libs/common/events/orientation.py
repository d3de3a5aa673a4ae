"""What the orientation service announces: the directory and the life of each referral."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.codes import Categorie, EtatOrientation, Famille, Horloge, Motif, MotifRetour, TypePartenaire
from common.events.base import Event


class PartenairePublie(Event):
    """A partner (or a cell) entered the directory or changed. `libelle` is the public name of an organisation."""

    service, capability, fact, aggregate = "orientation", "partenaire", "publie", "partenaire_id"

    partenaire_id: UUID
    code: str
    libelle: str
    type_partenaire: TypePartenaire
    famille: Famille
    departements: tuple[str, ...]
    dispositifs: tuple[str, ...]
    actif: bool


class DispositifPublie(Event):
    """A version of a dispositif was published: `numero` is that version, `libelle` its public name."""

    service, capability, fact, aggregate = "orientation", "dispositif", "publie", "code"

    code: str
    libelle: str
    numero: int


class _Orientation(Event):
    """Common part of the referral's events.

    `etat` is the state after the fact, `due_at` the deadline of the side that must act (UTC). `acteur_id` is the opaque id
    of who did it, so that nobody is told of what it did itself.
    """

    service: ClassVar[str] = "orientation"
    capability: ClassVar[str] = "orientation"
    aggregate: ClassVar[str] = "orientation_id"

    orientation_id: UUID
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    dispositif: str
    etat: EtatOrientation
    motif: Motif | None = None
    due_at: datetime | None = None
    acteur_id: str | None = None


class OrientationProposee(_Orientation):
    """A referral was prepared: the association is asked whether these categories may go to this partner."""

    fact = "proposee"

    categories: tuple[Categorie, ...]
    predecesseur_id: UUID | None = None


class OrientationEnvoyee(_Orientation):
    """The referral was sent; the partner must answer by `due_at`."""

    fact = "envoyee"


class OrientationRecue(_Orientation):
    """The partner has opened the referral."""

    fact = "recue"


class OrientationAcceptee(_Orientation):
    """The partner takes the case on."""

    fact = "acceptee"


class OrientationDeclinee(_Orientation):
    """The partner declines, with a coded reason."""

    fact = "declinee"


class OrientationComplementDemande(_Orientation):
    """The partner asks for more before answering."""

    fact = "complement_demande"


class OrientationComplementFourni(_Orientation):
    """The sender answered the partner's question."""

    fact = "complement_fourni"


class OrientationDemarree(_Orientation):
    """The work has begun."""

    fact = "demarree"


class OrientationPoursuivie(_Orientation):
    """The partner says that the work goes on; it is asked again later."""

    fact = "poursuivie"


class OrientationAboutie(_Orientation):
    """The work ended well."""

    fact = "aboutie"


class OrientationNonAboutie(_Orientation):
    """The work ended without result, with a coded reason."""

    fact = "non_aboutie"


class OrientationRetiree(_Orientation):
    """Taken back: the consent was withdrawn, or the sender cancelled."""

    fact = "retiree"


class OrientationExpiree(_Orientation):
    """Nobody answered in time."""

    fact = "expiree"


class OrientationRelancee(_Orientation):
    """The partner was reminded of its deadline; `horloge` says of which one."""

    fact = "relancee"

    horloge: Horloge | None = None


class OrientationEscaladee(_Orientation):
    """The deadline passed: the cell's animateur is called, again if nobody has acted since; `horloge` says of which one."""

    fact = "escaladee"

    horloge: Horloge | None = None


class _Retour(_Orientation):
    """Something is taken back: `etat` is the state that it is brought back to, `retour` why."""

    retour: MotifRetour


class OrientationRevenue(_Retour):
    """The partner took a step back; the referral was open and stays open."""

    fact = "revenue"


class OrientationRouverte(_Retour):
    """The partner took back the end that it had set."""

    fact = "rouverte"


class OrientationRenvoyee(_Retour):
    """The sender sent again what had expired, or what it had cancelled itself."""

    fact = "renvoyee"
