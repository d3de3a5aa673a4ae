"""Each referral in plain words for the association: where it stands, what comes next, and who is to do it."""

from dataclasses import dataclass

from common.codes import EtatOrientation as E
from common.traduction import N_


@dataclass(frozen=True, slots=True)
class Mots:
    """What a state means for the association, and the next step, empty when there is none."""

    phrase: str
    suite: str = ""


MOTS: dict[E, Mots] = {
    E.envoyee: Mots(
        N_("Votre demande est partie vers ce partenaire, avec les informations que vous avez acceptées de partager."),
        N_("Le partenaire en prend connaissance"),
    ),
    E.recue: Mots(
        N_("Le partenaire a pris connaissance de votre demande et l’étudie."), N_("Le partenaire dit s’il peut vous aider")
    ),
    E.complement_demande: Mots(
        N_("Le partenaire a besoin d’une précision avant de répondre."), N_("La cellule de votre région lui répond")
    ),
    E.acceptee: Mots(N_("Le partenaire a accepté de vous aider."), N_("Le partenaire prend contact et commence")),
    E.demarree: Mots(N_("Le partenaire vous accompagne en ce moment."), N_("Le partenaire fait le point")),
    E.aboutie: Mots(N_("Cet appui est allé à son terme.")),
    E.non_aboutie: Mots(N_("Cet appui s’est arrêté sans aboutir."), N_("La cellule cherche avec vous un autre appui")),
    E.declinee: Mots(N_("Le partenaire ne peut pas vous aider."), N_("La cellule cherche avec vous un autre appui")),
    E.retiree: Mots(N_("Cette demande est annulée : le partenaire n’a plus accès à vos informations.")),
    E.expiree: Mots(N_("Le partenaire n’a pas répondu à temps."), N_("La cellule cherche avec vous un autre appui")),
}
"""A referral in preparation is not there: nothing has left yet, and what is awaited is the association's consent."""

DATEES = frozenset({E.envoyee, E.recue, E.complement_demande, E.acceptee, E.demarree})
"""The states whose deadline is that of the next step."""
