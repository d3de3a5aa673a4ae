"""What the orientation service announces of who follows a referral, and of its passing on to another partner."""

from typing import ClassVar
from uuid import UUID

from common.codes import Motif
from common.codes_echanges import Auteur, EtatTransfert
from common.events.base import Event
from common.events.orientation import _Orientation


class OrientationAffectee(_Orientation):
    """A member of the partner, by its opaque id, follows the referral from now on; nobody when it is null."""

    fact = "affectee"

    responsable_id: UUID | None = None


class _Transfert(Event):
    """Common part: `par` is the side that acted, `etat` the state after the fact; nothing is passed on by it alone."""

    service: ClassVar[str] = "orientation"
    capability: ClassVar[str] = "transfert"
    aggregate: ClassVar[str] = "transfert_id"

    transfert_id: UUID
    orientation_id: UUID
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    vers_partenaire_id: UUID
    dispositif: str
    motif: Motif
    etat: EtatTransfert
    par: Auteur
    acteur_id: str | None = None


class TransfertPropose(_Transfert):
    """The partner proposes another one, with a coded reason."""

    fact = "propose"


class TransfertAccepte(_Transfert):
    """The sender accepts: a new referral was prepared, which waits for the association's consent, and the first one closed."""

    fact = "accepte"

    suivante_id: UUID


class TransfertRefuse(_Transfert):
    """The sender does not pass the referral on: it stays with the partner."""

    fact = "refuse"


class TransfertRetire(_Transfert):
    """The partner takes its proposal back."""

    fact = "retire"
