"""The life of a referral: who may do what in which state, what becomes of it, and what is announced."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.codes import Categorie, EtatOrientation, Motif
from common.errors import Conflit, DonneeInvalide, Interdit, TransitionInterdite
from common.events import Event
from common.events import orientation as annonces
from orientation.echeances import domain as horloge
from orientation.echeances.domain import SANS, Echeances


class Cote(StrEnum):
    """The side that acts."""

    emetteur = "emetteur"
    partenaire = "partenaire"
    systeme = "systeme"


class Action(StrEnum):
    """Everything that can happen to a referral once it is prepared."""

    envoyer = "envoyer"
    annuler = "annuler"
    complement_fournir = "complement-fournir"
    recevoir = "recevoir"
    accepter = "accepter"
    decliner = "decliner"
    complement_demander = "complement-demander"
    demarrer = "demarrer"
    aboutir = "aboutir"
    ne_pas_aboutir = "ne-pas-aboutir"
    relancer = "relancer"
    escalader = "escalader"
    retirer = "retirer"
    expirer = "expirer"


E = EtatOrientation

# (action, from, to): the only moves there are. Screens draw their buttons from this table, the server checks by it.
TRANSITIONS: tuple[tuple[Action, EtatOrientation, EtatOrientation], ...] = (
    (Action.envoyer, E.brouillon, E.envoyee),
    (Action.annuler, E.brouillon, E.retiree),
    (Action.annuler, E.envoyee, E.retiree),
    (Action.annuler, E.recue, E.retiree),
    (Action.annuler, E.complement_demande, E.retiree),
    (Action.recevoir, E.envoyee, E.recue),
    (Action.accepter, E.recue, E.acceptee),
    (Action.decliner, E.recue, E.declinee),
    # Without this, a question that the sender never answers would hold the partner for ever.
    (Action.decliner, E.complement_demande, E.declinee),
    (Action.complement_demander, E.recue, E.complement_demande),
    (Action.complement_fournir, E.complement_demande, E.recue),
    (Action.demarrer, E.acceptee, E.demarree),
    (Action.aboutir, E.demarree, E.aboutie),
    (Action.ne_pas_aboutir, E.demarree, E.non_aboutie),
    (Action.relancer, E.envoyee, E.envoyee),
    (Action.relancer, E.recue, E.recue),
    (Action.escalader, E.envoyee, E.envoyee),
    (Action.escalader, E.recue, E.recue),
    (Action.escalader, E.complement_demande, E.complement_demande),
    (Action.expirer, E.envoyee, E.expiree),
    (Action.expirer, E.recue, E.expiree),
    (Action.retirer, E.envoyee, E.retiree),
    (Action.retirer, E.recue, E.retiree),
    (Action.retirer, E.complement_demande, E.retiree),
    (Action.retirer, E.acceptee, E.retiree),
    (Action.retirer, E.demarree, E.retiree),
)
VERS = {(action, de): vers for action, de, vers in TRANSITIONS}

COTES: dict[Action, Cote] = {
    **dict.fromkeys((Action.envoyer, Action.annuler, Action.complement_fournir), Cote.emetteur),
    **dict.fromkeys((Action.recevoir, Action.accepter, Action.decliner, Action.complement_demander), Cote.partenaire),
    **dict.fromkeys((Action.demarrer, Action.aboutir, Action.ne_pas_aboutir), Cote.partenaire),
    **dict.fromkeys((Action.relancer, Action.escalader, Action.retirer, Action.expirer), Cote.systeme),
}

# The closed list of reasons of each action that has one; the first is taken when the list has only one.
MOTIFS: dict[Action, tuple[Motif, ...]] = {
    Action.decliner: (
        Motif.sans_capacite,
        Motif.non_eligible,
        Motif.hors_territoire,
        Motif.deja_accompagne,
        Motif.injoignable,
        Motif.autre,
    ),
    Action.ne_pas_aboutir: (
        Motif.injoignable,
        Motif.non_eligible,
        Motif.deja_accompagne,
        Motif.sans_capacite,
        Motif.autre,
    ),
    Action.annuler: (Motif.annulee,),
    Action.retirer: (Motif.consentement_retire,),
}

# Where the partner may open the dossier, and what a withdrawal of consent takes back.
OUVERTES = (E.envoyee, E.recue, E.complement_demande, E.acceptee, E.demarree)
CLOSES = (E.aboutie, E.non_aboutie, E.declinee, E.retiree, E.expiree)
NEGATIVES = (E.declinee, E.expiree, E.retiree, E.non_aboutie)
# The diagnostic has a door of its own, in the cell.
CATEGORIES = (Categorie.identite, Categorie.contact, Categorie.situation, Categorie.finances)

ANNONCES: dict[Action, type[Event]] = {
    Action.envoyer: annonces.OrientationEnvoyee,
    Action.annuler: annonces.OrientationRetiree,
    Action.complement_fournir: annonces.OrientationComplementFourni,
    Action.recevoir: annonces.OrientationRecue,
    Action.accepter: annonces.OrientationAcceptee,
    Action.decliner: annonces.OrientationDeclinee,
    Action.complement_demander: annonces.OrientationComplementDemande,
    Action.demarrer: annonces.OrientationDemarree,
    Action.aboutir: annonces.OrientationAboutie,
    Action.ne_pas_aboutir: annonces.OrientationNonAboutie,
    Action.relancer: annonces.OrientationRelancee,
    Action.escalader: annonces.OrientationEscaladee,
    Action.retirer: annonces.OrientationRetiree,
    Action.expirer: annonces.OrientationExpiree,
}


class PredecesseurInvalide(Conflit):
    """A predecessor is a referral of the same dossier that ended without help."""

    slug, titre = "predecesseur-invalide", "Cette orientation ne peut pas être la précédente."


@dataclass(frozen=True, slots=True)
class Orientation:
    """A referral as the rules see it. `jours` is the partner's delay in working days, `departement` the dossier's."""

    id: UUID
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    dispositif: str
    departement: str
    jours: int
    categories: tuple[Categorie, ...]
    predecesseur_id: UUID | None = None
    etat: EtatOrientation = E.brouillon
    motif: Motif | None = None
    echeances: Echeances = SANS


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action makes of a referral, and what is announced."""

    apres: Orientation
    events: tuple[Event, ...]


