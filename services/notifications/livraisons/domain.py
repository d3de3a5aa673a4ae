"""How an endpoint fares, and what follows: a pause while it fails, a word to its manager, its end; and what is kept of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.codes import Code
from notifications.dispatch.domain import JITTER

REPONSE_MAX = 200
_SECRETS = re.compile(r"whsec_\S*|\S+@\S+|[\w+/=-]{20,}|\d[\d .-]{3,}\d")
_BLANCS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]+")


class Avis(Code):
    """What a manager is told about an endpoint."""

    difficulte = "difficulte", "Votre système ne répond plus"
    desactive = "desactive", "Le webhook est désactivé"
    retabli = "retabli", "Votre système répond de nouveau"


@dataclass(frozen=True, slots=True)
class Regles:
    """`plan`: seconds between the tries of a delivery. `pauses`: seconds for which an endpoint is left alone, longer each time.

    The pauses begin after `seuil` failures in a row: the circuit is cut. One try afterwards decides whether it is closed.
    """

    plan: Sequence[float]
    pauses: Sequence[float] = (30, 60, 120, 300, 900)
    seuil: int = 5
    avertir_apres: timedelta = timedelta(days=1)
    desactiver_apres: timedelta = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Forme:
    """How an endpoint has fared since it last answered. `averti`: its manager knows of its failures."""

    echecs: int = 0
    depuis: datetime | None = None
    coupe_jusqu_a: datetime | None = None
    averti: bool = False


@dataclass(frozen=True, slots=True)
class Suivi:
    """What becomes of an endpoint after a try."""

    forme: Forme
    avis: Avis | None = None
    desactiver: bool = False


def suivre(
    forme: Forme,
    now: datetime,
    hasard: float,
    regles: Regles,
    *,
    livree: bool,
    parti: bool = False,
    repos: timedelta = timedelta(),
) -> Suivi:
    """What a try that ended at `now` means for its endpoint.

    `parti`: it said that it is gone for good; `repos`: for how long it asked to be left alone.
    """
    # What ends while the endpoint is left alone was under way before: many that fail together are one failure.
    seul = forme.coupe_jusqu_a if forme.coupe_jusqu_a and now < forme.coupe_jusqu_a else None
    if livree:
        # An answer closes a circuit that failures cut; it takes back no rest that was asked for.
        demande = seul if forme.echecs < regles.seuil else None
        return Suivi(Forme(coupe_jusqu_a=demande), Avis.retabli if forme.averti else None)
    if parti:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    if seul:
        return Suivi(replace(forme, coupe_jusqu_a=max(seul, now + repos)))
    echecs, depuis = forme.echecs + 1, forme.depuis or now
    if echecs < regles.seuil:
        coupe = now + repos if repos else forme.coupe_jusqu_a
        return Suivi(replace(forme, echecs=echecs, depuis=depuis, coupe_jusqu_a=coupe))
    if now - depuis >= regles.desactiver_apres:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    pause = regles.pauses[min(echecs - regles.seuil, len(regles.pauses) - 1)] * (1 + JITTER * (2 * hasard - 1))
    averti = forme.averti or now - depuis >= regles.avertir_apres
    avis = Avis.difficulte if averti and not forme.averti else None
    return Suivi(Forme(echecs, depuis, now + max(timedelta(seconds=pause), repos), averti), avis)


def expurger(reponse: bytes) -> str:
    """The first words of an answer, on one line, without what looks like a secret, an address or a number."""
    texte = _BLANCS.sub(" ", reponse.decode(errors="replace")).strip()
    return _SECRETS.sub("…", texte)[:REPONSE_MAX]
