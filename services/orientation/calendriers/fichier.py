"""The file that an agenda reads (RFC 5545, with the refresh and the name of RFC 7986): times in UTC, deadlines as days."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event

from orientation.calendriers.domain import RELIRE, Entree

PRODUIT = "-//Relais//Agenda//FR"
NOM = "Relais"


def fichier(entrees: Sequence[Entree]) -> bytes:
    """The whole calendar. Nothing in it depends on when it is asked for: unchanged entries make the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUIT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for nom in ("name", "x-wr-calname"):
        calendar.add(nom, NOM)
    calendar.add("refresh-interval", RELIRE, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{RELIRE // timedelta(hours=1)}H")
    for entree in entrees:
        calendar.add_component(_event(entree))
    contenu: bytes = calendar.to_ical()
    return contenu


def etag(contenu: bytes) -> str:
    """What an agenda shows to be told that nothing has changed."""
    return f'"{hashlib.sha256(contenu).hexdigest()[:32]}"'


def _event(entree: Entree) -> Event:
    event = Event()
    event.add("uid", entree.uid)
    event.add("sequence", entree.sequence)
    event.add("dtstamp", entree.modifiee_at)
    event.add("last-modified", entree.modifiee_at)
    if entree.jour:
        event.add("dtstart", entree.jour)
        event.add("dtend", entree.jour + timedelta(days=1))
        # A deadline takes nobody's time.
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", entree.debut)
        event.add("dtend", entree.fin)
    event.add("status", entree.statut.value)
    event.add("class", "CONFIDENTIAL")
    event.add("summary", entree.titre)
    event.add("description", entree.lien)
    event.add("url", entree.lien)
    return event
