"""The rules of the figures: what six weeks are, whose cases are counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from common.actor import Actor, Role
from common.errors import DonneeInvalide, Interdit
from common.territoires import departement as trouver_departement
from common.territoires import departements_of
from common.traduction import N_

# « Moins de 6 semaines entre le premier contact et le diagnostic partagé »: brochure of the Occitanie cell.
# First contact is the filing of the case. The diagnostic counts from its sharing with the cell: the last moment it
# could mean, from which the partners can act on it, so that the figure never flatters.
SIX_SEMAINES = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class Filtre:
    """Which cases are counted: by territory (None is all of France) and by day of filing, both ends included."""

    departements: frozenset[str] | None
    depuis: date | None = None
    jusque: date | None = None


def filtrer(
    actor: Actor,
    region: str | None = None,
    departement: str | None = None,
    depuis: date | None = None,
    jusque: date | None = None,
) -> Filtre:
    """The cases that `actor` asks for, within what it may see.

    Raises `Interdit` when an animateur asks outside its territory, `TerritoireInconnu` for an unknown code and
    `DonneeInvalide` for a period that ends before it begins.
    """
    if depuis and jusque and depuis > jusque:
        raise DonneeInvalide(N_("La fin de la période précède son début."), champ="jusque")
    demande: frozenset[str] | None = None
    if region:
        demande = frozenset(departements_of(region))
    if departement:
        seul = frozenset({trouver_departement(departement).code})
        demande = seul if demande is None else demande & seul
    if not actor.has(Role.national, Role.auditeur):
        if demande and demande.isdisjoint(actor.departements):
            raise Interdit(N_("Choisissez un territoire dont vous avez la charge."))
        demande = actor.departements if demande is None else demande & actor.departements
    return Filtre(demande, depuis, jusque)
