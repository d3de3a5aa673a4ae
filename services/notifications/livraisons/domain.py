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

    Failures count as going on as long as no more than `silence` passes from one to the next. Else a single event that failed
    weeks ago and another one today would be weeks of failure. That is longer than any wait between two tries of one delivery,
    which is a day, so that even an endpoint with one event that fails is followed without a break.
    """

    plan: Sequence[float]
    pauses: Sequence[float] = (30, 60, 120, 300, 900)
    seuil: int = 5
    avertir_apres: timedelta = timedelta(days=1)
    desactiver_apres: timedelta = timedelta(days=5)
    silence: timedelta = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Forme:
    """How an endpoint has fared since it last answered: its failures go on from `depuis` to `dernier`, the last one.

    `averti`: its manager knows of its failures.
    """

    echecs: int = 0
    depuis: datetime | None = None
    dernier: datetime | None = None
    coupe_jusqu_a: datetime | None = None
    averti: bool = False


@dataclass(frozen=True, slots=True)
class Suivi:
    """What becomes of an endpoint after a try. `reprise`: it is back, and what failed need not wait any longer."""

    forme: Forme
    avis: Avis | None = None
    desactiver: bool = False
    reprise: bool = False


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
        reprise = forme.averti or forme.echecs >= regles.seuil
        return Suivi(Forme(coupe_jusqu_a=demande), Avis.retabli if forme.averti else None, reprise=reprise)
    if parti:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    if seul:
        return Suivi(replace(forme, dernier=now, coupe_jusqu_a=max(seul, now + repos)))
    sans_treve = forme.dernier is not None and now - forme.dernier <= regles.silence
    echecs, depuis = forme.echecs + 1, (forme.depuis if sans_treve else None) or now
    if echecs < regles.seuil:
        coupe = now + repos if repos else forme.coupe_jusqu_a
        return Suivi(replace(forme, echecs=echecs, depuis=depuis, dernier=now, coupe_jusqu_a=coupe))
    if now - depuis >= regles.desactiver_apres:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    pause = regles.pauses[min(echecs - regles.seuil, len(regles.pauses) - 1)] * (1 + JITTER * (2 * hasard - 1))
    averti = forme.averti or now - depuis >= regles.avertir_apres
    avis = Avis.difficulte if averti and not forme.averti else None
    return Suivi(Forme(echecs, depuis, now, now + max(timedelta(seconds=pause), repos), averti), avis)


def expurger(reponse: bytes) -> str:
    """The first words of an answer, on one line, without what looks like a secret, an address or a number."""
    texte = _BLANCS.sub(" ", reponse.decode(errors="replace")).strip()
    return _SECRETS.sub("…", texte)[:REPONSE_MAX]
