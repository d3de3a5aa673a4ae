"""Which members get which notices in one mail: pure, from what the directory answered and what each refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.actor import Role
from common.requests import MembreContact
from notifications.courriels.domain import digest
from notifications.courriels.store import Claimed
from notifications.regles.charger import table
from notifications.regles.domain import Genre, Lecteur, Relation, veut

# For notices that an older release wrote, which knew of no roles.
ANCIENS = {
    Relation.partenaire: frozenset({Role.agent, Role.manager}),
    Relation.emetteur: frozenset({Role.animateur}),
}


@dataclass(frozen=True, slots=True)
class Pli:
    """One mail to one address: what it tells, and the kinds of it that `membre_id`, when it is a member, may refuse."""

    address: str
    rows: tuple[Claimed, ...]
    membre_id: str | None = None
    refusables: frozenset[Genre] = frozenset()


def roles_de(row: Claimed) -> frozenset[Role]:
    """The roles by which one is told."""
    return row.roles or ANCIENS.get(row.destinataire, frozenset({Role.manager}))


def plis_par_membre(
    rows: Sequence[Claimed], membres: Sequence[MembreContact], refuses: Mapping[str, frozenset[Genre]]
) -> list[Pli]:
    """A mail for each member whom something of this concerns, with that alone; nobody gets again what it has had."""
    plis = []
    for membre in membres:
        lecteur = Lecteur(str(membre.id), frozenset(membre.roles), refuses.get(str(membre.id), frozenset()))
        siens = tuple(
            row for row in rows if _concerne(row, lecteur) and digest(row.event_id, membre.courriel) not in row.avant.remis
        )
        if siens:
            genres = frozenset(table().avis[row.modele].genre for row in siens) - {Genre.obligatoire}
            plis.append(Pli(membre.courriel, siens, lecteur.id, genres))
    return plis


def _concerne(row: Claimed, lecteur: Lecteur) -> bool:
    if row.membre_id is not None and str(row.membre_id) != lecteur.id:
        return False
    told = not lecteur.roles.isdisjoint(roles_de(row)) and lecteur.roles.isdisjoint(row.sauf)
    return told and veut(lecteur, table().avis[row.modele].genre, row.acteur_id)
