"""An example of each message, made from the event classes."""

import json
from dataclasses import dataclass
from typing import Any

from common.codes import EtatOrientation
from common.events import Event, Received
from common.events.exemples import EVENT_ID, NOW, SEQUENCE, sample
from notifications.livraisons.handlers import ANNONCER
from notifications.webhooks.domain import TYPES

E = EtatOrientation
# The state in which a referral is after a fact that is not named like it.
APRES: dict[str, EtatOrientation] = {
    "complement_fourni": E.recue,
    "poursuivie": E.demarree,
    "revenue": E.recue,
    "rouverte": E.demarree,
    "renvoyee": E.envoyee,
    "relancee": E.recue,
    "escaladee": E.recue,
    "affectee": E.recue,
}
SANS_AIDE = frozenset({E.declinee, E.non_aboutie, E.retiree})


@dataclass(frozen=True, slots=True)
class Exemple:
    """A message as a partner's system gets it. `dit` is what the event's class says of it, in English."""

    type: str
    libelle: str
    dit: str
    corps: str
    avec_accord: bool

    @property
    def lisible(self) -> str:
        """The body, laid out for reading."""
        return json.dumps(json.loads(self.corps), indent=2, ensure_ascii=False)


def exemple(event: type[Event], public_url: str) -> Exemple:
    """The example of one event."""
    instance = sample(event)
    if event.capability == "orientation" and "etat" in event.model_fields:
        etat = E(event.fact) if event.fact in set(E) else APRES[event.fact]
        plus: dict[str, Any] = {"etat": etat}
        if "motif" in event.model_fields and etat not in SANS_AIDE:
            plus["motif"] = None
        instance = instance.model_copy(update=plus)
    told = ANNONCER[event](Received(EVENT_ID, instance, SEQUENCE, NOW), public_url)
    dit = " ".join((event.__doc__ or "").split())
    return Exemple(told.type, TYPES[told.type], dit, told.corps, told.finalite is not None)


def exemples(public_url: str) -> list[Exemple]:
    """All of them, in the order of the types."""
    rang = list(TYPES)
    return sorted((exemple(event, public_url) for event in ANNONCER), key=lambda one: rang.index(one.type))
