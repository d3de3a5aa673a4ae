"""What an agenda is told of a referral's deadlines and of an appointment, in words that identify nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from common.actor import Actor
from common.codes_echanges import EtatRendezVous
from common.typographie import typo
from orientation.calendriers.domain import Entree, numero, uid
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


def rendez_vous(retenus: Iterable[Retenu], origine: str) -> list[Entree]:
    """Appointments that were confirmed once, without their place: those that do not hold any more are cancelled."""
    return [
        Entree(
            uid=uid(retenu.row.id, _hote(origine)),
            sequence=retenu.row.sequence,
            modifiee_at=retenu.row.modifiee_at,
            titre=titre(retenu.reference, retenu.creneau),
            lien=f"{origine}/orientation/orientations/{retenu.row.orientation_id}/rendez-vous",
            debut=retenu.creneau.debut,
            fin=retenu.creneau.debut + timedelta(minutes=retenu.creneau.minutes),
            annulee=retenu.row.etat != EtatRendezVous.confirme,
        )
        for retenu in retenus
    ]


def _echeance(vue: Vue, delai: Delai, origine: str, suite: str = "") -> Entree:
    row = vue.orientation
    return Entree(
        uid=uid(row.id, _hote(origine), suite),
        sequence=numero(row.ecriture or 0),
        modifiee_at=row.modifiee_at,
        titre=typo(f"{delai.quoi.rstrip(',')}, dossier {vue.dossier.reference}"),
        lien=f"{origine}/orientation/orientations/{row.id}",
        jour=delai.jour,
    )


def _hote(origine: str) -> str:
    return urlsplit(origine).hostname or "relais"
