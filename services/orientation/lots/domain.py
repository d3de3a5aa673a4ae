"""What an action on several referrals would do to each: the rules of the single action, tried without effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.codes import EtatConsentement, EtatOrientation
from common.codes_echanges import ActionLot
from common.errors import Conflit, ConsentementManquant, DonneeInvalide, TransitionInterdite
from common.traduction import N_, _
from orientation.orientations.domain import COTES, NEGATIVES, Action, Orientation, decide

LOT_MAX = 100
ENTRE_DEUX_RELANCES = timedelta(days=1)

ACTIONS: dict[ActionLot, Action] = {
    ActionLot.envoyer: Action.envoyer,
    ActionLot.annuler: Action.annuler,
    # What the hub does by itself at its time, done by hand: the same move of the same table.
    ActionLot.relancer: Action.relancer,
}


class RelanceRecente(Conflit):
    """A partner is reminded of a referral once a day at the most, by whomever."""

    slug, titre = "relance-recente", N_("Le partenaire a été relancé il y a moins d’un jour.")


class DejaReorientee(Conflit):
    """Another referral has taken the place of this one already."""

    slug, titre = "deja-reorientee", N_("Une autre orientation remplace déjà celle-ci.")


@dataclass(frozen=True, slots=True)
class Cible:
    """Where a re-orientation goes."""

    partenaire_id: UUID
    dispositif: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A referral with what decides besides its state: whether its partner is active, and what replaces it."""

    orientation: Orientation
    partenaire_actif: bool
    relancee_at: datetime | None
    remplacee: bool


def verifier_choix(ids: Sequence[UUID], action: ActionLot, cible: Cible | None) -> None:
    """Whether this may be asked at all. Raises DonneeInvalide."""
    if not 1 <= len(ids) <= LOT_MAX:
        raise DonneeInvalide(_("Choisissez de 1 à {n} orientations.").format(n=LOT_MAX), champ="orientations")
    if len(set(ids)) < len(ids):
        raise DonneeInvalide(N_("Choisissez chaque orientation une seule fois."), champ="orientations")
    if (action is ActionLot.reorienter) != (cible is not None):
        raise DonneeInvalide(N_("Choisissez l’appui vers lequel réorienter, pour cette action seulement."), champ="choix")


def verifier(candidate: Candidate, action: ActionLot, now: datetime) -> None:
    """Whether `action` would be done to this referral now. A sending is tried against what was heard of the consent: the
    ledger itself is asked when it is done.

    Raises what the single action raises, RelanceRecente, DejaReorientee.
    """
    orientation = candidate.orientation
    if action is ActionLot.reorienter:
        if orientation.etat not in NEGATIVES:
            raise _pas_close(orientation.etat)
        if candidate.remplacee:
            raise DejaReorientee(N_("Suivez celle qui la remplace."))
        return
    simple = ACTIONS[action]
    decide(orientation, simple, COTES[simple], now)
    if action is ActionLot.envoyer and orientation.accord is not EtatConsentement.donne:
        raise ConsentementManquant(N_("Attendez son accord, ou demandez-le de nouveau."))
    if action is ActionLot.relancer:
        verifier_relance(candidate.relancee_at, now)


def verifier_relance(relancee_at: datetime | None, now: datetime) -> None:
    """Whether a day has passed since the last reminder. Raises RelanceRecente."""
    if relancee_at and now < relancee_at + ENTRE_DEUX_RELANCES:
        raise RelanceRecente(N_("Réessayez demain, ou appelez-le."))


def _pas_close(etat: EtatOrientation) -> TransitionInterdite:
    remede = _("L’orientation est dans l’état « {etat} » : seule une orientation close sans aide se remplace.").format(
        etat=etat.libelle
    )
    return TransitionInterdite(remede, etat=etat.value)
