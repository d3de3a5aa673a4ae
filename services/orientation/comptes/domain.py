"""When a changed identifier may be confirmed, and by whom. The address is a hint: it finds whom to ask, and opens nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.actor import Role
from common.codes import Code
from common.errors import Conflit, Interdit
from common.traduction import N_

DUREE = timedelta(days=7)


class EtatCompte(Code):
    """States of a changed account."""

    en_attente = "en_attente", N_("En attente")
    confirme = "confirme", N_("Confirmé")
    refuse = "refuse", N_("Refusé")


class CompteDecide(Conflit):
    """It was decided before, has expired, or the member is no longer what it was."""

    slug, titre = "compte-decide", N_("Cette demande a déjà sa réponse, ou a expiré.")


class CompteDUnAutre(Interdit):
    """Nobody confirms its own account, and an administrateur's is confirmed by another one."""

    slug, titre = "compte-d-un-autre", N_("Vous ne pouvez pas décider de ce compte.")


@dataclass(frozen=True, slots=True)
class Changement:
    """A member's identity under another `sub`, that waits since `demande_at` for somebody to confirm it."""

    membre_id: UUID
    sub: str
    ancien_sub: str
    etat: EtatCompte
    demande_at: datetime
    decide_at: datetime | None = None

    def attend(self, now: datetime) -> bool:
        """Whether it waits for its answer at `now`."""
        return self.etat is EtatCompte.en_attente and now < self.demande_at + DUREE


def a_redemander(avant: Changement | None, now: datetime) -> bool:
    """Whether whoever signs in is to be announced (again): not while one waits, nor soon after a refusal."""
    if avant is None:
        return True
    depuis = avant.demande_at if avant.etat is EtatCompte.en_attente else avant.decide_at
    return depuis is None or now >= depuis + DUREE


def decider(
    changement: Changement, etat: EtatCompte, par: str, roles: frozenset[Role], membre: frozenset[Role], sub: str, now: datetime
) -> EtatCompte:
    """How it ends, decided by the actor `par` with these roles; `membre` and `sub` are the member's as they are now.

    Raises CompteDecide, CompteDUnAutre.
    """
    if not changement.attend(now) or sub != changement.ancien_sub:
        raise CompteDecide(N_("Relisez la liste de l’équipe."))
    if par == str(changement.membre_id) or (Role.administrateur in membre and Role.administrateur not in roles):
        raise CompteDUnAutre(N_("Demandez à une autre personne responsable, ou à l’administrateur de Relais."))
    return etat
