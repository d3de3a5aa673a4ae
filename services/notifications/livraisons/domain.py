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

    @property
    def bonne(self) -> bool:
        """Whether there is nothing to remember."""
        return self.echecs == 0 and not self.averti


@dataclass(frozen=True, slots=True)
class Suivi:
    """What becomes of an endpoint after a try."""

    forme: Forme
    avis: Avis | None = None
    desactiver: bool = False


def suivre(forme: Forme, now: datetime, hasard: float, regles: Regles, *, livree: bool, parti: bool = False) -> Suivi:
    """What a try that ended at `now` means for its endpoint. `parti`: it said that it is gone for good."""
    if livree:
        return Suivi(Forme(), Avis.retabli if forme.averti else None)
    if parti:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    if forme.coupe_jusqu_a is not None and now < forme.coupe_jusqu_a:
        # It was under way when the circuit was cut: many that fail together are one failure.
        return Suivi(forme)
    echecs, depuis = forme.echecs + 1, forme.depuis or now
    if echecs < regles.seuil:
        return Suivi(replace(forme, echecs=echecs, depuis=depuis))
    if now - depuis >= regles.desactiver_apres:
        return Suivi(Forme(averti=True), Avis.desactive, desactiver=True)
    pause = regles.pauses[min(echecs - regles.seuil, len(regles.pauses) - 1)] * (1 + JITTER * (2 * hasard - 1))
    averti = forme.averti or now - depuis >= regles.avertir_apres
    avis = Avis.difficulte if averti and not forme.averti else None
    return Suivi(Forme(echecs, depuis, now + timedelta(seconds=pause), averti), avis)


def expurger(reponse: bytes) -> str:
    """The first words of an answer, on one line, without what looks like a secret, an address or a number."""
    texte = _BLANCS.sub(" ", reponse.decode(errors="replace")).strip()
    return _SECRETS.sub("…", texte)[:REPONSE_MAX]
