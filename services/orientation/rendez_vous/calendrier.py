"""The calendar file (RFC 5545, RFC 5546) of an appointment: no name of the association, times in UTC."""

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from common.codes_echanges import EtatRendezVous, ModeRendezVous
from common.traduction import _
from orientation.orientations.store import Vue
from orientation.rendez_vous.models import CreneauRow
from orientation.rendez_vous.store import Fiche

PRODUIT = "-//Relais//Rendez-vous//FR"


def fichier(vue: Vue, fiche: Fiche, creneau: CreneauRow, origine: str, *, avec_lieu: bool) -> bytes:
    """The file of `creneau`, the slot that was confirmed last. The UID stays, SEQUENCE says which file is the newest."""
    row = fiche.row
    tient = row.etat == EtatRendezVous.confirme
    event = Event()
    event.add("uid", f"{row.id}@{urlsplit(origine).hostname}")
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.modifiee_at)
    event.add("last-modified", row.modifiee_at)
    event.add("dtstart", creneau.debut)
    event.add("dtend", creneau.debut + timedelta(minutes=creneau.minutes))
    event.add("status", "CONFIRMED" if tient else "CANCELLED")
    event.add("class", "CONFIDENTIAL")
    event.add("summary", titre(vue.dossier.reference, creneau))
    event.add("url", f"{origine}/orientation/orientations/{row.orientation_id}/rendez-vous")
    organisateur = vCalAddress(f"urn:uuid:{vue.partenaire.id}")
    organisateur.params["CN"] = vText(vue.partenaire.libelle)
    event.add("organizer", organisateur)
    if avec_lieu and creneau.lieu:
        event.add("location", creneau.lieu)
    calendar = Calendar()
    calendar.add("prodid", PRODUIT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if tient else "CANCEL")
    calendar.add_component(event)
    contenu: bytes = calendar.to_ical()
    return contenu


def titre(reference: str, creneau: CreneauRow) -> str:
    """What an agenda calls an appointment: the reference of the case, and how people meet."""
    mode = ModeRendezVous(creneau.mode).libelle
    return _("Rendez-vous Relais, dossier {reference} – {comment}").format(
        reference=reference, comment=f"{mode[0].lower()}{mode[1:]}"
    )
