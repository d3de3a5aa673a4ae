"""The one table of what may happen to a referral. Screens draw their buttons from it, the server checks by it.

Nothing is unmade: each human action that may turn out to be a mistake has an inverse here, with a coded reason. Sending
is undone by cancelling, cancelling by sending again; a question by withdrawing it; a reading, a reply and a progress report
are facts, which the next one completes. What the association took back is never undone here.
"""

from collections.abc import Mapping
from enum import StrEnum

from common.codes import ORIENTATIONS_CLOSES, EtatOrientation, Motif, MotifRetour
from common.events import Event
from common.events import orientation as annonces


class Cote(StrEnum):
    """The side that acts."""

    emetteur = "emetteur"
    partenaire = "partenaire"
    systeme = "systeme"


class Action(StrEnum):
    """Everything that can happen to a referral once it is prepared."""

    envoyer = "envoyer"
    annuler = "annuler"
    renvoyer = "renvoyer"
    complement_fournir = "complement-fournir"
    recevoir = "recevoir"
    accepter = "accepter"
    decliner = "decliner"
    complement_demander = "complement-demander"
    demarrer = "demarrer"
    faire_le_point = "faire-le-point"
    aboutir = "aboutir"
    ne_pas_aboutir = "ne-pas-aboutir"
    revenir = "revenir"
    rouvrir = "rouvrir"
    relancer = "relancer"
    escalader = "escalader"
    retirer = "retirer"
    expirer = "expirer"


A, E = Action, EtatOrientation

# (action, from, to): the only moves there are.
TRANSITIONS: tuple[tuple[Action, EtatOrientation, EtatOrientation], ...] = (
    (A.envoyer, E.brouillon, E.envoyee),
    (A.annuler, E.brouillon, E.retiree),
    (A.annuler, E.envoyee, E.retiree),
    (A.annuler, E.recue, E.retiree),
    (A.annuler, E.complement_demande, E.retiree),
    # Without these two, a partner that accepted and went silent would hold the case for ever.
    (A.annuler, E.acceptee, E.retiree),
    (A.annuler, E.demarree, E.retiree),
    (A.recevoir, E.envoyee, E.recue),
    (A.accepter, E.recue, E.acceptee),
    (A.decliner, E.recue, E.declinee),
    # Without this, a question that the sender never answers would hold the partner for ever.
    (A.decliner, E.complement_demande, E.declinee),
    (A.complement_demander, E.recue, E.complement_demande),
    (A.complement_fournir, E.complement_demande, E.recue),
    (A.demarrer, E.acceptee, E.demarree),
    (A.faire_le_point, E.demarree, E.demarree),
    (A.aboutir, E.demarree, E.aboutie),
    (A.ne_pas_aboutir, E.demarree, E.non_aboutie),
    # A step back, by the partner that took it: the referral stays open.
    (A.revenir, E.complement_demande, E.recue),
    (A.revenir, E.acceptee, E.recue),
    (A.revenir, E.demarree, E.acceptee),
    # An end is taken back: by the partner that set it, or by the sender for what nobody answered or it cancelled itself.
    (A.rouvrir, E.declinee, E.recue),
    (A.rouvrir, E.aboutie, E.demarree),
    (A.rouvrir, E.non_aboutie, E.demarree),
    (A.renvoyer, E.expiree, E.envoyee),
    (A.renvoyer, E.retiree, E.envoyee),
    *((A.relancer, etat, etat) for etat in (E.envoyee, E.recue, E.acceptee, E.demarree)),
    *((A.escalader, etat, etat) for etat in (E.envoyee, E.recue, E.complement_demande, E.acceptee, E.demarree)),
    (A.expirer, E.envoyee, E.expiree),
    (A.expirer, E.recue, E.expiree),
    *((A.retirer, etat, E.retiree) for etat in (E.envoyee, E.recue, E.complement_demande, E.acceptee, E.demarree)),
)
VERS = {(action, de): vers for action, de, vers in TRANSITIONS}

COTES: dict[Action, Cote] = {
    **dict.fromkeys((A.envoyer, A.annuler, A.renvoyer, A.complement_fournir), Cote.emetteur),
    **dict.fromkeys((A.recevoir, A.accepter, A.decliner, A.complement_demander, A.revenir, A.rouvrir), Cote.partenaire),
    **dict.fromkeys((A.demarrer, A.faire_le_point, A.aboutir, A.ne_pas_aboutir), Cote.partenaire),
    **dict.fromkeys((A.relancer, A.escalader, A.retirer, A.expirer), Cote.systeme),
}

# The closed list of reasons of each action that has one; the first is taken when the list has only one.
MOTIFS: Mapping[Action, tuple[Motif | MotifRetour, ...]] = {
    A.decliner: (
        Motif.sans_capacite,
        Motif.non_eligible,
        Motif.hors_territoire,
        Motif.deja_accompagne,
        Motif.injoignable,
        Motif.autre,
    ),
    A.ne_pas_aboutir: (
        Motif.injoignable,
        Motif.non_eligible,
        Motif.deja_accompagne,
        Motif.sans_capacite,
        Motif.autre,
    ),
    A.annuler: (Motif.annulee,),
    A.retirer: (Motif.consentement_retire,),
    A.revenir: (MotifRetour.erreur, MotifRetour.situation_changee),
    A.rouvrir: (MotifRetour.erreur, MotifRetour.place_liberee, MotifRetour.situation_changee),
    A.renvoyer: (MotifRetour.partenaire_disponible, MotifRetour.erreur, MotifRetour.situation_changee),
}
# What takes an end back asks the consent ledger again, as a sending does.
SUR_PERMIS = frozenset({A.envoyer, A.renvoyer, A.rouvrir})
RETOURS = frozenset({A.revenir, A.rouvrir, A.renvoyer})

# Where the partner may open the dossier, and what a withdrawal of consent takes back.
OUVERTES = (E.envoyee, E.recue, E.complement_demande, E.acceptee, E.demarree)
CLOSES = ORIENTATIONS_CLOSES
NEGATIVES = (E.declinee, E.expiree, E.retiree, E.non_aboutie)

ANNONCES: dict[Action, type[Event]] = {
    A.envoyer: annonces.OrientationEnvoyee,
    A.annuler: annonces.OrientationRetiree,
    A.renvoyer: annonces.OrientationRenvoyee,
    A.complement_fournir: annonces.OrientationComplementFourni,
    A.recevoir: annonces.OrientationRecue,
    A.accepter: annonces.OrientationAcceptee,
    A.decliner: annonces.OrientationDeclinee,
    A.complement_demander: annonces.OrientationComplementDemande,
    A.demarrer: annonces.OrientationDemarree,
    A.faire_le_point: annonces.OrientationPoursuivie,
    A.aboutir: annonces.OrientationAboutie,
    A.ne_pas_aboutir: annonces.OrientationNonAboutie,
    A.revenir: annonces.OrientationRevenue,
    A.rouvrir: annonces.OrientationRouverte,
    A.relancer: annonces.OrientationRelancee,
    A.escalader: annonces.OrientationEscaladee,
    A.retirer: annonces.OrientationRetiree,
    A.expirer: annonces.OrientationExpiree,
}


def permises(etat: EtatOrientation, cote: Cote) -> tuple[Action, ...]:
    """What the table allows that side in that state, in the order of the table."""
    return tuple(action for action, de, _ in TRANSITIONS if de is etat and COTES[action] is cote)
