"""Reading what a relay sends back (RFC 3464): pure, and patient with whatever claims to be a mail.

What it finds is a Message-ID of ours and a status code. Addresses, names and the server's words are read over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from notifications.retours.domain import Issue, issue_de

# Our mails are small; with what it adds, no server sends back more of them than this, in bytes.
TAILLE_MAX = 256 * 1024
_MESSAGE_ID = re.compile(r"<([0-9a-f]{16}@[A-Za-z0-9.-]{1,255})>")
_STATUT = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
_ARRIVE = frozenset({"delivered", "relayed", "expanded"})
RENDUS = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
STATUTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
# What any of the ways in which a mail can be broken may raise in the standard library's parser.
ILLISIBLE = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class Avis:
    """What came of the mail with this Message-ID (without its brackets)."""

    message_id: str
    issue: Issue
    code: str


def lire(corps: bytes) -> Avis | None:
    """What these bytes say of a mail of ours; None when nothing, as of one that is late and still under way."""
    try:
        return _lire(message_from_bytes(corps))
    except ILLISIBLE:
        return None


def _lire(message: Message) -> Avis | None:
    parties = list(_parties(message))
    # A pipe or a person may pass the report on inside another mail; what it sends back is not looked into.
    rapport = next((partie for partie in parties if _rapporte(partie)), None)
    if rapport is None:
        return None
    statut = next(partie for partie in _enfants(rapport) if partie.get_content_type() in STATUTS)
    found = _statut(statut)
    message_id = _message_id(rapport)
    return Avis(message_id, *found) if found and message_id else None


def _parties(message: Message) -> Iterator[Message]:
    yield message
    for enfant in _enfants(message):
        yield from _parties(enfant)


def _enfants(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _rapporte(partie: Message) -> bool:
    enfants = {enfant.get_content_type() for enfant in _enfants(partie)}
    return partie.get_content_type() == "multipart/report" and not enfants.isdisjoint(STATUTS)


def _statut(statut: Message) -> tuple[Issue, str] | None:
    """Of the recipients that it speaks of, of which ours has one: a failure first."""
    found: list[tuple[Issue, str]] = []
    for bloc in _enfants(statut):
        action = str(bloc.get("Action", "")).strip().lower()
        code = _STATUT.match(str(bloc.get("Status", "")))
        if action == "failed":
            # Without a status that can be read, an end is an end for the moment.
            valeur = code.group(1) if code else "4.0.0"
            found.append((issue_de(valeur), valeur))
        elif action in _ARRIVE:
            found.append((Issue.arrive, code.group(1) if code else "2.0.0"))
    return min(found, key=lambda one: list(Issue).index(one[0])) if found else None


def _message_id(rapport: Message) -> str | None:
    """Of the mail that is sent back, whole or by its headers; else as the report's own headers refer to it."""
    for enfant in _enfants(rapport):
        if enfant.get_content_type() in RENDUS:
            rendus = _enfants(enfant) or [enfant]
            textes = [str(one.get("Message-ID", "")) for one in rendus]
            if not any(textes) and isinstance(enfant.get_payload(), str):
                textes = _entete(str(enfant.get_payload(decode=False)))
            if found := _MESSAGE_ID.search(" ".join(textes)):
                return found.group(1)
    found = _MESSAGE_ID.search(f"{rapport.get('In-Reply-To', '')} {rapport.get('References', '')}")
    return found.group(1) if found else None


def _entete(texte: str) -> list[str]:
    """The value of the Message-ID among headers that are a part's text."""
    found = re.search(r"^message-id:((?:.*)(?:\r?\n[ \t].*)?)", texte, re.IGNORECASE | re.MULTILINE)
    return [found.group(1)] if found else []
