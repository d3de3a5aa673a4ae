"""Who may give which role in which organisation, and that an organisation keeps somebody who manages it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from common.actor import Role
from common.codes import TypePartenaire
from common.errors import Conflit, DonneeInvalide, Interdit
from common.traduction import N_, _

ROLES: dict[TypePartenaire, tuple[Role, ...]] = {
    TypePartenaire.cellule: (Role.animateur, Role.manager, Role.catalogue),
    TypePartenaire.cellule_nationale: (Role.national, Role.auditeur, Role.manager, Role.administrateur),
}
"""The roles that members of a cell hold."""
ROLES_DE_PARTENAIRE = (Role.agent, Role.manager)
RESERVES = frozenset({Role.catalogue, Role.administrateur})
"""Roles that reach beyond the organisation: an administrateur alone gives them."""
GARDES = (Role.manager, Role.administrateur)
"""Where somebody holds one of these, somebody keeps it."""

ANNULABLE = timedelta(hours=24)
"""How long a removal may be undone: for a wrong click, not for a change of mind."""

LIBELLES: dict[Role, str] = {
    Role.agent: N_("Agent"),
    Role.manager: N_("Responsable"),
    Role.animateur: N_("Animateur"),
    Role.national: N_("Cellule nationale"),
    Role.auditeur: N_("Auditeur"),
    Role.catalogue: N_("Éditeur du catalogue"),
    Role.administrateur: N_("Administrateur"),
}
AIDES: dict[Role, str] = {
    Role.agent: N_("Reçoit les orientations de l’organisation et y répond."),
    Role.manager: N_("Tient la fiche, les délais, l’équipe et les systèmes connectés de l’organisation."),
    Role.animateur: N_("Qualifie les situations du territoire et oriente les associations."),
    Role.national: N_("Lit les chiffres nationaux, jamais un nom."),
    Role.auditeur: N_("Vérifie le journal et les registres."),
    Role.catalogue: N_("Modifie et publie les dispositifs."),
    Role.administrateur: N_("Donne à chaque organisation sa première personne responsable."),
}

Equipe = Mapping[UUID, frozenset[Role]]
"""The active members of an organisation with their roles."""


class RoleImpossible(DonneeInvalide):
    """No role, or one that members of such an organisation do not hold."""

    slug, titre = "role-impossible", N_("Ces rôles ne conviennent pas à cette organisation.")


class RoleReserve(Interdit):
    """A role that this person may not give, or not take away."""

    slug, titre = "role-reserve", N_("Vous ne pouvez pas donner ou retirer ce rôle.")


class DernierResponsable(Conflit):
    """Nobody would be left to manage the organisation."""

    slug, titre = "dernier-responsable", N_("Cette personne est la dernière à tenir ce rôle dans l’organisation.")


class RetraitDefinitif(Conflit):
    """The removal is too old to be undone, or was undone before."""

    slug, titre = "retrait-ancien", N_("Ce retrait ne s’annule plus.")


def annuler_retrait(retire_at: datetime | None, now: datetime) -> None:
    """Whether a removal of that moment may still be undone. Raises RetraitDefinitif."""
    if retire_at is None or now >= retire_at + ANNULABLE:
        raise RetraitDefinitif(N_("Invitez la personne : elle retrouvera son histoire."))


def libelles(roles: Iterable[str]) -> str:
    """The roles of somebody, in words."""
    return ", ".join(_(LIBELLES[Role(role)]) for role in roles)


def possibles(genre: TypePartenaire) -> tuple[Role, ...]:
    """The roles that members of such an organisation hold."""
    return ROLES.get(genre, ROLES_DE_PARTENAIRE)


def a_donner(par: Collection[Role], genre: TypePartenaire, *, sienne: bool) -> tuple[Role, ...]:
    """The roles that somebody with the roles `par` gives there; `sienne` when it is a manager of that organisation.

    An administrateur gives a partner its managers, and a cell all of its roles.
    """
    tous = possibles(genre)
    donnables: set[Role] = set()
    if sienne and Role.manager in par:
        donnables |= set(tous) - RESERVES
    if Role.administrateur in par:
        donnables |= set(tous) if genre in ROLES else {Role.manager}
    return tuple(role for role in tous if role in donnables)


def donner(
    roles: Collection[Role], avant: Collection[Role], donnables: Collection[Role], genre: TypePartenaire
) -> frozenset[Role]:
    """The roles, if whoever gives `donnables` may put them in the place of `avant`.

    Raises RoleImpossible, RoleReserve for one that is not theirs to give, or to take away.
    """
    if not roles or not set(roles) <= set(possibles(genre)):
        raise RoleImpossible(N_("Choisissez au moins un rôle de la liste."), champ="roles")
    perdus = (set(avant) - set(roles)) & {Role.administrateur}
    if not (set(roles) - set(avant)) | perdus <= set(donnables):
        raise RoleReserve(N_("Demandez à l’administrateur de Relais."), champ="roles")
    return frozenset(roles)


def changer(equipe: Equipe, membre_id: UUID, roles: frozenset[Role]) -> Equipe:
    """The team once this member holds these roles. Raises DernierResponsable."""
    return _garder(equipe, {**equipe, membre_id: roles})


def retirer(equipe: Equipe, membre_id: UUID) -> Equipe:
    """The team without this member. Raises DernierResponsable."""
    return _garder(equipe, {qui: roles for qui, roles in equipe.items() if qui != membre_id})


def _garder(avant: Equipe, apres: Equipe) -> Equipe:
    for role in GARDES:
        if _tenu(avant, role) and not _tenu(apres, role):
            raise DernierResponsable(N_("Donnez d’abord ce rôle à une autre personne."), role=role.value)
    return apres


def _tenu(equipe: Equipe, role: Role) -> bool:
    return any(role in roles for roles in equipe.values())