def permises(etat: EtatOrientation, cote: Cote) -> tuple[Action, ...]:
    """What that side may do in that state, in the order of the table."""
    return tuple(action for action, de, _ in TRANSITIONS if de is etat and COTES[action] is cote)


def proposer(orientation: Orientation, predecesseur: Orientation | None) -> Decision:
    """Prepare a referral. Raises DonneeInvalide on the categories, PredecesseurInvalide."""
    if not orientation.categories or not set(orientation.categories) <= set(CATEGORIES):
        raise DonneeInvalide("Choisissez au moins une information à transmettre, parmi celles proposées.", champ="categories")
    if predecesseur and (predecesseur.dossier_id != orientation.dossier_id or predecesseur.etat not in NEGATIVES):
        raise PredecesseurInvalide("Choisissez une orientation du même dossier, close sans aide apportée.")
    event = _annonce(
        annonces.OrientationProposee,
        orientation,
        categories=orientation.categories,
        predecesseur_id=orientation.predecesseur_id,
    )
    return Decision(orientation, (event,))


def decide(avant: Orientation, action: Action, cote: Cote, now: datetime, *, motif: Motif | None = None) -> Decision:
    """What `action`, done by `cote` at `now` (UTC), makes of the referral.

    Raises Interdit for the other side's action, TransitionInterdite with `etat` and `permis`, DonneeInvalide when the
    reason is not one of the action's.
    """
    if COTES[action] is not cote:
        raise Interdit("Cette action revient à l’autre partie.")
    vers = VERS.get((action, avant.etat))
    if vers is None:
        raise refus(avant.etat, cote)
    motif = _motif(action, motif)
    apres = replace(avant, etat=vers, motif=motif or avant.motif, echeances=_echeances(avant, action, now))
    return Decision(apres, (_annonce(ANNONCES[action], apres),))


def refus(etat: EtatOrientation, cote: Cote) -> TransitionInterdite:
    """The named refusal of an action that this state does not allow."""
    return TransitionInterdite(
        f"L’orientation est dans l’état « {etat.libelle} ».", etat=etat.value, permis=[a.value for a in permises(etat, cote)]
    )


def a_faire(orientation: Orientation, now: datetime) -> Action | None:
    """The next thing that the passing of time does to this referral at `now`, or None. One at a time, in order."""
    moments = orientation.echeances
    for at, action in (
        (moments.relance_at, Action.relancer),
        (moments.escalade_at, Action.escalader),
        (moments.expire_at, Action.expirer),
    ):
        if at is not None:
            return action if at <= now else None
    return None


def _echeances(avant: Orientation, action: Action, now: datetime) -> Echeances:
    moments, departement = avant.echeances, avant.departement
    if action is Action.envoyer:
        return horloge.partir(now, avant.jours, departement)
    if action is Action.complement_demander:
        return horloge.suspendre(moments, now, departement)
    if action is Action.complement_fournir:
        return horloge.reprendre(moments, now, departement)
    if action is Action.relancer:
        return horloge.relancer(moments)
    if action is Action.escalader:
        return horloge.escalader(moments, now, departement)
    return moments if action is Action.recevoir else horloge.arreter(moments)


def _motif(action: Action, motif: Motif | None) -> Motif | None:
    admis = MOTIFS.get(action, ())
    if motif is None and len(admis) == 1:
        return admis[0]
    if (motif is None) == (not admis) and (motif is None or motif in admis):
        return motif
    raise DonneeInvalide("Choisissez un motif de la liste.", champ="motif", admis=[m.value for m in admis])


def _annonce(event: type[Event], orientation: Orientation, **plus: object) -> Event:
    commun = {
        "orientation_id": orientation.id,
        "dossier_id": orientation.dossier_id,
        "partenaire_id": orientation.partenaire_id,
        "emetteur_id": orientation.emetteur_id,
        "dispositif": orientation.dispositif,
        "etat": orientation.etat,
        "motif": orientation.motif,
        "due_at": orientation.echeances.due_at,
    }
    return event.model_validate(commun | plus)
