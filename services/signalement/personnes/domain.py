"""The people of an association: one answers for it, invites the others and says what they may do. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from common.actor import Actor, Role
from common.codes import Droit
from common.errors import Conflit, DonneeInvalide, Interdit, Introuvable
from common.traduction import N_

MAX_PERSONNES = 10
MAX_INVITATIONS = 20
INVITATIONS_WINDOW = timedelta(days=1)
PREFIXE = "dirigeant:"


class EquipeComplete(Conflit):
    """A case has as many people as it may."""

    slug, titre = "equipe-complete", N_("Votre espace compte déjà dix personnes. Retirez-en une d’abord.")


class AdresseDejaPresente(DonneeInvalide):
    """Somebody of the case has this address: a new link could not tell the two apart."""

    slug, titre = "adresse-deja-presente", N_("Une personne de votre espace a déjà cette adresse.")


class PersonneResponsable(Conflit):
    """Whoever answers for the association keeps every right, and is never removed by a click."""

    slug, titre = "personne-responsable", N_("La personne qui répond de l’association garde tous les droits.")


class DroitManquant(Interdit):
    """This person of the association may not do this; another one may."""

    slug, titre = "droit-manquant", N_("Dans votre association, d’autres personnes ont le droit de faire cela.")


@dataclass(frozen=True, slots=True)
class Personne:
    """One of a case's people as the rules see it; `responsable` is the one who answers for the association."""

    id: UUID
    courriel: str
    droits: frozenset[Droit]
    responsable: bool = False


Equipe = tuple[Personne, ...]


def actor_id(personne_id: UUID) -> str:
    """How the log calls this person. The first one of a case has the case's own id, as the log has always called it."""
    return f"{PREFIXE}{personne_id}"


def personne_id(actor: Actor) -> UUID | None:
    """Which person an actor is; None for everybody who is nobody's."""
    if not actor.has(Role.dirigeant) or not actor.id.startswith(PREFIXE):
        return None
    try:
        return UUID(actor.id.removeprefix(PREFIXE))
    except ValueError:
        return None


def inviter(equipe: Equipe, par: UUID, nouvelle: Personne) -> Equipe:
    """The people with one more. Raises DroitManquant, EquipeComplete, AdresseDejaPresente."""
    check_responsable(equipe, par)
    if len(equipe) >= MAX_PERSONNES:
        raise EquipeComplete
    if nouvelle.courriel in {personne.courriel for personne in equipe}:
        raise AdresseDejaPresente(champ="courriel")
    return (*equipe, replace(nouvelle, droits=complets(nouvelle.droits), responsable=False))


def changer(equipe: Equipe, par: UUID, qui: UUID, droits: Iterable[Droit]) -> Equipe:
    """The people, one of whom has other rights. Raises DroitManquant, Introuvable, PersonneResponsable."""
    check_responsable(equipe, par)
    _other(equipe, qui)
    return tuple(replace(personne, droits=complets(droits)) if personne.id == qui else personne for personne in equipe)


def retirer(equipe: Equipe, par: UUID, qui: UUID) -> Equipe:
    """The people without one of them. Raises DroitManquant, Introuvable, PersonneResponsable."""
    check_responsable(equipe, par)
    _other(equipe, qui)
    return tuple(personne for personne in equipe if personne.id != qui)


def complets(droits: Iterable[Droit]) -> frozenset[Droit]:
    """These rights with what each person has: who is in the space reads what is in it."""
    return frozenset(droits) | {Droit.lire}


def in_order(droits: Iterable[Droit]) -> list[str]:
    """Rights as a row keeps them: each once, in the order of the list."""
    chosen = frozenset(droits)
    return [droit.value for droit in Droit if droit in chosen]


def check_responsable(equipe: Equipe, par: UUID) -> None:
    """Raises DroitManquant unless `par` is who answers for the association."""
    if not any(personne.id == par and personne.responsable for personne in equipe):
        raise DroitManquant(N_("Demandez-le à la personne qui répond de l’association."))


def _other(equipe: Equipe, qui: UUID) -> Personne:
    found = next((personne for personne in equipe if personne.id == qui), None)
    if found is None:
        raise Introuvable
    if found.responsable:
        raise PersonneResponsable
    return found
