"""Who must act next on a referral, what is expected, and by when: one answer for every state, the same for both sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common.codes import EtatConsentement, EtatOrientation, Partie
from common.codes import ProchaineEtape as Quoi
from orientation.orientations.domain import CLOSES, Orientation

E = EtatOrientation

# In an open state whose deadline has not passed: who acts, and what is expected.
ATTENDU: Mapping[EtatOrientation, tuple[Partie, Quoi]] = {
    E.envoyee: (Partie.partenaire, Quoi.lire),
    E.recue: (Partie.partenaire, Quoi.repondre),
    E.complement_demande: (Partie.emetteur, Quoi.completer),
    E.acceptee: (Partie.partenaire, Quoi.demarrer),
    E.demarree: (Partie.partenaire, Quoi.suivre),
}


@dataclass(frozen=True, slots=True)
class Etape:
    """The next step. `avant` is its deadline, None only once the referral is closed; late, too, when an earlier one passed."""

    qui: Partie
    quoi: Quoi
    avant: datetime | None
    en_retard: bool = False


def prochaine_etape(orientation: Orientation, now: datetime) -> Etape:
    """Who must act on this referral at `now`, what is expected, and by when."""
    if orientation.etat in CLOSES:
        return Etape(Partie.personne, Quoi.rien, None)
    if orientation.etat is E.brouillon:
        return _brouillon(orientation, now)
    moments = orientation.echeances
    if moments.escaladee:
        # The deadline has passed: the animateur has until the referral expires, or until it is called again.
        a_completer = orientation.etat is E.complement_demande
        avant = moments.expire_at or moments.escalade_at
        return Etape(Partie.animateur, Quoi.completer if a_completer else Quoi.debloquer, avant, en_retard=True)
    qui, quoi = ATTENDU[orientation.etat]
    avant = moments.lire_at if quoi is Quoi.lire else moments.due_at
    return _etape(qui, quoi, avant or moments.due_at, now)


def etape_du_brouillon(orientation: Orientation) -> Quoi:
    """What a draft waits for: another referral, the association, then its sender."""
    if orientation.apres_etat is E.aboutie:
        return Quoi.abandonner
    if orientation.apres_etat and orientation.apres_etat not in CLOSES:
        return Quoi.patienter
    if orientation.accord is EtatConsentement.demande:
        return Quoi.donner_accord
    return Quoi.envoyer if orientation.accord is EtatConsentement.donne else Quoi.renoncer


def _brouillon(orientation: Orientation, now: datetime) -> Etape:
    quoi, qui = etape_du_brouillon(orientation), Partie.emetteur
    if quoi is Quoi.donner_accord:
        qui = Partie.association
    elif quoi is Quoi.patienter and orientation.apres_etat is not E.brouillon:
        qui = Partie.partenaire
    return _etape(qui, quoi, orientation.echeances.due_at, now)


def _etape(qui: Partie, quoi: Quoi, avant: datetime | None, now: datetime) -> Etape:
    return Etape(qui, quoi, avant, en_retard=avant is not None and avant < now)
