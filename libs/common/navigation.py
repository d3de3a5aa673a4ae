"""The header's menu, the same in all services: what each kind of person comes for, and nothing that is closed to them."""

from common.actor import Actor, Role
from common.traduction import N_
from common.web import Lien

AUJOURD_HUI = Lien(texte=N_("Aujourd’hui"), href="/orientation/aujourd-hui")
DOSSIERS = Lien(texte=N_("Dossiers"), href="/signalement/dossiers")
AVANCEMENT = Lien(texte=N_("Avancement"), href="/orientation/avancement")
ORIENTATIONS = Lien(texte=N_("Orientations"), href="/orientation/orientations")
TABLEAU = Lien(texte=N_("Tableau de bord"), href="/orientation/tableau")
DIAGNOSTICS = Lien(texte=N_("Diagnostics"), href="/cellule/diagnostics")
JOURNAL = Lien(texte=N_("Journal"), href="/cellule/journal")
CHIFFRES = Lien(texte=N_("Chiffres"), href="/cellule/chiffres")
DISPOSITIFS = Lien(texte=N_("Dispositifs"), href="/orientation/dispositifs")
ESPACE = Lien(texte=N_("Mon espace"), href="/signalement/espace")
MON_ORGANISATION = Lien(texte=N_("Mon organisation"), href="/orientation/mon-organisation")
EQUIPES = Lien(texte=N_("Équipes"), href="/orientation/equipes")
TERRITOIRE = Lien(texte=N_("Territoire"), href="/orientation/couverture/detail")
WEBHOOKS = Lien(texte=N_("Webhooks"), href="/notifications/webhooks")
SIMULATEUR = Lien(texte=N_("Trouver un appui"), href="/orientation/simulateur")
SIGNALER = Lien(texte=N_("Signaler une difficulté"), href="/signalement/signaler")

ENTREES: tuple[tuple[Lien, frozenset[Role]], ...] = (
    (ESPACE, frozenset({Role.dirigeant})),
    (AUJOURD_HUI, frozenset({Role.animateur, Role.agent, Role.manager})),
    (DOSSIERS, frozenset({Role.animateur})),
    (AVANCEMENT, frozenset({Role.animateur})),
    (ORIENTATIONS, frozenset({Role.animateur, Role.agent, Role.manager})),
    (TABLEAU, frozenset({Role.animateur, Role.agent, Role.manager})),
    (DISPOSITIFS, frozenset({Role.animateur, Role.agent, Role.manager, Role.national})),
    (DIAGNOSTICS, frozenset({Role.animateur, Role.agent, Role.manager})),
    (MON_ORGANISATION, frozenset({Role.manager})),
    (EQUIPES, frozenset({Role.administrateur})),
    (WEBHOOKS, frozenset({Role.manager})),
    (TERRITOIRE, frozenset({Role.animateur, Role.national})),
    (CHIFFRES, frozenset({Role.animateur, Role.national, Role.auditeur})),
    (JOURNAL, frozenset({Role.auditeur})),
)


def navigation(acteur: Actor | None) -> tuple[Lien, ...]:
    """The entries for this person; nobody in particular may signal, look for help, or open an association's space."""
    if acteur is None:
        return (SIGNALER, SIMULATEUR, DISPOSITIFS, ESPACE)
    return tuple(lien for lien, roles in ENTREES if acteur.has(*roles))
