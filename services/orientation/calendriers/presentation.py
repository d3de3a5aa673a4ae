"""What an agenda is told of a referral's deadlines and of an appointment, in words that identify nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from common.actor import Actor
from common.codes_echanges import EtatRendezVous
from common.traduction import _
from common.typographie import typo
from orientation.calendriers.domain import Entree, Statut, numero, uid
from orientation.calendriers.store import Retenu
from orientation.orientations.domain import Cote
from orientation.orientations.presentation import Delai, delai, reponse_attendue
from orientation.orientations.service import cotes
from orientation.orientations.store import Vue
from orientation.rendez_vous.calendrier import titre


def echeances(vues: Iterable[Vue], actor: Actor, origine: str, now: datetime) -> list[Entree]:
    """The deadlines of these referrals as this actor's side sees them: the first reading's, and the one that runs."""
    entrees = []
    for vue in vues:
        orientation = vue.orientation.valeur()
        cote = Cote.partenaire if Cote.partenaire in cotes(actor, vue.orientation) else Cote.emetteur
        premier, reponse = delai(orientation, cote, now), reponse_attendue(orientation, now)
        if premier and reponse:
            entrees.append(_echeance(vue, premier, origine, "-lecture"))
        if courant := reponse or premier:
            entrees.append(_echeance(vue, courant, origine))
    return entrees


STATUTS = {
    EtatRendezVous.propose: Statut.proposee,
    EtatRendezVous.confirme: Statut.confirmee,
    EtatRendezVous.annule: Statut.annulee,
}


def rendez_vous(retenus: Iterable[Retenu], origine: str) -> list[Entree]:
    """Appointments without their place: each proposed slot, the one that was confirmed, or that it does not hold any more."""
    return [_rendez_vous(retenu, EtatRendezVous(retenu.row.etat), origine) for retenu in retenus]


def _rendez_vous(retenu: Retenu, etat: EtatRendezVous, origine: str) -> Entree:
    row, creneau = retenu.row, retenu.creneau
    propose = etat is EtatRendezVous.propose
    dit = titre(retenu.reference, creneau)
    return Entree(
        # The first slot stands for the appointment, which is then confirmed under the same name; the others go with the choice.
        uid=uid(creneau.id if propose and creneau.rang > 1 else row.id, _hote(origine)),
        sequence=row.sequence,
        modifiee_at=row.modifiee_at,
        titre=typo(_("Proposé : {rendez_vous}").format(rendez_vous=dit)) if propose else dit,
        lien=f"{origine}/orientation/orientations/{row.orientation_id}/rendez-vous",
        debut=creneau.debut,
        fin=creneau.debut + timedelta(minutes=creneau.minutes),
        statut=STATUTS[etat],
    )


def _echeance(vue: Vue, delai: Delai, origine: str, suite: str = "") -> Entree:
    row = vue.orientation
    return Entree(
        uid=uid(row.id, _hote(origine), suite),
        sequence=numero(row.ecriture or 0),
        modifiee_at=row.modifiee_at,
        titre=typo(_("{quoi}, dossier {reference}").format(quoi=delai.quoi.rstrip(","), reference=vue.dossier.reference)),
        lien=f"{origine}/orientation/orientations/{row.id}",
        jour=delai.jour,
    )


def _hote(origine: str) -> str:
    return urlsplit(origine).hostname or "relais"
