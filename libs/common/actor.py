"""Who is acting: the one value that every query and every use case is given."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.codes import Droit


class Role(StrEnum):
    """What somebody may do; a person may hold several.

    `catalogue` lets an animateur edit the dispositifs; `administrateur` gives organisations their first manager. `lien` acts
    for a partner that has no account, on the one referral whose link and code were mailed to it, or on the one withdrawal whose
    link was.
    """

    agent = "agent"
    manager = "manager"
    animateur = "animateur"
    national = "national"
    auditeur = "auditeur"
    dirigeant = "dirigeant"
    machine = "machine"
    catalogue = "catalogue"
    administrateur = "administrateur"
    lien = "lien"


DU_PARTENAIRE = (Role.agent, Role.manager, Role.machine)
"""Who acts for a partner on its referrals."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person or machine. `id` is opaque; `nom_affiche` is shown to the person alone and never recorded.

    `organisation_id` is the partner (or cell) it acts for; `departements` is an animateur's territory (INSEE codes);
    `dossier_id` is set for a dirigeant and bounds everything it may see; `droits` is what it may do there besides.
    `orientation_id` is set for whoever acts by a link, and bounds everything it may see.
    """

    id: str
    roles: frozenset[Role]
    organisation_id: UUID | None = None
    departements: frozenset[str] = field(default_factory=frozenset)
    dossier_id: UUID | None = None
    nom_affiche: str = ""
    droits: frozenset[Droit] = field(default_factory=frozenset)
    orientation_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def role_principal(self) -> Role:
        """The role written in logs: the most specific one held."""
        return next(role for role in ORDER if role in self.roles)

    def claims(self) -> dict[str, Any]:
        """The actor as claims of a session token."""
        return {
            "sub": self.id,
            "roles": sorted(self.roles),
            "org": str(self.organisation_id) if self.organisation_id else None,
            "dep": sorted(self.departements),
            "dossier": str(self.dossier_id) if self.dossier_id else None,
            "name": self.nom_affiche,
            "droits": sorted(self.droits),
            "orientation": str(self.orientation_id) if self.orientation_id else None,
        }

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "Actor":
        """The actor that these verified claims describe. Raises ValueError or KeyError on claims of another form."""
        return cls(
            id=claims["sub"],
            roles=frozenset(Role(role) for role in claims["roles"]),
            organisation_id=UUID(claims["org"]) if claims.get("org") else None,
            departements=frozenset(claims.get("dep") or ()),
            dossier_id=UUID(claims["dossier"]) if claims.get("dossier") else None,
            nom_affiche=claims.get("name") or "",
            droits=frozenset(Droit(droit) for droit in claims.get("droits") or ()),
            orientation_id=UUID(claims["orientation"]) if claims.get("orientation") else None,
        )


ORDER = (
    Role.animateur,
    Role.national,
    Role.auditeur,
    Role.administrateur,
    Role.manager,
    Role.agent,
    Role.catalogue,
    Role.dirigeant,
    Role.lien,
    Role.machine,
)

SYSTEM = Actor(id="relais", roles=frozenset({Role.machine}))
"""The hub itself, for what sweeps and handlers do."""
