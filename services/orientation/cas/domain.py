"""Who else could help: the dispositifs in the order of the engine, without what was tried or cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.codes import EtatOrientation, Motif

SUITES_MAX = 5
# What a partner said of the association is true of every partner that carries the same dispositif.
VAUT_POUR_TOUS = frozenset({Motif.non_eligible})


@dataclass(frozen=True, slots=True)
class Essai:
    """A referral of the case, open or ended."""

    partenaire_id: UUID
    dispositif: str
    etat: EtatOrientation
    motif: Motif | None = None


@dataclass(frozen=True, slots=True)
class Porteur:
    """A partner of the territory."""

    partenaire_id: UUID
    libelle: str


@dataclass(frozen=True, slots=True)
class Rang:
    """Where the engine places a dispositif for this case, and why."""

    dispositif: str
    explication: str
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A next referral that could be prepared."""

    partenaire_id: UUID
    partenaire: str
    dispositif: str
    explication: str
    places: int | None


def suites(rangs: Iterable[Rang], porteurs: Mapping[str, Sequence[Porteur]], essais: Sequence[Essai]) -> tuple[Suite, ...]:
    """The next best, in the order of `rangs`.

    Nobody who was asked about a dispositif is proposed for it again, except where the sender had taken the referral back
    itself; nor is a dispositif for which the association was said not to be eligible.
    """
    ecartes = {e.dispositif for e in essais if e.motif in VAUT_POUR_TOUS}
    tries = {(e.partenaire_id, e.dispositif) for e in essais if e.motif is not Motif.annulee}
    return tuple(
        Suite(porteur.partenaire_id, porteur.libelle, rang.dispositif, rang.explication, rang.places)
        for rang in rangs
        if rang.dispositif not in ecartes
        for porteur in porteurs.get(rang.dispositif, ())
        if (porteur.partenaire_id, rang.dispositif) not in tries
    )[:SUITES_MAX]
