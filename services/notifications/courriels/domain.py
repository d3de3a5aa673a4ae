"""What becomes of a mail after each try. Each recipient is written to apart; none of their addresses is ever kept."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.codes import Code
from notifications.dispatch.domain import attente

_ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
# Wrong with the recipient or the message, for good: addresses (5.1) save the sender's, mailboxes, size, routing, content; of a
# server that says a number only (RFC 5321): no such mailbox, user not local, no room, name not allowed.
_POUR_DE_BON = re.compile(r"5\.(1\.(?![78]$)|2\.|3\.4$|4\.|6\.)|55[0123]$")


class EtatCourriel(Code):
    """State of a mail."""

    en_attente = "en_attente", "En attente"
    envoye = "envoye", "Envoyé"
    abandonne = "abandonne", "Abandonné"
    sans_objet = "sans_objet", "Sans objet : l’affaire était réglée, ou personne n’en voulait"
    fil = "fil", "Dans le fil seulement"


class Echec(StrEnum):
    """Why a mail did not leave, or not to everybody."""

    annuaire_injoignable = "annuaire_injoignable"
    sans_destinataire = "sans_destinataire"
    serveur_injoignable = "serveur_injoignable"
    reporte = "reporte"
    refuse = "refuse"


@dataclass(frozen=True, slots=True)
class Remise:
    """How the mail server took one copy. `definitif` when it need not be tried again."""

    accepte: bool
    definitif: bool
    code: str | None = None
    echec: Echec | None = None


ACCEPTE = Remise(accepte=True, definitif=True)


@dataclass(frozen=True, slots=True)
class Essai:
    """One try of a mail: how each recipient's copy fared (by digest), or why no copy could be made.

    `sans_objet` when nobody is to be written to any more.
    """

    remises: Mapping[str, Remise]
    echec: Echec | None = None
    definitif: bool = False
    sans_objet: bool = False


SANS_OBJET = Essai({}, definitif=True, sans_objet=True)


@dataclass(frozen=True, slots=True)
class Suite:
    """What becomes of a mail after a try. `remis` are the digests of those who need no other copy, for as long as it waits."""

    etat: EtatCourriel
    remis: tuple[str, ...]
    envoyes: int
    refuses: int
    due_at: datetime | None = None
    code: str | None = None
    echec: Echec | None = None


def digest(event_id: UUID, address: str) -> str:
    """What stands for an address within one mail: says who has had it, and makes the Message-ID the same at each try."""
    return hashlib.sha256(f"{event_id}:{address.strip().lower()}".encode()).hexdigest()[:16]


def enhanced_code(status: int, text: str) -> str:
    """The enhanced status code of an SMTP reply (RFC 3463), or the reply's number. Never its words: they hold addresses."""
    found = _ENHANCED.match(text)
    return found.group(1) if found else str(status)


def pour_de_bon(code: str) -> bool:
    """Whether a refusal with this code, enhanced (RFC 3463) or a reply's number, is of this recipient or this message for good.

    All else, even from 5.0.0 on, is about us: a sender or a client that the relay does not let in (5.7.x, which it says of each
    recipient too), a protocol not kept. It is mended one day, and the mail waits for it.
    """
    return bool(_POUR_DE_BON.match(code))


def decider(
    tentative: int,
    essai: Essai,
    avant: Suite,
    now: datetime,
    hasard: float,
    plan: Sequence[float],
) -> Suite:
    """What becomes of a mail whose try number `tentative` (from 1) ended so at `now`.

    It is sent when everybody still to be written to has it or was refused for good, and at least one has it.
    """
    envoyes = avant.envoyes + sum(remise.accepte for remise in essai.remises.values())
    refuses = avant.refuses + sum(remise.definitif and not remise.accepte for remise in essai.remises.values())
    failures = [remise for remise in essai.remises.values() if not remise.accepte]
    code = next((remise.code for remise in failures if remise.code), avant.code)
    echec = essai.echec or next((remise.echec for remise in failures), None)
    ended = essai.definitif or (essai.echec is None and all(remise.definitif for remise in essai.remises.values()))
    delai = None if ended else attente(tentative, hasard, plan)
    if delai is None:
        rate = EtatCourriel.sans_objet if essai.sans_objet else EtatCourriel.abandonne
        etat = EtatCourriel.envoye if envoyes else rate
        return Suite(etat, (), envoyes, refuses, None, code, echec)
    done = {key for key, remise in essai.remises.items() if remise.definitif}
    return Suite(EtatCourriel.en_attente, tuple(sorted({*avant.remis, *done})), envoyes, refuses, now + delai, code, echec)
