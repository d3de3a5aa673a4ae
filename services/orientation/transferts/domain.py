"""Who may give a referral to whom inside the partner, and when it may be passed on to another one."""

from dataclasses import dataclass
from uuid import UUID

from common.codes import EtatOrientation, Motif
from common.codes_echanges import EtatTransfert
from common.errors import Conflit, DonneeInvalide, Interdit
from common.traduction import N_
from orientation.orientations.domain import MOTIFS as MOTIFS_DES_ACTIONS
from orientation.orientations.domain import OUVERTES, Action

E = EtatOrientation

# How the first referral closes when its transfer is accepted: the partner's own coded refusal before it said yes, the
# sender's cancelling afterwards. Both stand in the table of referrals.
FINS: dict[EtatOrientation, Action] = {
    E.recue: Action.decliner,
    E.complement_demande: Action.decliner,
    E.acceptee: Action.annuler,
    E.demarree: Action.annuler,
}
MOTIFS: tuple[Motif, ...] = tuple(m for m in MOTIFS_DES_ACTIONS[Action.decliner] if isinstance(m, Motif))


class AffectationImpossible(Conflit):
    """A referral is followed by somebody while it is open."""

    slug, titre = "affectation-impossible", N_("Cette orientation est close : personne n’a plus à la suivre.")


class DejaAffectee(Conflit):
    """It is so already, or somebody else was quicker."""

    slug, titre = "deja-affectee", N_("Cette orientation a déjà cette personne responsable, ou une autre l’a prise avant.")


class TransfertImpossible(Conflit):
    """A transfer is proposed by the partner that has opened the referral, before its end."""

    slug, titre = "transfert-impossible", N_("Un transfert se propose entre l’ouverture du dossier et la clôture.")


class TransfertEnAttente(Conflit):
    """One proposal at a time waits for the sender."""

    slug, titre = "transfert-en-attente", N_("Un transfert est déjà proposé pour cette orientation.")


class TransfertDecide(Conflit):
    """A proposal is answered once."""

    slug, titre = "transfert-decide", N_("Cette proposition de transfert a déjà sa réponse.")


@dataclass(frozen=True, slots=True)
class Acteur:
    """Who gives a referral to whom: the member's id, and whether it manages."""

    id: str
    manager: bool


def affecter(etat: EtatOrientation, actuel: UUID | None, nouveau: UUID | None, acteur: Acteur) -> None:
    """Whether `acteur` may give the referral to `nouveau`, or to nobody.

    A manager gives it to anybody of its organisation; an agent takes what nobody has, and gives back what is its own.
    Raises AffectationImpossible, DejaAffectee, Interdit.
    """
    if etat not in OUVERTES:
        raise AffectationImpossible
    if actuel == nouveau:
        raise DejaAffectee(N_("Relisez l’orientation."))
    if acteur.manager:
        return
    if nouveau is not None and str(nouveau) == acteur.id:
        if actuel is not None:
            raise DejaAffectee(N_("Demandez à la personne qui encadre de vous la confier."))
        return
    if not (nouveau is None and str(actuel) == acteur.id):
        raise Interdit(N_("Seule la personne qui encadre confie une orientation à quelqu’un d’autre."))


def verifier_proposition(etat: EtatOrientation, motif: Motif, *, en_attente: bool, au_meme: bool) -> None:
    """Whether the partner may propose to pass the referral on.

    Raises TransfertImpossible, TransfertEnAttente, DonneeInvalide.
    """
    if etat not in FINS:
        raise TransfertImpossible
    if en_attente:
        raise TransfertEnAttente(N_("Retirez cette proposition pour en faire une autre."))
    if motif not in MOTIFS:
        raise DonneeInvalide(N_("Choisissez un motif de la liste."), champ="motif", admis=[m.value for m in MOTIFS])
    if au_meme:
        raise DonneeInvalide(N_("Choisissez un autre partenaire, ou un autre dispositif."), champ="partenaire_id")


def fin(etat_orientation: EtatOrientation, etat: EtatTransfert) -> Action:
    """The action that closes the first referral. Raises TransfertDecide, TransfertImpossible when it is over by itself."""
    if etat is not EtatTransfert.propose:
        raise TransfertDecide(N_("Relisez l’orientation."))
    if etat_orientation not in FINS:
        raise TransfertImpossible(N_("Cette orientation est close : préparez-en une autre, si l’association en a besoin."))
    return FINS[etat_orientation]
