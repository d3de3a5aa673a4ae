"""A change of address takes two people of the cell, within seven days; until both have acted nothing changes. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.codes_espace import EtatRecuperation
from common.errors import Conflit, DonneeInvalide, Interdit, TransitionInterdite
from common.traduction import N_

LIFE = timedelta(days=7)

TRANSITIONS: tuple[tuple[str, EtatRecuperation, EtatRecuperation], ...] = (
    ("confirmer", EtatRecuperation.proposee, EtatRecuperation.confirmee),
    ("refuser", EtatRecuperation.proposee, EtatRecuperation.refusee),
    ("expirer", EtatRecuperation.proposee, EtatRecuperation.expiree),
)


class DeuxiemePersonne(Interdit):
    """Whoever proposed the address does not confirm it."""

    slug, titre = "deuxieme-personne", N_("Une autre personne de la cellule doit confirmer cette adresse.")


class DejaProposee(Conflit):
    """One change of address at a time for a person."""

    slug, titre = "recuperation-deja-proposee", N_("Un changement d’adresse attend déjà pour cette personne.")


class RecuperationExpiree(Conflit):
    """Nobody confirmed in time: it has to be proposed again, and the identity checked again."""

    slug, titre = "recuperation-expiree", N_("Ce changement d’adresse a plus de sept jours. Proposez-le de nouveau.")


class MemeAdresse(DonneeInvalide):
    """The address is the one that is known already."""

    slug, titre = "meme-adresse", N_("C’est déjà l’adresse de cette personne.")


@dataclass(frozen=True, slots=True)
class Recuperation:
    """A proposed change. `proposee_par` is an actor's id, or empty; moments are UTC."""

    id: UUID
    proposee_par: str
    expire_le: datetime
    etat: EtatRecuperation = EtatRecuperation.proposee


def waits(recuperation: Recuperation, now: datetime) -> bool:
    """Whether it may still be confirmed."""
    return recuperation.etat is EtatRecuperation.proposee and now < recuperation.expire_le


def actions(recuperation: Recuperation, par: str, now: datetime) -> list[str]:
    """What this person of the cell may do now."""
    if not waits(recuperation, now):
        return []
    return ["refuser"] if par == recuperation.proposee_par else ["confirmer", "refuser"]


def decide(recuperation: Recuperation, action: str, par: str, now: datetime) -> Recuperation:
    """The change after the action of `par`. Raises TransitionInterdite, RecuperationExpiree, DeuxiemePersonne."""
    after = next((after for name, before, after in TRANSITIONS if (name, before) == (action, recuperation.etat)), None)
    if after is None:
        raise TransitionInterdite(etat=str(recuperation.etat), permis=actions(recuperation, par, now))
    over = now >= recuperation.expire_le
    if over is not (action == "expirer"):
        raise (
            RecuperationExpiree
            if over
            else TransitionInterdite(etat=str(recuperation.etat), permis=actions(recuperation, par, now))
        )
    if action == "confirmer" and par == recuperation.proposee_par:
        raise DeuxiemePersonne
    return replace(recuperation, etat=after)
